/** What Stripe says counts only where it is whole, agrees with itself, and is about what was asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { type StripeStage, startStripeStage } from './stripe-fixture.ts';
import { disputeReport, isRelease } from './stripe-reports.ts';
import { wireDispute, wireIntent, wireRefund } from './stripe-wire.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(() => stage.stop());

/** The next requests are answered so, one each. */
const say = (...bodies: readonly unknown[]) =>
  stage.simulator.failNext(
    ...bodies.map((body) => ({ kind: 'answer', executed: false, status: 200, body: JSON.stringify(body) }) as const),
  );

const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };
const ATTEMPT = { attemptId: 'att_1', providerRef: 'pi_1' };
const EUR = { amount: 500n, currency: 'EUR' };
const NOTIFY = 'https://pay.example/';
const INTENT = {
  ...{ id: 'pi_1', object: 'payment_intent', livemode: false, amount: 1250, amount_received: 500, currency: 'eur' },
  ...{ status: 'succeeded', capture_method: 'manual', client_secret: 'pi_1_secret_1', cancellation_reason: null },
  ...{ metadata: { attempt_id: 'att_1', flow: 'server', capture_id: 'cap_1' }, latest_charge: 'ch_1' },
};
/** Before it was captured. */
const HELD = { ...INTENT, status: 'requires_capture', amount_received: 0 };
const LIST = { object: 'list', data: [], has_more: false };
const LIES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['another id', { id: 'pi_2' }],
  ['another attempt', { metadata: { attempt_id: 'att_2', flow: 'server', capture_id: 'cap_1' } }],
  ['no attempt', { metadata: {} }],
  ['an unknown status', { status: 'blessed' }],
  ['another object', { object: 'setup_intent' }],
  ['an amount as text', { amount_received: '500' }],
  ['a currency that is none', { currency: 'xxx' }],
];

describe('the answer to a capture', () => {
  const ask = () =>
    stage.provider.capture?.(stage.call(), {
      ...ATTEMPT,
      captureId: 'cap_1',
      amount: EUR,
      final: true,
      notificationUrl: NOTIFY,
    });

  test('counts where it is about this capture', async () => {
    say(HELD, INTENT);
    expect(await ask()).toMatchObject({ kind: 'answered', capture: { captureId: 'cap_1', providerRef: 'ch_1' } });
  });

  test.each([
    ...LIES.filter(([name]) => name !== 'another id'),
    ['another capture', { metadata: { ...INTENT.metadata, capture_id: 'cap_2' } }],
    ['another amount', { amount_received: 499 }],
    ['another currency', { currency: 'usd' }],
    ['a capture that waits', { status: 'requires_capture' }],
    ['no charge', { latest_charge: null }],
  ] as const)('with %s is unknown', async (_, lie) => {
    say(HELD, { ...INTENT, ...lie });
    expect(await ask()).toEqual(UNKNOWN);
  });
});

const REFUND = {
  ...{ id: 're_1', object: 'refund', amount: 500, currency: 'eur', status: 'succeeded', payment_intent: 'pi_1' },
  ...{ metadata: { attempt_id: 'att_1', refund_id: 're_own' }, balance_transaction: 'txn_1' },
};

describe('the answer to a refund', () => {
  const ask = () =>
    stage.provider.refund?.(stage.call(), { ...ATTEMPT, refundId: 're_own', amount: EUR, notificationUrl: NOTIFY });
  const REFUND_LIES: readonly (readonly [string, Record<string, unknown>])[] = [
    ['another payment', { payment_intent: 'pi_2' }],
    ['another refund', { metadata: { ...REFUND.metadata, refund_id: 're_other' } }],
    ['another attempt', { metadata: { ...REFUND.metadata, attempt_id: 'att_2' } }],
    ['another amount', { amount: 499 }],
    ['another currency', { currency: 'usd' }],
    ['an unknown status', { status: 'blessed' }],
  ];

  test('counts where it is about this refund, sent or found', async () => {
    say(LIST, REFUND);
    expect(await ask()).toMatchObject({ kind: 'answered', refund: { refundId: 're_own', providerRef: 're_1' } });
    say({ ...LIST, data: [REFUND] });
    expect(await ask()).toMatchObject({ kind: 'answered', refund: { refundId: 're_own', providerRef: 're_1' } });
  });

  test.each(REFUND_LIES)('with %s is unknown', async (_, lie) => {
    say(LIST, { ...REFUND, ...lie });
    expect(await ask()).toEqual(UNKNOWN);
  });

  test.each([
    ['refunds of another payment', { ...LIST, data: [{ ...REFUND, payment_intent: 'pi_2' }] }],
    ['no list', REFUND],
    ['a list without an end', { ...LIST, has_more: true }],
  ])('is not waited for where what is there comes as %s: it is not sent', async (_, listed) => {
    say(listed);
    expect(await ask()).toMatchObject({ kind: 'not_sent' });
  });
});

