import { describe, expect, test } from 'vitest';
import { describeEntry } from './describe-entry.ts';
import { describeSignal } from './describe-signal.ts';
import type { TimelineRow } from './store.ts';

const WENT = { providerAccountId: 'pa_1', code: 'lowest_priority', isProbe: false, passedOver: [] };
const OPEN = { providerAccountId: 'pa_2', codes: ['circuit_open'] };
const AT = { id: 'x_1', at: Temporal.Instant.from('2026-01-01T12:00:00Z'), place: '1x_1' };

function summaryOf(row: TimelineRow): string {
  return describeEntry(row, 'EUR').summary;
}

const signal = (changes: Partial<Parameters<typeof describeSignal>[0]>) =>
  describeSignal(
    { source: 'poll', kind: 'attempt_reported', outcome: 'applied', note: null, detail: {}, ...changes },
    'EUR',
  );

describe('a signal', () => {
  test.for([
    [{ source: 'tenant', kind: 'cancel_requested' }, 'The tenant asked to cancel the payment.'],
    [
      { detail: { state: 'captured', amount: 1250 } },
      'The provider, when asked, reported the attempt as “captured” (12.50 EUR).',
    ],
    [
      { source: 'provider_answer', kind: 'refund_refused', detail: { code: 'too_late' } },
      'The provider, in its answer, refused a refund (too late).',
    ],
    [
      { source: 'provider_answer', kind: 'attempt_not_sent' },
      'The request never reached the provider, so the attempt counts as no try.',
    ],
    [{ kind: 'capture_unknown' }, 'It is not known what came of a capture at the provider.'],
    [
      { source: 'tenant', kind: 'attempt_started', detail: { route: { ...WENT, code: 'only_account' } } },
      'The tenant started an attempt.',
    ],
    [
      { source: 'shopper', kind: 'attempt_started', detail: { route: { ...WENT, isProbe: true, passedOver: [OPEN] } } },
      'The shopper started an attempt: it went to pa_1 (lowest priority, as a probe), and not to pa_2 (circuit open).',
    ],
    [
      { kind: 'attempt_failed_over', detail: { state: 'not_sent', reason: 'dns_failed', route: WENT } },
      'The request never reached the provider, so that another account took over: it went to pa_1 (lowest priority).',
    ],
    [
      {
        source: 'provider_answer',
        kind: 'attempt_failed_over',
        detail: { state: 'refused', code: 'forbidden', route: WENT },
      },
      'The provider, in its answer, turned the account away (forbidden), so that another one took over: it went to ' +
        'pa_1 (lowest priority).',
    ],
    [
      { outcome: 'no_change', note: 'already captured', detail: { state: 'captured' } },
      'The provider, when asked, reported the attempt as “captured”, which changed nothing (already captured).',
    ],
    [
      { source: 'notification', outcome: 'quarantined', note: 'amount_mismatch', detail: { state: 'captured' } },
      'The provider, in a notification, reported the attempt as “captured”, which contradicts what is known and was ' +
        'set aside (amount mismatch).',
    ],
    [
      { source: 'notification', outcome: 'deferred', note: 'unknown_capture', kind: 'capture_reported', detail: {} },
      'The provider, in a notification, reported a capture as “no reason given”, which did not fit yet, so the ' +
        'provider was asked (unknown capture).',
    ],
  ] as const)('%#', ([changes, sentence]) => {
    expect(signal(changes)).toBe(sentence);
  });

  test('has sums as integers, and a provider’s words without what does not belong in them', () => {
    const facts = {
      source: 'provider_answer',
      kind: 'attempt_refused',
      outcome: 'applied',
      note: null,
      attempt_id: 'att_1',
      subject_id: null,
      payment_version: 3,
      detail: { code: 'bad', message: 'No: 4111 1111 1111 1111', reason: 'ask a@b.example', amount: '1250' },
    };
    expect(describeEntry({ ...AT, type: 'signal', facts }, 'EUR')).toMatchObject({
      version: 3,
      detail: { code: 'bad', message: '[masked]', reason: 'ask [masked]', amount: 1250, currency: 'EUR' },
    });
  });
});

describe('a call', () => {
  const facts = {
    provider_account_id: 'pa_1',
    attempt_id: 'att_1',
    operation: 'refund',
    duration_ms: 12,
    request: { amount: 500, currency: 'EUR' },
  };
  const asked = 'The provider was asked to refund money (5.00 EUR)';
  test.for([
    ['answered', { state: 'pending' }, `${asked} and answered “pending” after 12 ms.`],
    ['not_found', {}, `${asked} and answered after 12 ms that it does not know it.`],
    ['refused', { code: 'too_late' }, `${asked} and refused after 12 ms (too_late).`],
    ['not_sent', {}, `${asked}, but the request never reached it.`],
    ['unknown', {}, `${asked}; after 12 ms it was not known what came of it.`],
    ['failed', {}, `${asked}, but its adapter broke after 12 ms.`],
  ] as const)('that was %s', ([outcome, answer, sentence]) => {
    expect(summaryOf({ ...AT, type: 'provider_call', facts: { ...facts, outcome, answer } })).toBe(sentence);
  });
});

describe('a delivery', () => {
  const ids = { delivery_id: 'whd_1', event_id: 'evt_1', event_type: 'payment.succeeded', endpoint_id: null };
  test.for([
    ['acknowledged', 200, 'was acknowledged with HTTP 200.'],
    ['refused', 500, 'was answered with HTTP 500, which is no acknowledgment.'],
    ['lost', null, 'was sent and got no answer.'],
    ['not_sent', null, 'could not be sent.'],
  ] as const)('that was %s', ([outcome, statusCode, end]) => {
    const facts = { ...ids, number: 2, outcome, status_code: statusCode, duration_ms: 3 };
    expect(summaryOf({ ...AT, type: 'delivery_attempt', facts })).toBe(`Try 2 to deliver payment.succeeded ${end}`);
  });
});

test.for([
  ['applied', 'A notification of sandbox came in (accepted) and was applied.'],
  [
    'quarantined',
    'A notification of sandbox came in (accepted) and was set aside, because it contradicts what is known.',
  ],
  ['failed', 'A notification of sandbox came in (accepted) and could not be applied.'],
  [null, 'A notification of sandbox came in (accepted).'],
] as const)('a notification that is %s', ([state, sentence]) => {
  const facts = { provider: 'sandbox', provider_account_id: 'pa_1', verdict: 'accepted', state, outcome: null };
  expect(summaryOf({ ...AT, type: 'inbound', facts })).toBe(sentence);
});
