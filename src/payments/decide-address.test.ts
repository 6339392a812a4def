import { describe, expect, it } from 'vitest';
import { codeOf, decide, moved, paid, stateOf } from './decide-fixture.ts';
import type { PaymentState } from './decision.ts';
import { NOON, sampleAttempt, samplePayment } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

const ADDRESS = new Uint8Array([1]);
const OTHER = new Uint8Array([2]);
const GIVEN = { kind: 'address_given', shippingAddressSealed: ADDRESS } as const;
const START = { kind: 'attempt_started', attempt: sampleAttempt() } as const;
const refusalOf = (state: PaymentState, signal: Signal) => codeOf(() => decide(state, signal));
const asked = (changes: object = {}) => stateOf({ payment: samplePayment({ requestShipping: true, ...changes }) });

describe('a payment that asks for an address', () => {
  it('starts no attempt without one', () => {
    expect(refusalOf(asked(), START)).toBe('shipping_required');
  });

  it('starts one with an address given before, or together with the attempt', () => {
    const before = moved(moved(asked(), GIVEN), START).payment;
    expect(before).toMatchObject({ status: 'processing', shippingAddressSealed: ADDRESS });
    const together = moved(asked(), { ...START, shippingAddressSealed: OTHER }).payment;
    expect(together).toMatchObject({ status: 'processing', shippingAddressSealed: OTHER });
  });

  it('takes another address until it is confirmed, and tells nobody', () => {
    const changed = moved(moved(asked(), GIVEN), { ...GIVEN, shippingAddressSealed: OTHER });
    expect(changed.payment).toMatchObject({ status: 'created', shippingAddressSealed: OTHER });
  });

  it('takes no other one while an attempt is under way, nor afterwards', () => {
    expect(refusalOf(moved(moved(asked(), GIVEN), START), GIVEN)).toBe('attempt_in_progress');
    expect(refusalOf(paid({ requestShipping: true, shippingAddressSealed: ADDRESS }), GIVEN)).toBe('state_conflict');
    expect(refusalOf(asked({ expiresAt: NOON }), GIVEN)).toBe('state_conflict');
  });

  it('says that it is over rather than that it lacks an address', () => {
    expect(refusalOf(asked({ status: 'canceled' }), START)).toBe('state_conflict');
  });
});

it('a payment that asks for none keeps none', () => {
  expect(refusalOf(stateOf(), GIVEN)).toBe('validation_failed');
});