const SESSION = {
  ...{ id: 'cs_test_1', object: 'checkout.session', livemode: false, status: 'open', expires_at: 1767229200 },
  ...{ url: 'https://checkout.stripe.com/c/pay/cs_test_1', client_reference_id: 'att_1', amount_total: 1250 },
  ...{ currency: 'eur', payment_intent: null },
};

describe('the answer to a question', () => {
  const ask = (providerRef: string) => stage.provider.retrieve(stage.call(), { attemptId: 'att_1', providerRef });

  test('counts where it is about this attempt', async () => {
    say(INTENT, LIST, LIST);
    expect(await ask('pi_1')).toMatchObject({ kind: 'answered', report: { state: 'captured' } });
    say(SESSION);
    expect(await ask('cs_test_1')).toMatchObject({ kind: 'answered', report: { state: 'requires_action' } });
  });

  test.each([
    ...LIES,
    ['the other mode', { livemode: true }],
    ['nothing received', { amount_received: 0 }],
    ['more received than asked for', { amount_received: 1251 }],
  ] as const)('with a PaymentIntent of %s is unknown', async (_, lie) => {
    // Nothing is asked for after one that is held.
    say('amount_received' in lie ? { ...INTENT, ...lie } : { ...HELD, ...lie });
    expect(await ask('pi_1')).toEqual(UNKNOWN);
  });

  test.each<[string, Record<string, unknown>]>([
    ['another id', { id: 'cs_test_2' }],
    ['another attempt', { client_reference_id: 'att_2' }],
    ['the other mode', { livemode: true }],
    ['no page', { url: null }],
    ['a page that runs code', { url: 'javascript:alert(1)' }],
    ['an unknown status', { status: 'blessed' }],
    ['an end without a payment', { status: 'complete' }],
    ['a payment that is only named', { status: 'complete', payment_intent: 'pi_1' }],
    [
      'the payment of another',
      { status: 'complete', payment_intent: { ...INTENT, metadata: { attempt_id: 'att_2', flow: 'redirect' } } },
    ],
  ])('with a session of %s is unknown', async (_, lie) => {
    say({ ...SESSION, ...lie });
    expect(await ask('cs_test_1')).toEqual(UNKNOWN);
  });

  test('is pending where the payer has left the page with something to be done elsewhere', async () => {
    const waiting = { ...HELD, status: 'requires_action', metadata: { attempt_id: 'att_1', flow: 'redirect' } };
    say({ ...SESSION, status: 'complete', url: null, payment_intent: waiting });
    expect(await ask('cs_test_1')).toMatchObject({ kind: 'answered', report: { state: 'pending' } });
  });

  test('is unknown as a whole where refunds or disputes cannot be read', async () => {
    say(INTENT, {});
    expect(await ask('pi_1')).toEqual(UNKNOWN);
    say(INTENT, LIST, {});
    expect(await ask('pi_1')).toEqual(UNKNOWN);
    say(INTENT, LIST, { ...LIST, data: [{ ...DISPUTE, payment_intent: 'pi_2' }] });
    expect(await ask('pi_1')).toEqual(UNKNOWN);
  });
});

describe('the answer to an end', () => {
  test.each<[string, Record<string, unknown>]>([
    ['is not ended', { status: 'requires_capture' }],
    ['is another', { id: 'pi_2', status: 'canceled' }],
    ['is of another attempt', { metadata: {}, status: 'canceled' }],
  ])('with a PaymentIntent that %s is unknown', async (_, lie) => {
    say({ ...INTENT, ...lie });
    expect(await stage.provider.release?.(stage.call(), ATTEMPT)).toEqual(UNKNOWN);
  });

  test('with a session that is open is unknown', async () => {
    say(SESSION);
    const attempt = { attemptId: 'att_1', providerRef: 'cs_test_1' };
    expect(await stage.provider.cancel?.(stage.call(), attempt)).toEqual(UNKNOWN);
  });
});

