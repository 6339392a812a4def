import { describe, expect, it } from 'vitest';
import { docstrings } from './docstrings.ts';

const bare = 'export function pay() {}';

describe('docstrings', () => {
  it.each([
    ['src/kernel/money.ts', bare],
    ['src/providers/provider.ts', bare],
    ['src/payments/create-payment.ts', bare],
    ['src/payments/api.ts', bare],
    ['src/kernel/money.ts', 'export const pay = async () => {};'],
    ['src/kernel/money.ts', '/** Elsewhere. */\nconst a = 1;\nexport function pay() {}'],
    ['src/kernel/money.ts', '// A line comment is not shown where the function is used.\nexport function pay() {}'],
    ['src/kernel/money.ts', '/* Nor is this. */\nexport function pay() {}'],
  ])('are missed in %s: %s', (path, text) => {
    const findings = docstrings([{ path, text }]);
    expect(findings).toMatchObject([{ message: expect.stringContaining('pay has no docstring') }]);
  });

  it.each([
    ['src/kernel/money.ts', `/** Pays. */\n${bare}`],
    ['src/kernel/money.ts', `/**\n * Pays.\n * @throws Problem\n */\n${bare}`],
    [
      'src/kernel/money.ts',
      '/** Pays. */\nexport function pay(a: 1): 1;\nexport function pay(a: number) { return a; }',
    ],
    ['src/kernel/money.ts', 'function pay() {}\nexport const rate = 2;'],
    ['src/payments/payment.ts', bare],
    ['src/payments/store.ts', bare],
    ['src/payments/create-payment.test.ts', bare],
    ['src/platform/log.ts', bare],
  ])('are not missed in %s: %s', (path, text) => {
    expect(docstrings([{ path, text }])).toEqual([]);
  });
});
