import { expect, test } from 'vitest';
import { type RouteSignal, tellRoute } from './tell-route.ts';

const went = (providerAccountId: string) => ({
  providerAccountId,
  code: 'lowest_priority',
  isProbe: false,
  passedOver: [],
});
const STARTED: RouteSignal = {
  attemptId: 'att_1',
  kind: 'attempt_started',
  detail: { provider: 'sandbox', route: went('pa_1') },
};
const failedOver = (from: string, to: string, account: string, end: object): RouteSignal => ({
  attemptId: from,
  kind: 'attempt_failed_over',
  detail: { ...end, nextAttemptId: to, provider: 'sandbox', route: went(account) },
});
const CHAIN = [
  failedOver('att_2', 'att_3', 'pa_3', { state: 'refused', code: 'forbidden', message: 'No' }),
  failedOver('att_1', 'att_2', 'pa_2', { state: 'not_sent', reason: 'dns_failed' }),
  STARTED,
];

test('a chain of accounts is told from the first, whatever order its signals come in', () => {
  for (const signals of [CHAIN, CHAIN.toReversed()]) {
    expect(tellRoute(signals, 'att_3')).toEqual({
      attemptId: 'att_3',
      ...went('pa_3'),
      failedOverFrom: [
        { attemptId: 'att_1', providerAccountId: 'pa_1', state: 'not_sent', code: 'dns_failed' },
        { attemptId: 'att_2', providerAccountId: 'pa_2', state: 'refused', code: 'forbidden' },
      ],
    });
  }
});

test('an attempt of a later confirmation begins a story of its own', () => {
  const later = { ...STARTED, attemptId: 'att_4', detail: { provider: 'sandbox', route: went('pa_1') } };
  expect(tellRoute([later, ...CHAIN], 'att_4')).toEqual({ attemptId: 'att_4', ...went('pa_1'), failedOverFrom: [] });
});

test('nothing is told of an attempt from before routing was kept', () => {
  expect(tellRoute([{ ...STARTED, detail: { provider: 'sandbox' } }], 'att_1')).toBe(null);
  expect(tellRoute([], 'att_1')).toBe(null);
});
