import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { MERCHANT, type PartnerStage, SECRET, startPartnerStage } from './partner-fixture.ts';

let stage: PartnerStage;
beforeEach(async () => {
  stage = await startPartnerStage({ profile: 'neopay' });
});
afterEach(() => stage.stop());

async function created(changes = {}) {
  const input = stage.input(changes);
  const answer = await stage.provider.create(stage.call(), input);
  return { input, answer };
}
const retrieve = (attemptId: string) => stage.provider.retrieve(stage.call(), { attemptId, providerRef: attemptId });

function hashed(members: Record<string, unknown>, key = SECRET): Record<string, unknown> {
  const text = Object.keys(members)
    .sort()
    .map((name) => members[name])
    .join('');
  return {
    ...members,
    neo_SecureHash: createHash('sha256')
      .update(text + key)
      .digest('hex')
      .toUpperCase(),
  };
}
const webhookOf = (members: object): RawWebhook => ({
  ...{ method: 'POST', query: {}, headers: {}, remoteAddress: '', receivedAt: stage.clock.now() },
  body: Buffer.from(JSON.stringify(members)),
});

describe('a payment at NeoPay', () => {
  test('has our id as its name, a page that stands in no frame, and whole dong', async () => {
    const { input, answer } = await created();
    expect(answer).toMatchObject({
      ...{ kind: 'answered', providerRef: input.attemptId },
      report: { state: 'requires_action', nextAction: { type: 'redirect', embeddable: false } },
    });
    expect(stage.simulator.find(input.attemptId)?.ask).toMatchObject({ amount: 125_000n, currency: 'VND' });
  });

  test('may have a QR payload', async () => {
    stage.simulator.offer('qr');
    expect((await created()).answer).toMatchObject({ report: { nextAction: { type: 'qr' } } });
  });

  test('is of dong only', async () => {
    const { answer } = await created({ amount: { amount: 100n, currency: 'EUR' } });
    expect(answer).toMatchObject({ kind: 'refused', code: 'currency_not_supported' });
  });

  test('has a description of at most 256 characters, cut between two of them', async () => {
    const { input, answer } = await created({ description: `${'a'.repeat(255)}😀` });
    expect(answer.kind).toBe('answered');
    expect(stage.simulator.find(input.attemptId)?.ask.description).toBe('a'.repeat(255));
  });

  test('that exists already is asked about, since the answer names no page', async () => {
    const { input } = await created();
    expect(await stage.provider.create(stage.call(), input)).toEqual({ kind: 'unknown', reason: '19' });
    expect(await retrieve(input.attemptId)).toMatchObject({ report: { state: 'pending' } });
    expect(stage.simulator.countOrders(input.attemptId)).toBe(1);
  });

  test.each([
    [0, 'unknown'],
    [1, 'unknown'],
    [19, 'unknown'],
    [33, 'refused'],
    [77, 'unknown'],
    [99, 'unknown'],
  ])('answered with code %i and no page is %s', async (code, kind) => {
    stage.simulator.failNext({ status: 200, body: JSON.stringify({ neo_ResponseCode: code }) });
    expect((await created()).answer.kind).toBe(kind);
  });

  test('answered with a wrong hash is in doubt', async () => {
    const members = { neo_ResponseCode: 0, neo_ResponseData: { redirect: 'https://pay.example/' } };
    const bodies = [hashed({ neo_ResponseCode: 0 }), hashed({ neo_ResponseCode: 0 }, 'another key, long enough')];
    const kinds: string[] = [];
    for (const { neo_SecureHash } of bodies) {
      stage.simulator.failNext({ status: 200, body: JSON.stringify({ ...members, neo_SecureHash }) });
      kinds.push((await created()).answer.kind);
    }
    expect(kinds).toEqual(['answered', 'unknown']);
  });

  test.each([
    ['approve', { state: 'captured', amount: { amount: 125_000n, currency: 'VND' } }],
    ['decline', { state: 'declined', decline: { reason: 'other', providerCode: '1' } }],
    ['cancel', { state: 'canceled' }],
  ] as const)('after %s is told when asked about', async (end, report) => {
    const { input } = await created();
    await stage.simulator[end](input.attemptId);
    expect(await retrieve(input.attemptId)).toMatchObject({ kind: 'answered', report });
  });

  test('that expires is told, and one that never was is not found', async () => {
    const { input } = await created();
    stage.clock.advance({ minutes: 16 });
    await stage.simulator.tick();
    expect(await retrieve(input.attemptId)).toMatchObject({ report: { state: 'expired' } });
    expect(await retrieve(stage.input().attemptId)).toEqual({ kind: 'not_found' });
    expect(await stage.provider.checkCredentials(stage.call())).toEqual({ kind: 'accepted' });
  });

  test.each([
    ['another merchant', { neo_MerchantCode: 'SHOP_2' }],
    ['another order', { neo_MerchantTxnID: 'att_other' }],
    ['no order', { neo_MerchantTxnID: undefined }],
    ['no amount', { neo_Amount: undefined }],
    ['half a dong', { neo_Amount: 0.5 }],
    ['another currency', { neo_Currency: 'EUR' }],
    ['a code that nobody knows', { neo_ResponseCode: 77 }],
    ['no word on whether it exists', { neo_DRExists: undefined }],
    ['another word on whether it exists', { neo_DRExists: 'MAYBE' }],
  ])('answered about with %s is unknown', async (_what, changes) => {
    const { attemptId } = stage.input();
    const truth = {
      ...{ neo_DRExists: 'Y', neo_MerchantCode: MERCHANT, neo_MerchantTxnID: attemptId },
      ...{ neo_ResponseCode: 0, neo_Amount: 1_000, neo_Currency: 'VND' },
    };
    const answers = [truth, { ...truth, ...changes }].map((each) => ({ status: 200, body: JSON.stringify(each) }));
    stage.simulator.failNext(...answers);
    expect([(await retrieve(attemptId)).kind, (await retrieve(attemptId)).kind]).toEqual(['answered', 'unknown']);
  });

  test('is not refunded from here', async () => {
    const { input } = await created();
    await stage.simulator.approve(input.attemptId);
    const answer = await stage.provider.refund?.(stage.call(), stage.refundInput(input, input.attemptId));
    expect(answer).toMatchObject({ kind: 'refused', code: 'not_supported' });
  });
});

