import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  ATTEMPT,
  AUTHORIZED,
  absent,
  CAPTURED,
  error,
  json,
  type Liar,
  operationsOf,
  REVERSED,
  startLiar,
  TRANSACTION,
} from './bluesnap-liar-fixture.ts';
import { createBluesnapProvider } from './bluesnap-provider.ts';

let liar: Liar;
beforeAll(async () => {
  liar = await startLiar();
});
afterAll(() => liar.stop());
beforeEach(() => {
  liar.writes = 0;
});

const provider = createBluesnapProvider({ timeoutMs: 1_000 });
const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

const CHARGEBACK = { chargebackTransactionId: 9, amount: 1, currency: 'EUR' };
const REFUND = { refundTransactionId: 8, amount: 0.01 };

const { complete, capture, release, refund } = operationsOf(provider);

describe('an answer that does not fit what was asked', () => {
  test.each([
    ['another amount', { amount: 12.51 }],
    ['a smaller amount', { amount: 12.49 }],
    ['another currency', { currency: 'USD' }],
    ['another reference', { merchantTransactionId: 'att_other' }],
    ['an amount finer than cents', { amount: 12.505 }],
    ['no amount', { amount: undefined }],
    ['an amount of nothing', { amount: 0 }],
    ['a negative amount', { amount: -12.5 }],
    ['a number that is no decimal', { amount: 1e21 }],
    ['a state nobody knows', { processingInfo: { processingStatus: 'PERHAPS' } }],
    ['no state', { processingInfo: undefined }],
    ['a type nobody knows', { cardTransactionType: 'REFUND' }],
    ['a number that is no number', { transactionId: '../1' }],
    ['unreadable refunds', { refunds: { refund: [{ amount: 1 }] } }],
    ['chargebacks in another currency', { chargebacks: { chargeback: { ...CHARGEBACK, currency: 'USD' } } }],
    ['chargebacks of nothing', { chargebacks: { chargeback: { ...CHARGEBACK, amount: 0 } } }],
    ['more refunds than can be asked about', { refunds: { refund: Array.from({ length: 21 }, () => REFUND) } }],
    ['refunds in another currency', { refunds: { refund: [{ refundTransactionId: 1, amount: 1, currency: 'USD' }] } }],
  ])('because it has %s leaves the charge unknown', async (_, lie) => {
    liar.read = absent;
    liar.write = json(200, { ...TRANSACTION, ...lie });
    expect(await complete.ask(liar)).toEqual(UNKNOWN);
    // The same where the charge is found instead of made.
    liar.read = json(200, { ...TRANSACTION, ...lie });
    expect(await complete.ask(liar)).toEqual(UNKNOWN);
    expect(liar.writes).toBe(1);
  });

  test.each([
    ['another transaction', { transactionId: '2' }],
    ['another amount', { amount: 12 }],
    ['another currency', { currency: 'USD' }],
    ['an authorization', { cardTransactionType: 'AUTH_ONLY' }],
    ['a release', { cardTransactionType: 'AUTH_REVERSAL' }],
    ['a failure that it does not name', { processingInfo: { processingStatus: 'FAIL' } }],
    ['no decision', { processingInfo: { processingStatus: 'PENDING' } }],
  ])('because it is about %s leaves a capture unknown', async (_, lie) => {
    liar.read = json(200, AUTHORIZED);
    liar.write = json(200, { ...CAPTURED, ...lie });
    expect(await capture.ask(liar)).toEqual(UNKNOWN);
  });

  test.each([
    ['another transaction', { transactionId: '2' }],
    ['an authorization that still stands', { cardTransactionType: 'AUTH_ONLY' }],
    ['no decision', { processingInfo: { processingStatus: 'PENDING' } }],
  ])('because it is about %s leaves a release unknown', async (_, lie) => {
    liar.read = json(200, AUTHORIZED);
    liar.write = json(200, { ...REVERSED, ...lie });
    expect(await release.ask(liar)).toEqual(UNKNOWN);
  });

  test.each([
    ['another amount', { amount: 12.49 }],
    ['another currency', { currency: 'USD' }],
    ['no number', { refundTransactionId: undefined }],
    ['a state nobody knows', { refundStatus: 'PERHAPS' }],
  ])('because it has %s leaves a refund unknown', async (_, lie) => {
    liar.read = json(200, TRANSACTION);
    liar.write = json(200, { refundTransactionId: 7, amount: 12.5, ...lie });
    expect(await refund.ask(liar)).toEqual(UNKNOWN);
  });

  test('is none where BlueSnap leaves the amount of a whole refund out, or says that it is pending', async () => {
    liar.read = json(200, TRANSACTION);
    liar.write = json(200, { refundTransactionId: 7 });
    expect(await refund.ask(liar)).toMatchObject({
      refund: { providerRef: '7', amount: { amount: 1_250n, currency: 'EUR' }, state: 'succeeded' },
    });
    liar.write = json(200, { refundTransactionId: 7, refundStatus: 'PENDING' });
    expect(await refund.ask(liar)).toMatchObject({ refund: { state: 'pending' } });
  });

  test.each([
    ['success', 'captured'],
    ['pending', 'pending'],
    ['PENDING_MERCHANT_REVIEW', 'pending'],
    ['FAIL', 'declined'],
  ])('is none where it says %s: the attempt is %s', async (processingStatus, state) => {
    liar.read = json(200, { ...TRANSACTION, processingInfo: { processingStatus } });
    expect(await provider.retrieve(liar.call, { attemptId: ATTEMPT })).toMatchObject({ report: { state } });
  });

  test.each<readonly [string, Answer]>([
    ['an error', json(400, error('INVALID_TRANSACTION_ID', 20_009))],
    ['a 502', json(502, {})],
    ['another refund', json(200, { transactionId: '9' })],
    ['nothing', (response) => response.destroy()],
  ])('is one where a refund is answered by %s: what cannot be named is not told', async (_, answer) => {
    const refunded = { ...TRANSACTION, refunds: { refund: [{ refundTransactionId: 8, amount: 2.5 }] } };
    const answers = [json(200, refunded), answer];
    liar.read = (response) => answers.shift()?.(response);
    expect(await provider.retrieve(liar.call, { attemptId: ATTEMPT })).toEqual(UNKNOWN);
    answers.push(json(200, refunded), answer);
    expect(await refund.ask(liar)).toEqual(UNKNOWN);
    expect(liar.writes).toBe(0);
  });

  test('is none where two names of ours make a refund nobody’s', async () => {
    const metaData = ['re_1', 're_2'].map((metaValue) => ({ metaKey: 'refundId', metaValue }));
    const refunded = { ...TRANSACTION, refunds: { refund: [REFUND] } };
    const answers = [refunded, { transactionId: 8, transactionMetaData: { metaData } }];
    liar.read = (response) => json(200, answers.shift())(response);
    expect(await provider.retrieve(liar.call, { attemptId: ATTEMPT })).toMatchObject({ refunds: [{ refundId: null }] });
  });

  test.each([
    [400, 'INVALID_TRANSACTION_ID'],
    [400, 'NO_TRANSACTIONS_FOUND'],
    [400, 'ORDER_NOT_FOUND'],
    [400, 'TRANSACTION_NOT_FOUND'],
    [404, 'A_NAME_OF_NEXT_YEAR'],
  ])('is none where %i %s says that there is nothing to tell', async (status, name) => {
    liar.read = json(status, error(name));
    expect(await provider.retrieve(liar.call, { attemptId: ATTEMPT })).toEqual({ kind: 'not_found' });
  });

  test('is none for members that nobody knows, amounts as text and a single refund without a list', async () => {
    const one = { refundTransactionId: 8, amount: '2.50' };
    const asked = { transactionId: '8', transactionMetaData: { metaData: { metaKey: 'refundId', metaValue: 're_1' } } };
    const answers = [{ ...TRANSACTION, amount: '12.50', bonus: true, refunds: { refund: one } }, asked];
    liar.read = (response) => json(200, answers.shift())(response);
    expect(await provider.retrieve(liar.call, { attemptId: ATTEMPT })).toMatchObject({
      kind: 'answered',
      refunds: [{ refundId: 're_1', providerRef: '8', amount: { amount: 250n, currency: 'EUR' } }],
    });
  });
});
