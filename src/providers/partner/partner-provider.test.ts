import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { bluecomProfile } from '../partner-profiles/bluecom-profile.ts';
import { partnerProfile } from '../partner-profiles/profile.ts';
import type { CreateAnswer, CreateInput } from '../provider.ts';
import { MERCHANT, type PartnerStage, SECRET, startPartnerStage } from './partner-fixture.ts';

let stage: PartnerStage;
beforeEach(async () => {
  stage = await startPartnerStage();
});
afterEach(() => stage.stop());

const create = (input: CreateInput): Promise<CreateAnswer> => stage.provider.create(stage.call(), input);
const retrieve = (attemptId: string) => stage.provider.retrieve(stage.call(), { attemptId });

/** A payment that the payer has approved. */
async function paid(changes: Partial<CreateInput> = {}) {
  const input = stage.input(changes);
  const answer = await create(input);
  if (answer.kind !== 'answered') throw new Error(`not created: ${JSON.stringify(answer)}`);
  await stage.simulator.approve(answer.providerRef);
  return { input, providerRef: answer.providerRef };
}

const refund = (...[input, providerRef, changes]: Parameters<PartnerStage['refundInput']>) =>
  present(stage.provider.refund, 'refund')(stage.call(), stage.refundInput(input, providerRef, changes));

describe('creating a payment', () => {
  test('answers with the page and when it closes', async () => {
    const input = stage.input();
    const answer = await create(input);
    expect(answer).toMatchObject({
      kind: 'answered',
      providerRef: expect.stringMatching(/^PG/),
      report: {
        state: 'requires_action',
        nextAction: { type: 'redirect', url: expect.stringContaining('/pay/PG'), embeddable: true },
      },
    });
    const report = answer.kind === 'answered' ? answer.report : null;
    const expiresAt = report?.state === 'requires_action' ? report.expiresAt : null;
    expect(`${expiresAt}`).toBe(`${input.expiresAt}`);
    const { ask } = present(stage.simulator.find(input.attemptId), 'order');
    expect(ask).toMatchObject({
      ...{ amount: 125_000n, currency: 'EUR', description: input.description },
      ...{ returnUrl: input.returnUrl, ipnUrl: input.notificationUrl },
    });
  });

  test('answers with a QR payload where the partner offers one', async () => {
    stage.simulator.offer('qr');
    expect(await create(stage.input())).toMatchObject({
      report: { state: 'requires_action', nextAction: { type: 'qr', payload: expect.stringContaining('/qr/') } },
    });
  });

  test('passes on an address of an application', async () => {
    const input = stage.input({ returnUrl: 'bluecomshop://payment-result?order=7' });
    expect(await create(input)).toMatchObject({ kind: 'answered' });
    expect(stage.simulator.find(input.attemptId)?.ask.returnUrl).toBe(input.returnUrl);
  });

  test('ten times at once with one attempt makes one order', async () => {
    const input = stage.input();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(input)));
    expect(new Set(answers.map((each) => (each.kind === 'answered' ? each.providerRef : each.kind))).size).toBe(1);
    expect(stage.simulator.countOrders(input.attemptId)).toBe(1);
  });

  test('again with another content is no refusal: somebody has to look at what is there', async () => {
    const input = stage.input();
    await create(input);
    const other = { ...input, amount: { amount: 1n, currency: 'EUR' } };
    expect(await create(other)).toEqual({ kind: 'unknown', reason: 'order_conflict' });
  });

  test.each([
    ['JPY', 100n],
    ['EUR', 100n],
    ['KWD', 1_000n],
    ['VND', 250_000n],
    ['EUR', 999_999_999_999n],
  ])('puts %s %s on the wire in minor units', async (currency, amount) => {
    const input = stage.input({ amount: { amount, currency } });
    expect(await create(input)).toMatchObject({ kind: 'answered' });
    expect(stage.simulator.find(input.attemptId)?.ask.amount).toBe(amount);
  });

  test.each([
    ['manual capture', { captureMethod: 'manual' }, 'not_supported'],
    ['a currency that is none', { amount: { amount: 100n, currency: 'XXX' } }, 'currency_not_supported'],
    ['another method', { method: { type: 'card' } }, 'invalid_method'],
    ['a description with a bar', { description: 'a|b' }, 'ambiguous_value'],
    ['a description with a line feed', { description: 'a\nb' }, 'ambiguous_value'],
    ['a return address with a bar', { returnUrl: 'https://shop.example/?a|b' }, 'ambiguous_value'],
  ] as const)('is refused before anything is sent with %s', async (_what, changes, code) => {
    const input = stage.input(changes);
    expect(await create(input)).toMatchObject({ kind: 'refused', code });
    expect(stage.simulator.countOrders(input.attemptId)).toBe(0);
  });

  test('is refused by the partner for what it says itself, signed', async () => {
    const past = stage.input({ expiresAt: stage.clock.now().subtract({ seconds: 1 }) });
    expect(await create(past)).toEqual({ kind: 'refused', code: 'validation_failed', message: 'expiresAt has passed' });
  });
});

