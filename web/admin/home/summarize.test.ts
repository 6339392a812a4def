import { expect, test } from 'vitest';
import type { Payment } from '../../../sdk/src/api.generated.ts';
import { summarize } from './summarize.ts';

const NOW = Date.parse('2026-11-21T12:30:00Z');

function paymentOf(facts: Partial<Payment>): Payment {
  const base = { currency: 'EUR', amountCaptured: 0, amountRefunded: 0, createdAt: '2026-11-21T12:10:00Z' };
  return { ...base, status: 'created', ...facts } as Payment;
}

test('what was paid is summed by currency, without what went back', () => {
  const { volumes } = summarize(
    [
      paymentOf({ status: 'succeeded', amountCaptured: 1250, amountRefunded: 250 }),
      paymentOf({ status: 'succeeded', amountCaptured: 500 }),
      paymentOf({ status: 'succeeded', amountCaptured: 900, currency: 'JPY' }),
      paymentOf({ status: 'reversed', amountCaptured: 700 }),
    ],
    NOW,
    3,
  );
  expect([...volumes]).toEqual([
    ['EUR', 1500n],
    ['JPY', 900n],
  ]);
});

test('the success rate counts what has ended alone', () => {
  const statuses = ['succeeded', 'failed', 'expired', 'succeeded', 'created', 'processing', 'authorized'] as const;
  const { successRate, open, paid, count } = summarize(
    statuses.map((status) => paymentOf({ status })),
    NOW,
    3,
  );
  expect({ successRate, open, paid, count }).toEqual({ successRate: 0.5, open: 3, paid: 2, count: 7 });
  expect(summarize([paymentOf({})], NOW, 3).successRate).toBeNull();
});

test('payments are counted by the hour in which they were created; the last hour is the one that has begun', () => {
  const { hours, paidByHour, othersByHour } = summarize(
    [
      paymentOf({ status: 'succeeded' }),
      paymentOf({ createdAt: '2026-11-21T10:59:59.999Z' }),
      paymentOf({ createdAt: '2026-11-21T09:59:59Z' }),
    ],
    NOW,
    3,
  );
  expect(hours).toEqual([10, 11, 12].map((hour) => Date.parse(`2026-11-21T${hour}:00:00Z`) / 1_000));
  expect([paidByHour, othersByHour]).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
});