describe('a notification of NeoPay', () => {
  test('is a hint, acknowledged in the words it waits for', async () => {
    const { input } = await created();
    await stage.simulator.approve(input.attemptId);
    const outcome = await stage.parse(present(stage.received[0], 'notification'));
    const body = '{"respcode":0,"respmsg":"received"}';
    expect(outcome).toMatchObject({
      kind: 'events',
      events: [
        { attempt: { attemptId: input.attemptId }, authoritative: false, fact: { report: { state: 'captured' } } },
      ],
      replies: { accepted: { status: 200, contentType: 'application/json', body } },
    });
    stage.clock.advance({ hours: 1 });
    await stage.simulator.tick();
    expect(stage.received).toHaveLength(1);
  });

  test('could be cut in two ways, which is why it is no more than a hint', async () => {
    const members = {
      ...{ neo_Amount: 100, neo_Command: 'PAY', neo_MerchantCode: MERCHANT, neo_OrderID: 'att_1' },
      ...{ neo_OrderInfo: 'Buy 0', neo_ResponseCode: 18, neo_ResponseMsg: 'canceled' },
    };
    const canceled = hashed(members);
    const forged = { ...canceled, neo_OrderInfo: 'Buy ', neo_ResponseCode: 0, neo_ResponseMsg: '18canceled' };
    const outcomes = await Promise.all([canceled, forged].map((each) => stage.parse(webhookOf(each))));
    expect(outcomes).toMatchObject([
      { events: [{ fact: { report: { state: 'canceled' } }, authoritative: false }] },
      { events: [{ fact: { report: { state: 'captured' } }, authoritative: false }] },
    ]);
  });

  test('with a wrong hash is turned away in its own words', async () => {
    const members = { neo_Command: 'PAY', neo_MerchantCode: MERCHANT, neo_OrderID: 'att_1', neo_Amount: 100 };
    const outcome = await stage.parse(webhookOf(hashed(members, 'another key, long enough')));
    expect(outcome).toEqual({
      ...{ kind: 'rejected', reason: 'bad_signature' },
      reply: { status: 401, contentType: 'application/json', body: '{"respcode":1,"respmsg":"refused"}' },
    });
  });

  test('is hashed in capitals or small letters, and says nothing by what is not hashed', async () => {
    const members = {
      ...{ neo_Amount: 100, neo_Command: 'PAY', neo_MerchantCode: MERCHANT, neo_OrderID: 'att_1' },
      ...{ neo_ResponseCode: 0, neo_TransactionID: 'T1' },
    };
    const { neo_SecureHash } = hashed(members);
    const small = {
      ...members,
      neo_SecureHash: String(neo_SecureHash).toLowerCase(),
      neo_TransAmount: 1,
      neo_ExtData: {},
    };
    expect(await stage.parse(webhookOf(small))).toMatchObject({
      events: [{ dedupeKey: 'T1|PAY||0', fact: { report: { amount: { amount: 100n, currency: 'VND' } } } }],
    });
  });
});
