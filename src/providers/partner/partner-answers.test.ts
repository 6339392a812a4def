import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { CreateInput } from '../provider.ts';
import { type SIGNED, signedBody } from './bluecom-messages-fixture.ts';
import { MERCHANT, type PartnerStage, SECRET, startPartnerStage } from './partner-fixture.ts';

let stage: PartnerStage;
let input: CreateInput;
let providerRef: string;
beforeAll(async () => {
  stage = await startPartnerStage();
});
afterAll(() => stage.stop());

/** A fresh payment that is paid. */
beforeEach(async () => {
  input = stage.input();
  const answer = await stage.provider.create(stage.call(), input);
  providerRef = answer.kind === 'answered' ? answer.providerRef : '';
  await stage.simulator.approve(providerRef);
});

const create = () => stage.provider.create(stage.call(), input);
const retrieve = () => stage.provider.retrieve(stage.call(), { attemptId: input.attemptId, providerRef });
const refund = (changes = {}) =>
  present(stage.provider.refund, 'refund')(stage.call(), stage.refundInput(input, providerRef, changes));
const OPERATIONS = { create, retrieve, refund } as const;

describe.each(Object.entries(OPERATIONS))('what leaves the outcome of %s open', (_name, send) => {
  test.each([
    ['a connection that is lost', 'lost'],
    ['a proxy that answers 502', 'bad_gateway'],
    ['half an answer', 'truncated'],
    ['a wrong signature', 'badly_signed'],
    ['an unsigned "not executed"', { status: 503, body: '{"code":"not_executed"}' }],
    ['an empty 200', { status: 200, body: '' }],
    ['HTML with 200', { status: 200, body: '<h1>Welcome</h1>' }],
    ['a list', { status: 200, body: '[]' }],
    ['an empty object', { status: 200, body: '{}' }],
    ['an unsigned 400', { status: 400, body: '{"code":"validation_failed"}' }],
    ['an HTML 403', { status: 403, body: '<h1>Forbidden</h1>' }],
    ['an HTML 404', { status: 404, body: '<h1>Not Found</h1>' }],
    ['an unsigned 409', { status: 409, body: '{"code":"state_conflict"}' }],
    ['an unsigned 422', { status: 422, body: '{"code":"amount_not_available"}' }],
    ['a 500', { status: 500, body: '{"code":"validation_failed"}' }],
    ['a 503', { status: 503, body: 'busy' }],
    ['a redirect', { status: 307, body: '', headers: { location: 'http://127.0.0.1:1/elsewhere' } }],
    ['204', { status: 204, body: '' }],
  ] as const)('%s', async (_what, fault) => {
    stage.simulator.failNext(fault);
    expect(await send()).toMatchObject({ kind: 'unknown' });
  });

  test('a signed 500, and a signed refusal whose code nobody knows', async () => {
    const refusal = (status: number, code: string) => ({ status, body: signedBody('refused', { code }) });
    for (const fault of [
      refusal(500, 'validation_failed'),
      refusal(409, 'who_knows'),
      refusal(503, 'validation_failed'),
    ]) {
      stage.simulator.failNext(fault);
      expect(await send()).toMatchObject({ kind: 'unknown' });
    }
  });

  test('an answer longer than 256 KiB', async () => {
    stage.simulator.failNext({ status: 200, body: `"${'a'.repeat(300_000)}"` });
    expect(await send()).toMatchObject({ kind: 'unknown', reason: 'the answer is too long' });
  });
});