describe('the answer to a new attempt', () => {
  const input = () => stage.input({ attemptId: 'att_1' });

  test.each<[string, Record<string, unknown>]>([
    ['another attempt', { client_reference_id: 'att_2' }],
    ['the other mode', { livemode: true }],
    ['another amount', { amount_total: 1249 }],
    ['another currency', { currency: 'usd' }],
    ['no page', { url: null }],
  ])('with a session of %s is unknown', async (_, lie) => {
    say({ ...SESSION, ...lie });
    expect(await stage.provider.create(stage.call(), input())).toEqual(UNKNOWN);
  });

  test.each<[string, Record<string, unknown>]>([
    ['another attempt', { metadata: { attempt_id: 'att_2', flow: 'client' } }],
    ['the other mode', { livemode: true }],
    ['another amount', { amount: 1249 }],
    ['another currency', { currency: 'usd' }],
    ['no secret', { client_secret: null }],
  ])('with a PaymentIntent of %s is unknown', async (_, lie) => {
    const open = {
      status: 'requires_payment_method',
      amount_received: 0,
      metadata: { attempt_id: 'att_1', flow: 'client' },
    };
    const asked = { ...input(), method: { type: 'stripe', flow: 'client' } };
    say({ ...INTENT, ...open });
    expect(await stage.provider.create(stage.call(), asked)).toMatchObject({ kind: 'answered' });
    say({ ...INTENT, ...open, ...lie });
    expect(await stage.provider.create(stage.call(), asked)).toEqual(UNKNOWN);
  });
});

const DISPUTE = {
  ...{ id: 'du_1', object: 'dispute', livemode: false, amount: 1000, currency: 'eur', status: 'needs_response' },
  ...{ reason: 'fraudulent', payment_intent: 'pi_1', evidence_details: { due_by: 0, submission_count: 0 } },
  balance_transactions: [] as readonly unknown[],
};

describe('the money of a dispute', () => {
  const reported = (balance_transactions: readonly unknown[]) =>
    disputeReport(wireDispute.parse({ ...DISPUTE, balance_transactions }), stage.clock.now());

  test.each<[string, readonly unknown[], bigint, bigint]>([
    ['not moved', [], 0n, 0n],
    ['taken', [{ amount: -1000, currency: 'eur' }], 1000n, 0n],
    ['taken in part', [{ amount: -400, currency: 'eur' }], 400n, 0n],
    [
      'taken and given back',
      [
        { amount: -1000, currency: 'eur' },
        { amount: 1000, currency: 'eur' },
      ],
      1000n,
      1000n,
    ],
    ['taken in the currency of the account', [{ amount: -1180, currency: 'usd' }], 1000n, 0n],
    [
      'taken and given back in it',
      [
        { amount: -1180, currency: 'usd' },
        { amount: 1175, currency: 'usd' },
      ],
      1000n,
      1000n,
    ],
  ])('that is %s', (_, moved, withdrawn, reinstated) => {
    expect(reported(moved)).toMatchObject({ withdrawn, reinstated });
  });

  test('has no time to answer in where the bank takes none', () => {
    expect(present(reported([]), 'dispute')).not.toHaveProperty('evidenceDueAt');
  });
});

describe('a refund that nobody asked us for', () => {
  const intent = (changes: object = {}) => wireIntent.parse({ ...INTENT, ...changes });
  const refund = (changes: object) => wireRefund.parse({ ...REFUND, metadata: {}, ...changes });
  const shown = (reporting_category: string) => ({ balance_transaction: { reporting_category } });

  test.each<[string, object, object, boolean]>([
    ['takes back the rest of a capture', shown('partial_capture_reversal'), {}, true],
    ['gives captured money back', { ...shown('refund'), amount: 750 }, {}, false],
    ['is only named in the balance', { balance_transaction: 'txn_1', amount: 750 }, {}, false],
    ['has moved nothing yet and is the rest', { balance_transaction: null, amount: 750 }, {}, true],
    ['has moved nothing yet and is not the rest', { balance_transaction: null, amount: 749 }, {}, false],
    [
      'has moved nothing yet of a whole charge',
      { balance_transaction: null, amount: 0 },
      { capture_method: 'automatic', amount_received: 1250 },
      false,
    ],
    ['ends an authorization', { balance_transaction: null }, { status: 'canceled' }, true],
  ])('and %s', (_, of, on, expected) => {
    expect(isRelease(refund(of), intent(on))).toBe(expected);
  });

  test('is never one of ours', () => {
    expect(isRelease(wireRefund.parse({ ...REFUND, ...shown('partial_capture_reversal') }), intent())).toBe(false);
  });
});
