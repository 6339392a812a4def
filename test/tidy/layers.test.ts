import { describe, expect, it } from 'vitest';
import { folderDirection } from './layers.ts';

function refusals(path: string, specifier: string): string[] {
  return folderDirection([{ path, text: `import type { A } from '${specifier}';\n` }]).map(({ message }) => message);
}

describe('folder direction', () => {
  it.each([
    ['src/kernel/money.ts', '../platform/log.ts', 'kernel imports nothing but itself'],
    ['src/platform/log.ts', '../payments/payment.ts', 'no payment words'],
    ['src/platform/log.ts', '../providers/provider.ts', 'no payment words'],
    ['src/providers/provider.ts', '../platform/log.ts', 'provider contract'],
    ['src/providers/registry.ts', '../payments/payment.ts', 'registry.ts lists providers'],
    ['src/providers/stripe/adapter.ts', '../../platform/database.ts', 'ProviderCall'],
    ['src/providers/stripe/adapter.ts', '../../payments/payment.ts', 'ProviderCall'],
    ['src/providers/stripe/adapter.ts', '../partner/adapter.ts', 'ProviderCall'],
    ['src/providers/stripe/adapter.ts', '../store.ts', 'ProviderCall'],
    ['src/payments/create-payment.ts', '../providers/stripe/adapter.ts', 'parameter'],
    ['src/providers/partner-profiles/profile.ts', '../partner/adapter.ts', 'provider contract'],
    ['src/payments/create-payment.ts', '../config.ts', 'parameter'],
    ['src/payments/create-payment.ts', '../roles/api.ts', 'parameter'],
    ['src/payments/create-payment.ts', '../../bench/run.ts', 'parameter'],
    ['src/payments/create-payment.ts', '../tenants/store.ts', 'private to tenants'],
    ['src/payments/create-payment.ts', '../tenants/routes.ts', 'private to tenants'],
    ['src/payments/create-payment.ts', '../refunds/refund.ts', 'payments may not see refunds'],
    ['src/payments/create-payment.ts', './create-payment.test.ts', 'does not depend on tests'],
    ['src/payments/create-payment.ts', '../../test/support/database.ts', 'does not depend on tests'],
    ['src/roles/api.ts', '../payments/store.ts', 'a store is private'],
    ['src/roles/api.ts', '../providers/stripe/adapter.ts', 'providers/registry.ts'],
    ['bin/tollgate.ts', '../src/payments/store.ts', 'a store is private'],
    ['web/admin/main.ts', '../../src/payments/routes.ts', 'api.ts'],
    ['web/admin/main.ts', '../../src/platform/log.ts', 'api.ts'],
    ['sdk/src/client.ts', '../../src/payments/create-payment.ts', 'api.ts'],
    ['examples/shop/main.ts', '../../src/kernel/money.ts', 'the SDK only'],
  ])('%s may not import %s', (path, specifier, message) => {
    expect(refusals(path, specifier)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['src/kernel/money.ts', './currency.ts'],
    ['src/providers/provider.ts', '../platform/outbound-http.ts'],
    ['src/providers/registry.ts', './stripe/adapter.ts'],
    ['src/providers/partner/adapter.ts', '../partner-profiles/profile.ts'],
    ['src/notifications/dialects/partner.ts', '../../providers/partner-profiles/profile.ts'],
    ['src/providers/stripe/adapter.ts', './signature.ts'],
    ['src/providers/stripe/adapter.ts', '../provider.ts'],
    ['src/provider-accounts/create-provider-account.ts', './store.ts'],
    ['src/provider-accounts/create-provider-account.ts', '../providers/registry.ts'],
    ['src/payments/create-payment.ts', './store.ts'],
    ['src/payments/create-payment.ts', '../tenants/tenant.ts'],
    ['src/payments/create-payment.ts', '../providers/registry.ts'],
    ['src/payments/create-payment.ts', 'zod'],
    ['src/payments/create-payment.test.ts', '../refunds/store.ts'],
    ['src/roles/api.ts', '../payments/routes.ts'],
    ['bin/tollgate.ts', '../src/roles/all.ts'],
    ['web/admin/main.ts', '../../src/payments/api.ts'],
    ['web/admin/main.ts', '../../src/payments/payment.ts'],
    ['sdk/src/client.ts', '../../src/refunds/api.ts'],
    ['examples/shop/main.ts', '../../sdk/src/client.ts'],
    ['bench/run.ts', '../src/payments/store.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(refusals(path, specifier)).toEqual([]);
  });

  it.each([
    ["export * from '../platform/log.ts';"],
    ["export { log } from '../platform/log.ts';"],
    ["const log = await import('../platform/log.ts');"],
    ["type Log = import('../platform/log.ts').Log;"],
    ["import '../platform/log.ts';"],
  ])('sees an import in `%s`', (text) => {
    expect(folderDirection([{ path: 'src/kernel/money.ts', text }])).toHaveLength(1);
  });

  it('knows every slice by name', () => {
    const [finding] = folderDirection([{ path: 'src/lottery/draw-winner.ts', text: '' }]);
    expect(finding?.message).toContain('no known slice');
  });

  it('leaves only config.ts directly in src', () => {
    expect(folderDirection([{ path: 'src/config.ts', text: '' }])).toEqual([]);
    expect(folderDirection([{ path: 'src/main.ts', text: '' }])).toHaveLength(1);
  });

  it('names the line of the import', () => {
    const text = "import { a } from './currency.ts';\n\nimport { b } from '../platform/log.ts';\n";
    expect(folderDirection([{ path: 'src/kernel/money.ts', text }])).toMatchObject([{ line: 3 }]);
  });

  it('refuses to pass over a file it cannot parse', () => {
    expect(() => folderDirection([{ path: 'src/kernel/money.ts', text: 'export const =' }])).toThrow(
      'src/kernel/money.ts',
    );
  });
});