describe('what is certain', () => {
  const kindOf = async (fault: { status: number; body: string }, send: () => Promise<{ kind: string }>) => {
    stage.simulator.failNext(fault);
    return (await send()).kind;
  };

  test('429 was not taken up', async () => {
    const fault = { status: 429, body: 'slow down' };
    expect([await kindOf(fault, create), await kindOf(fault, refund)]).toEqual(['not_sent', 'not_sent']);
  });

  test('a signed "not executed" was not taken up', async () => {
    const fresh = stage.input();
    stage.simulator.failNext('not_executed', 'not_executed', 'not_executed');
    expect(await stage.provider.create(stage.call(), fresh)).toEqual({ kind: 'not_sent', reason: 'not_executed' });
    expect(await refund()).toEqual({ kind: 'not_sent', reason: 'not_executed' });
    expect((await retrieve()).kind).toBe('unknown');
    expect(stage.simulator.countOrders(fresh.attemptId)).toBe(0);
    expect(stage.simulator.find(providerRef)?.refunds.size).toBe(0);
  });

  test('a signed refusal is one, in one line and without what could be a card number', async () => {
    const message = 'card 4111111111111111\nrefused';
    const members = { orderId: input.attemptId, code: 'validation_failed', message: 'card 4111111111111111 refused' };
    stage.simulator.failNext({ status: 422, body: signedBody('refused', members) });
    expect(await create()).toEqual({ kind: 'refused', code: 'validation_failed', message: 'card … refused' });
    stage.simulator.failNext({ status: 422, body: signedBody('refused', { ...members, message }) });
    expect(await create()).toMatchObject({ kind: 'unknown' });
  });

  test('an unsigned no to the key ends a creation, and neither a question nor a refund', async () => {
    const fault = { status: 401, body: '{"code":"invalid_signature"}' };
    const kinds = [await kindOf(fault, create), await kindOf(fault, retrieve), await kindOf(fault, refund)];
    expect(kinds).toEqual(['refused', 'unknown', 'unknown']);
  });

  test('an unsigned 404 of the partner may have the order sent again, and proves no credentials', async () => {
    const fault = { status: 404, body: '{"code":"order_not_found"}' };
    expect(await kindOf(fault, retrieve)).toBe('not_found');
    expect(await kindOf(fault, () => stage.provider.checkCredentials(stage.call()))).toBe('unknown');
  });

  test('unsigned answers about money are none; one that names a page is taken, as the contract has it', async () => {
    const kinds: string[] = [];
    for (const send of [create, retrieve, refund]) {
      stage.simulator.failNext('unsigned');
      kinds.push((await send()).kind);
    }
    expect(kinds).toEqual(['answered', 'unknown', 'unknown']);
  });
});

test('an answer signed with the key before a rotation still counts, one of a third key does not', async () => {
  const rotated = (previousCredentials: object) => ({
    ...stage.call(),
    credentials: { ...stage.call().credentials, secretKey: `${SECRET} new` },
    previousCredentials: { ...stage.call().credentials, ...previousCredentials },
  });
  const members = { orderId: input.attemptId, providerRef, status: 'SUCCESS', amount: 125_000, currency: 'EUR' };
  const fault = { status: 200, body: signedBody('queried', members) };
  const attempt = { attemptId: input.attemptId };
  stage.simulator.failNext(fault, fault);
  expect(await stage.provider.retrieve(rotated({}), attempt)).toMatchObject({ kind: 'answered' });
  const third = { secretKey: `${SECRET} third` };
  expect(await stage.provider.retrieve(rotated(third), attempt)).toMatchObject({ kind: 'unknown' });
});

describe('a lost answer', () => {
  test('of a creation leaves one order, found by asking and by repeating', async () => {
    const other = stage.input();
    stage.simulator.failNext('lost');
    expect(await stage.provider.create(stage.call(), other)).toMatchObject({ kind: 'unknown' });
    expect(await stage.provider.retrieve(stage.call(), other)).toMatchObject({ report: { state: 'pending' } });
    expect(await stage.provider.create(stage.call(), other)).toMatchObject({ kind: 'answered' });
    expect(stage.simulator.countOrders(other.attemptId)).toBe(1);
  });

  test('of a refund leaves one refund', async () => {
    const { refundId } = stage.refundInput(input, providerRef);
    for (const fault of ['lost', 'bad_gateway', 'truncated'] as const) {
      stage.simulator.failNext(fault);
      expect(await refund({ refundId })).toMatchObject({ kind: 'unknown' });
    }
    expect(await refund({ refundId })).toMatchObject({ refund: { refundId, state: 'succeeded' } });
    expect(stage.simulator.find(providerRef)?.refunds.size).toBe(1);
  });

  test('that is only slow is given up after ten seconds', async () => {
    stage.simulator.failNext('slow');
    expect(await retrieve()).toEqual({ kind: 'unknown', reason: 'no answer: timeout' });
  }, 20_000);
});

