import { describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../events/event.ts';
import { ManualClock } from '../kernel/clock.ts';
import { captureObject, disputeObject, refundObject, reversalObject } from '../payments/operation-json.ts';
import { paymentObject } from '../payments/payment-shape.ts';
import { exceptionObject, payoutObject } from '../reconciliation/reconciliation-json.ts';
import { type SampleType, sampleObject } from './sample-objects.ts';
import { newSampleLife } from './sample-payments.ts';

const SHAPES = {
  payment: paymentObject,
  capture: captureObject,
  refund: refundObject,
  reversal: reversalObject,
  dispute: disputeObject,
  payout: payoutObject,
  reconciliation: exceptionObject,
};

const owner = { tenantId: 'ten_1', mode: 'test', productId: 'prd_1' } as const;
const clock = new ManualClock();
const types = EVENT_TYPES.filter((type): type is SampleType => !type.startsWith('endpoint.'));

describe('S3.29 the sample of', () => {
  test.each(types)('%s has the shape of the real object, and amounts that are no nought', (type) => {
    const { object } = sampleObject(type, newSampleLife(owner, clock));
    const noun = type.split('.')[0] as keyof typeof SHAPES;
    expect(SHAPES[noun].safeParse(object).error).toBeUndefined();
    expect(JSON.stringify(object)).toMatch(/"(amount|difference)":\d+/);
  });
});

test('a payment event tells the status it is named after', () => {
  const statusOf = (type: SampleType) =>
    (sampleObject(type, newSampleLife(owner, clock)).object as { status: string }).status;
  for (const status of [
    'created',
    'processing',
    'authorized',
    'succeeded',
    'failed',
    'canceled',
    'expired',
    'reversed',
  ] as const) {
    expect(statusOf(`payment.${status}`)).toBe(status);
  }
  // Payable again.
  expect(statusOf('payment.attempt_failed')).toBe('created');
});

test('the payment beside a refund is the one that the refund names, as it was created', () => {
  const life = newSampleLife(owner, clock);
  const { object, payment, paymentId } = sampleObject('refund.succeeded', life);
  expect(payment).toMatchObject({ id: life.paymentId, status: 'created', productId: 'prd_1' });
  expect([(object as { paymentId: string }).paymentId, paymentId]).toEqual([life.paymentId, life.paymentId]);
});

test('no two lives share an id, so that a receiver drops no second simulation as a repeat', () => {
  const [one, other] = [newSampleLife(owner, clock), newSampleLife(owner, clock)];
  expect(one.paymentId).not.toBe(other.paymentId);
});
