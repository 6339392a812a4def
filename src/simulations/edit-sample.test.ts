import { expect, test } from 'vitest';
import type { EventType } from '../events/event.ts';
import { ManualClock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import { editSample } from './edit-sample.ts';
import { sampleEvent } from './sample-event.ts';

const clock = new ManualClock(Temporal.Instant.from('2026-11-21T12:00:00Z'));
const owner = { tenantId: 'ten_1', mode: 'test', productId: null } as const;
const sample = (type: EventType) => sampleEvent(type, owner, {}, clock);

function pointersOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.errors.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

test('values replace those of the sample, also deeper, and the rest stays', () => {
  const event = sample('payment.succeeded');
  const edited = editSample(event, { reference: 'mine-1', latestAttempt: { provider: 'stripe' } }, 'test');
  expect(edited.object).toMatchObject({ reference: 'mine-1', latestAttempt: { provider: 'stripe' }, amount: 1250 });
  expect(event.object).toMatchObject({ reference: 'order-10045' });
});

test('what a payment is from its beginning on is the same where dialects look for the order', () => {
  const { payment } = editSample(sample('payment.succeeded'), { reference: 'mine-1', status: 'reversed' }, 'test');
  expect(payment).toMatchObject({ reference: 'mine-1', status: 'created' });
});

test('nothing is made up in live mode, where a shop would send the goods for it', () => {
  const edit = () => editSample(sample('payment.succeeded'), { reference: 'mine-1' }, 'live');
  expect(pointersOf(edit)).toEqual(['/object']);
  expect(editSample(sample('payment.succeeded'), {}, 'live').object).toMatchObject({ reference: 'order-10045' });
});

test.each([
  ['an amount that is none', 'refund.succeeded', { amount: 'much' }, '/object/amount'],
  ['a member that we never send', 'capture.succeeded', { fantasy: 1 }, '/object'],
  [
    'a part that has the wrong form',
    'payment.succeeded',
    { latestAttempt: { provider: 7 } },
    '/object/latestAttempt/provider',
  ],
  ['whose it is', 'payment.succeeded', { tenantId: 'ten_2' }, '/object/tenantId'],
  ['whether money is real', 'dispute.opened', { mode: 'live' }, '/object/mode'],
] as const)('%s is refused by name', (_what, type, edits, pointer) => {
  expect(pointersOf(() => editSample(sample(type), edits, 'test'))).toEqual([pointer]);
});
