import { describe, expect, test } from 'vitest';
import { createPartnerProvider } from './partner/partner-provider.ts';
import type { PaymentProvider } from './provider.ts';
import type { Capabilities } from './provider-capabilities.ts';
import { accountCapabilities, providerOfAccount } from './provider-limits.ts';
import { createSandboxProvider } from './sandbox/sandbox-provider.ts';
import { createScantopayProvider } from './scantopay/scantopay-provider.ts';

const sandbox = createSandboxProvider({ baseUrl: 'http://127.0.0.1:1' }) as PaymentProvider;
const limited = (less: Partial<Capabilities>): PaymentProvider => ({ ...sandbox, limits: () => less });

describe('what an account can do', () => {
  test('is what its provider can do, where the credentials take nothing away', () => {
    expect(accountCapabilities(sandbox, {})).toEqual(sandbox.capabilities);
    expect(accountCapabilities(limited({}), {})).toEqual(sandbox.capabilities);
  });

  test('is less by what they take away, and what it cannot do is a method that does not exist', () => {
    const provider = providerOfAccount(
      limited({ refund: false, capture: { partial: false, multiple: true }, reversal: false, currencies: ['ZAR'] }),
      {},
    );
    expect(provider.capabilities).toMatchObject({
      ...{ refund: false, reversal: false, currencies: ['ZAR'], cancel: true },
      capture: { partial: false, multiple: true },
    });
    expect([provider.refund, provider.reverse]).toEqual([undefined, undefined]);
    expect([provider.capture, provider.cancel]).toEqual([expect.any(Function), expect.any(Function)]);
  });

  test('is never more, whatever they say', () => {
    const poor: PaymentProvider = {
      ...limited({
        refund: { partial: true, multiple: true },
        complete: true,
        nextActions: ['client'],
        capture: false,
      }),
      capabilities: { ...sandbox.capabilities, refund: { partial: false, multiple: true }, nextActions: ['redirect'] },
    };
    expect(accountCapabilities(poor, {})).toMatchObject({
      ...{ refund: { partial: false, multiple: true }, complete: false, nextActions: [], capture: false },
    });
  });
});

test('a NeoPay account makes no refunds and leads to a page or shows a code; a Bluecom account refunds', () => {
  const partner = createPartnerProvider();
  const common = { merchantCode: 'SHOP', secretKey: 'a secret of 16 or more', apiUrl: 'https://partner.example' };
  const of = (profile: 'neopay' | 'bluecom') => accountCapabilities(partner, { ...common, profile });
  expect(of('neopay').refund).toBe(false);
  expect(of('bluecom').refund).toEqual({ partial: true, multiple: true });
  expect([of('neopay').nextActions, of('bluecom').nextActions]).toEqual([
    ['redirect', 'qr'],
    ['redirect', 'qr'],
  ]);
});

test('a Scan to Pay account has the currency of its credentials', () => {
  const credentials = { username: 'merchant-25', password: 'x', currency: 'ZAR' };
  expect(accountCapabilities(createScantopayProvider(), credentials).currencies).toEqual(['ZAR']);
});
