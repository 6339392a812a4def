import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StripeStage, startStripeStage } from './stripe-fixture.ts';
import { stripeMethod } from './stripe-method.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(() => stage.stop());

test('what it cannot do is a method that it does not have', () => {
  const { provider } = stage;
  const { capabilities } = provider;
  expect({
    capture: provider.capture !== undefined,
    release: provider.release !== undefined,
    refund: provider.refund !== undefined,
    reversal: provider.reverse !== undefined,
    evidence: provider.submitEvidence !== undefined,
    cancel: provider.cancel !== undefined,
    complete: provider.complete !== undefined,
    settlement: provider.listSettlement !== undefined,
  }).toEqual({
    capture: capabilities.capture !== false,
    release: capabilities.release,
    refund: capabilities.refund !== false,
    reversal: capabilities.reversal,
    evidence: capabilities.evidence,
    cancel: capabilities.cancel,
    complete: capabilities.complete,
    settlement: capabilities.settlement,
  });
  expect(JSON.parse(JSON.stringify(capabilities))).toEqual(capabilities);
});

test('a method is one of Stripe’s two ways, or none', () => {
  const taken = [undefined, { type: 'stripe', flow: 'redirect' }, { type: 'stripe', flow: 'client' }];
  for (const method of taken) expect(stripeMethod.safeParse(method).success).toBe(true);
  for (const method of [null, {}, { type: 'stripe' }, { type: 'stripe', flow: 'redirect', bonus: 1 }]) {
    expect(stripeMethod.safeParse(method).success).toBe(false);
  }
});