describe('asking about a payment', () => {
  test('tells each state', async () => {
    const { approve, decline, cancel } = stage.simulator;
    const stateAfter = async (end: ((name: string) => Promise<void>) | null) => {
      const { attemptId } = stage.input();
      await create(stage.input({ attemptId }));
      await end?.(attemptId);
      const answer = await retrieve(attemptId);
      return answer.kind === 'answered' ? answer.report : answer;
    };
    expect(await stateAfter(null)).toEqual({ state: 'pending' });
    expect(await stateAfter(approve)).toEqual({ state: 'captured', amount: { amount: 125_000n, currency: 'EUR' } });
    expect(await stateAfter(decline)).toEqual({
      state: 'declined',
      decline: { reason: 'other', providerCode: 'FAILED' },
    });
    expect(await stateAfter(cancel)).toEqual({ state: 'canceled' });
  });

  test('tells that the time is up', async () => {
    const { attemptId } = stage.input();
    await create(stage.input({ attemptId }));
    stage.clock.advance({ minutes: 16 });
    await stage.simulator.tick();
    expect(await retrieve(attemptId)).toMatchObject({ report: { state: 'expired' } });
  });

  test('knows no order that was never made, and no merchant of another key', async () => {
    const { attemptId } = stage.input();
    expect(await retrieve(attemptId)).toEqual({ kind: 'not_found' });
    const credentials = { ...stage.call().credentials, secretKey: `${SECRET} of another` };
    const answer = await stage.provider.retrieve(stage.call({ credentials }), { attemptId });
    expect(answer).toEqual({ kind: 'unknown', reason: 'invalid_signature' });
  });

  test('for a payment of another name is no answer', async () => {
    const { input } = await paid();
    const other = { attemptId: input.attemptId, providerRef: 'PG0' };
    expect(await stage.provider.retrieve(stage.call(), other)).toMatchObject({ kind: 'unknown' });
  });

  test('after all of it was refunded still tells that it was paid', async () => {
    const { input, providerRef } = await paid();
    await refund(input, providerRef);
    const answer = await retrieve(input.attemptId);
    expect(answer).toMatchObject({ report: { state: 'captured', amount: input.amount }, refunds: [] });
  });
});

