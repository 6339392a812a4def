import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encrypt, PAID, type ScantopayStage, startScantopayStage, webhook } from './scantopay-fixture.ts';

let stage: ScantopayStage;
beforeAll(async () => {
  stage = await startScantopayStage();
});
afterAll(() => stage.stop());

const parse = (body: string) => stage.provider.parseWebhook(stage.call(), webhook(body));
const parseJson = (members: object) => parse(encrypt(JSON.stringify(members)));
const eventOf = async (members: object) => {
  const outcome = await parseJson(members);
  if (outcome.kind !== 'events') throw new Error(`Not read: ${JSON.stringify(outcome)}`);
  return outcome.events[0];
};

describe('what a notification tells', () => {
  it('a payment is captured, and may be refused by an answer that is not 200', async () => {
    expect(await parseJson(PAID)).toEqual({
      kind: 'events',
      events: [
        {
          dedupeKey: '4071:SUCCESS',
          contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
          attempt: { attemptId: PAID.reference },
          occurredAt: Temporal.Instant.from('2026-03-02T08:00:00Z'),
          authoritative: true,
          fact: {
            about: 'attempt',
            report: { state: 'captured', amount: { amount: 700n, currency: 'ZAR' }, chargeRef: '4071' },
          },
        },
      ],
      replies: { accepted: { status: 200 }, duplicate: { status: 200 }, refused: { status: 409 } },
    });
  });

  it.each([
    ['00', 'other'],
    ['01', 'do_not_honor'],
    ['05', 'do_not_honor'],
    ['04', 'lost_or_stolen'],
    ['41', 'lost_or_stolen'],
    ['43', 'lost_or_stolen'],
    ['34', 'fraud'],
    ['59', 'fraud'],
    ['33', 'expired_card'],
    ['54', 'expired_card'],
    ['51', 'insufficient_funds'],
    ['51: Insufficient funds', 'insufficient_funds'],
    ['55', 'authentication_failed'],
    ['75', 'authentication_failed'],
    ['61', 'limit_exceeded'],
    ['65', 'limit_exceeded'],
    ['82', 'incorrect_cvc'],
    ['N7', 'incorrect_cvc'],
    ['91', 'other'],
  ])('the bank code %s is a decline for %s', async (bankResponse, reason) => {
    const event = await eventOf({ ...PAID, status: 'BANK_REJECTED', bankResponse });
    const decline = { reason, providerCode: bankResponse.slice(0, 2) };
    expect(event?.fact).toEqual({ about: 'attempt', report: { state: 'declined', decline } });
  });

  it('what the bank says in other words is no code', async () => {
    const event = await eventOf({ ...PAID, status: 'BANK_REJECTED', bankResponse: 'Declined 4111111111111111' });
    expect(event?.fact).toEqual({ about: 'attempt', report: { state: 'declined', decline: { reason: 'other' } } });
  });

  it.each([
    ['END_BANK_NON_00', { state: 'declined', decline: { reason: 'other' } }],
    ['END_BANK_ERROR', { state: 'declined', decline: { reason: 'other' } }],
    ['END_BANK_EXPIRED', { state: 'declined', decline: { reason: 'other' } }],
    ['END_BANK_OFFLINE', { state: 'declined', decline: { reason: 'other' } }],
    ['END_SYSTEM_ERROR', { state: 'declined', decline: { reason: 'other' } }],
    ['END_SYSTEM_FAULT', { state: 'declined', decline: { reason: 'other' } }],
    ['END_INVALID_AMOUNT', { state: 'declined', decline: { reason: 'other' } }],
    ['END_VALIDATION_FAILED', { state: 'declined', decline: { reason: 'other' } }],
    ['END_MASTERPASS_ERROR', { state: 'declined', decline: { reason: 'other' } }],
    ['END_BRE_REJECTED', { state: 'declined', decline: { reason: 'authentication_failed' } }],
    ['END_LIMIT_FAILED', { state: 'declined', decline: { reason: 'limit_exceeded' } }],
    ['CLIENT_CANCEL', { state: 'canceled' }],
    ['END_CLIENT_CANCEL', { state: 'canceled' }],
    ['END_CLIENT_TIMEOUT', { state: 'expired' }],
    ['END_TIME_OUT_IN_QUEUE', { state: 'expired' }],
  ])('%s ends the attempt', async (status, report) => {
    const outcome = await parseJson({ ...PAID, status });
    expect(outcome).toMatchObject({ events: [{ authoritative: true, fact: { about: 'attempt', report } }] });
    expect(outcome.kind === 'events' && outcome.replies.refused).toBeUndefined();
  });

  it.each(['REVERSED', 'END_REVERSED'])('%s reverses the payment', async (status) => {
    const event = await eventOf({ ...PAID, status });
    const reversal = { reversalId: null, providerRef: 'reversal-4071', state: 'succeeded' };
    expect(event?.fact).toMatchObject({ about: 'reversal', reversal });
  });

  it.each([
    ['REFUNDED', { state: 'succeeded' }],
    ['END_REFUNDED', { state: 'succeeded' }],
    ['END_REFUND_FAILED', { state: 'failed', failureCode: 'refund_failed' }],
  ])('%s is about a refund of the payment it names', async (status, standing) => {
    const event = await eventOf({ ...PAID, transactionId: 4683, originalTransactionId: 4682, amount: 2, status });
    const amount = { amount: 200n, currency: 'ZAR' };
    const refund = { refundId: null, mayBeOurs: true, providerRef: 'refund-4682-200', amount, ...standing };
    expect(event?.fact).toEqual({ about: 'refund', refund });
  });

  it('two refunds of one amount are noticed, since nothing but their numbers tells them apart', async () => {
    const refund = { ...PAID, originalTransactionId: 4682, status: 'REFUNDED' };
    const first = await eventOf({ ...refund, transactionId: 4683 });
    const second = await eventOf({ ...refund, transactionId: 4684 });
    expect(second?.dedupeKey).toBe(first?.dedupeKey);
    expect(second?.contentHash).not.toBe(first?.contentHash);
  });

  it('a failed reversal leaves the payment as it was', async () => {
    const event = await eventOf({ ...PAID, status: 'END_REVERSAL_FAILED' });
    expect(event?.fact).toMatchObject({ reversal: { state: 'failed', failureCode: 'reversal_failed' } });
  });

  it.each(['END_3DS_PURCHASE', 'CODE_NOTIFY_SUCCESS', 'CODE_NOTIFY_SUCCESS_NOACK', 'CODE_EXTERNAL_SUCCESS'])(
    '%s only hints at a payment and may be refused',
    async (status) => {
      expect(await parseJson({ ...PAID, status })).toMatchObject({
        events: [{ authoritative: false, fact: { about: 'attempt', report: { state: 'pending' } } }],
        replies: { refused: { status: 409 } },
      });
    },
  );

  it.each(['PROCESS_AUTH', 'OFF_TO_BANK', 'SUCCESSFUL', 'success', 'SOMETHING_NEW'])(
    '%s is acknowledged and tells nothing',
    async (status) => {
      expect(await parseJson({ ...PAID, status })).toEqual({
        kind: 'events',
        events: [],
        replies: { accepted: { status: 200 }, duplicate: { status: 200 } },
      });
    },
  );

  it('numbers beyond what a float carries are kept', async () => {
    const text = JSON.stringify(PAID).replace('4071', '9007199254740993').replace('"amount":7', '"amount":7.0000');
    const outcome = await parse(encrypt(text));
    expect(outcome).toMatchObject({ events: [{ dedupeKey: '9007199254740993:SUCCESS' }] });
  });

  it('another currency is told as it came, for the gateway to refuse', async () => {
    const event = await eventOf({ ...PAID, currencyCode: 'USD' });
    expect(event?.fact).toMatchObject({ report: { amount: { amount: 700n, currency: 'USD' } } });
  });

  it('the same fact has one key and one hash, however it is written and whoever paid', async () => {
    const first = await eventOf(PAID);
    const { reference, ...rest } = PAID;
    const second = await eventOf({ clientMsisdn: '27830000000', merchantReference: reference, ...rest, date: 'now' });
    const third = await parse(encrypt(JSON.stringify(PAID).replace('"amount":7', '"amount":7.0000')));
    expect(second).toEqual(first);
    expect(third).toMatchObject({ events: [first] });
    const other = await eventOf({ ...PAID, amount: 7.01 });
    expect([other?.dedupeKey, other?.contentHash === first?.contentHash]).toEqual([first?.dedupeKey, false]);
  });
});