describe('a truly signed answer counts only if it', () => {
  const answerTo = async (
    send: () => Promise<unknown>,
    members: Record<string, unknown>,
    kind: keyof typeof SIGNED,
  ) => {
    stage.simulator.failNext({ status: 200, body: signedBody(kind, members) });
    return send();
  };

  test.each([
    ['names a payment', { providerRef: undefined }],
    ['is about this order', { orderId: 'att_other' }],
    ['has one way for the shopper', { qrPayload: 'QR' }],
    ['has a way for the shopper', { redirectUrl: undefined }],
    ['leads to a page', { redirectUrl: 'javascript:alert(1)' }],
    ['leads to a page without a user', { redirectUrl: 'https://a@evil.example/' }],
    ['has an address that is one', { redirectUrl: '/pay' }],
    ['has a readable expiry', { expiresAt: 'soon' }],
    ['has a name of bounded length', { providerRef: 'P'.repeat(129) }],
  ])('%s', async (_what, changes) => {
    const truth = {
      ...{ orderId: input.attemptId, providerRef, redirectUrl: 'https://pay.example/1' },
      expiresAt: '2026-03-01T12:15:00Z',
    };
    expect(await answerTo(create, truth, 'created')).toMatchObject({ kind: 'answered' });
    expect(await answerTo(create, { ...truth, ...changes }, 'created')).toMatchObject({ kind: 'unknown' });
  });

  test('leads to https in live mode', async () => {
    const truth = { orderId: input.attemptId, providerRef, redirectUrl: 'http://pay.example/1' };
    const body = signedBody('created', truth);
    const { http, credentials } = stage.call();
    const live = stage.call({
      ...{ mode: 'live', credentials: { ...credentials, apiUrl: 'https://partner.example' } },
      http: { send: (request) => http.send({ ...request, url: `${stage.simulator.url}/create-payment` }) },
    });
    stage.simulator.failNext({ status: 200, body }, { status: 200, body: body.replace('http:', 'https:') });
    expect(await stage.provider.create(live, input)).toMatchObject({ kind: 'unknown' });
    const secure = signedBody('created', { ...truth, redirectUrl: 'https://pay.example/1' });
    expect(await stage.provider.create(live, input)).toMatchObject({ kind: 'unknown' });
    stage.simulator.failNext({ status: 200, body: secure });
    expect(await stage.provider.create(live, input)).toMatchObject({ kind: 'answered' });
  });

  test.each([
    ['is about this order', { orderId: 'att_other' }],
    ['is about this payment', { providerRef: 'PG0' }],
    ['has a status that is known', { status: 'MAYBE' }],
    ['has an amount', { amount: undefined }],
    ['has an amount of whole units', { amount: '125000' }],
    ['has an amount above nothing', { amount: 0 }],
    ['has a currency', { currency: 'XXX' }],
  ])('%s (question)', async (_what, changes) => {
    const truth = { orderId: input.attemptId, providerRef, status: 'SUCCESS', amount: 125_000, currency: 'EUR' };
    expect(await answerTo(retrieve, truth, 'queried')).toMatchObject({ kind: 'answered' });
    expect(await answerTo(retrieve, { ...truth, ...changes }, 'queried')).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    ['is about this order', { orderId: 'att_other' }],
    ['is about this payment', { providerRef: 'PG0' }],
    ['is about this refund', { refundId: 're_other' }],
    ['is of this amount', { amount: 124_999 }],
    ['is of this currency', { currency: 'USD' }],
    ['has a status that is known', { status: 'MAYBE' }],
  ])('%s (refund)', async (_what, changes) => {
    const { refundId } = stage.refundInput(input, providerRef);
    const truth = {
      ...{ merchantCode: MERCHANT, orderId: input.attemptId, providerRef, refundId },
      ...{ status: 'REFUNDED', amount: 125_000, currency: 'EUR' },
    };
    const send = () => refund({ refundId });
    expect(await answerTo(send, truth, 'refunded')).toMatchObject({ kind: 'answered' });
    expect(await answerTo(send, { ...truth, ...changes }, 'refunded')).toMatchObject({ kind: 'unknown' });
  });
});

test('no answer has the secret in it, whatever the partner writes', async () => {
  const echo = { status: 422, body: signedBody('refused', { code: 'validation_failed', message: 'no' }) };
  stage.simulator.failNext(echo, { status: 418, body: SECRET }, { status: 200, body: SECRET });
  const answers = [await create(), await create(), await create()];
  expect(JSON.stringify(answers)).not.toContain(SECRET);
});