describe('a refund', () => {
  test('is answered under its own id, once for any number of repeats', async () => {
    const { input, providerRef } = await paid();
    const wanted = stage.refundInput(input, providerRef, { amount: { amount: 25_000n, currency: 'EUR' } });
    const send = () => present(stage.provider.refund, 'refund')(stage.call(), wanted);
    const [first, ...others] = await Promise.all(Array.from({ length: 10 }, send));
    expect(first).toEqual({
      kind: 'answered',
      refund: {
        ...{ refundId: wanted.refundId, providerRef: wanted.refundId, amount: wanted.amount, state: 'succeeded' },
      },
    });
    for (const other of others) expect(other).toEqual(first);
    expect(stage.simulator.find(providerRef)?.refunds.size).toBe(1);
  });

  test('may be of parts, up to the whole', async () => {
    const { input, providerRef } = await paid();
    const part = { amount: { amount: 100_000n, currency: 'EUR' } };
    expect(await refund(input, providerRef, part)).toMatchObject({ refund: { state: 'succeeded' } });
    expect(await refund(input, providerRef, part)).toMatchObject({ kind: 'refused', code: 'amount_not_available' });
    const rest = { amount: { amount: 25_000n, currency: 'EUR' } };
    expect(await refund(input, providerRef, rest)).toMatchObject({ refund: { state: 'succeeded' } });
  });

  test('may end later, or fail', async () => {
    const { input, providerRef } = await paid();
    stage.simulator.endRefunds('later');
    const part = { amount: { amount: 1_000n, currency: 'EUR' } };
    expect(await refund(input, providerRef, part)).toMatchObject({ refund: { state: 'pending' } });
    stage.simulator.endRefunds('failed');
    expect(await refund(input, providerRef, part)).toMatchObject({
      refund: { state: 'failed', failureCode: 'FAILED' },
    });
  });

  test('needs a payment that was paid, of that currency', async () => {
    const input = stage.input();
    await create(input);
    const { providerRef } = present(stage.simulator.find(input.attemptId), 'order');
    expect(await refund(input, providerRef)).toMatchObject({ kind: 'refused', code: 'state_conflict' });
    await stage.simulator.approve(providerRef);
    const dollars = { amount: { amount: 100n, currency: 'USD' } };
    expect(await refund(input, providerRef, dollars)).toMatchObject({ kind: 'refused', code: 'validation_failed' });
    expect(await refund(stage.input(), 'PG0')).toMatchObject({ kind: 'refused', code: 'order_not_found' });
  });

  test('with the id of another one is asked about, never given up', async () => {
    const { input, providerRef } = await paid();
    const { refundId } = stage.refundInput(input, providerRef);
    const part = { refundId, amount: { amount: 1_000n, currency: 'EUR' } };
    await refund(input, providerRef, part);
    const other = { refundId, amount: { amount: 2_000n, currency: 'EUR' } };
    expect(await refund(input, providerRef, other)).toEqual({ kind: 'unknown', reason: 'refund_conflict' });
  });

  test('turned away for a key is not given up: it may have been made under the key before', async () => {
    const { input, providerRef } = await paid();
    const credentials = { ...stage.call().credentials, secretKey: `${SECRET} of another` };
    const wanted = stage.refundInput(input, providerRef);
    const answer = await present(stage.provider.refund, 'refund')(stage.call({ credentials }), wanted);
    expect(answer).toMatchObject({ kind: 'unknown' });
  });
});

test('an account may bring a profile of its own', async () => {
  const profile = partnerProfile.parse({ ...bluecomProfile, id: 'own', embeddable: false, amount: 'whole_units' });
  const call = stage.call({ credentials: { ...stage.call().credentials, profile } });
  const input = stage.input();
  expect(await stage.provider.create(call, input)).toMatchObject({ report: { nextAction: { embeddable: false } } });
  expect(stage.simulator.find(input.attemptId)?.ask.amount).toBe(1_250n);
  const cents = { amount: 125_001n, currency: 'EUR' };
  const refused = await stage.provider.create(call, stage.input({ amount: cents }));
  expect(refused).toMatchObject({ kind: 'refused', code: 'amount_not_expressible' });
});

test('what it can do is what it has methods for', () => {
  const { capabilities, ...methods } = stage.provider;
  expect([capabilities.capture, capabilities.cancel, capabilities.reversal, capabilities.evidence]).toEqual(
    Array(4).fill(false),
  );
  expect(Object.keys(methods)).not.toEqual(expect.arrayContaining(['capture']));
  for (const absent of ['capture', 'cancel', 'release', 'reverse', 'submitEvidence', 'complete', 'listSettlement']) {
    expect(methods).not.toHaveProperty(absent);
  }
  expect(stage.call().credentials.merchantCode).toBe(MERCHANT);
});
