import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { AttemptRef, CreateInput } from '../provider.ts';
import { paidBy, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };
const notificationUrl = 'https://pay.example/hooks/stripe/pa_1';

/** An attempt that was paid: on Stripe's page, or at once. */
async function paid(changes: Partial<CreateInput> = {}): Promise<Required<Omit<AttemptRef, 'chargeRef'>>> {
  const input = stage.input(changes);
  const answer = await stage.provider.create(stage.call(), input);
  if (answer.kind !== 'answered') throw new Error(`No attempt: ${JSON.stringify(answer)}`);
  if (answer.providerRef.startsWith('cs_')) stage.simulator.approve(answer.providerRef);
  return { attemptId: input.attemptId, providerRef: answer.providerRef };
}

const WAYS: readonly (readonly [string, Partial<CreateInput>])[] = [
  ["on Stripe's page", {}],
  ['at once', { method: paidBy('pm_card_visa') }],
];
const MANUAL = { captureMethod: 'manual' } as const;

const retrieve = (attempt: AttemptRef) => stage.provider.retrieve(stage.call(), attempt);
const capture = (attempt: AttemptRef, amount: bigint, captureId = newId('cap', stage.clock), final = true) =>
  present(stage.provider.capture, 'capture')(stage.call(), {
    ...{ ...attempt, captureId, amount: eur(amount), final, notificationUrl },
  });
const refund = (attempt: AttemptRef, amount: bigint, refundId = newId('re', stage.clock), provider = stage.provider) =>
  present(provider.refund, 'refund')(stage.call(), {
    ...{ ...attempt, refundId, amount: eur(amount), reason: 'too small', notificationUrl },
  });
const release = (attempt: AttemptRef) => present(stage.provider.release, 'release')(stage.call(), attempt);
const refunds = () => stage.simulator.count('refund');

describe.each(WAYS)('money that was paid %s', (_, way) => {
  test('is captured without a capture of its own', async () => {
    expect(await retrieve(await paid(way))).toMatchObject({
      ...{ kind: 'answered', report: { state: 'captured', amount: eur(1250n) } },
      ...{ captures: [], refunds: [], reversals: [], disputes: [] },
    });
  });

  test('is captured in part, and the rest goes back without being a refund', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    const captureId = newId('cap', stage.clock);
    const made = { captureId, providerRef: expect.stringMatching(/^ch_/), amount: eur(500n) };
    const report = { ...made, state: 'succeeded', final: true };
    expect(await capture(attempt, 500n, captureId)).toEqual({ kind: 'answered', capture: report });
    expect(await retrieve(attempt)).toMatchObject({
      ...{ report: { state: 'captured', amount: eur(500n) }, captures: [report], refunds: [] },
    });
  });

  test('is captured once for the same capture, ten times at once too', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    const captureId = newId('cap', stage.clock);
    const answers = await Promise.all(Array.from({ length: 10 }, () => capture(attempt, 500n, captureId)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.kind).toBe('answered');
    expect(await capture(attempt, 1n)).toMatchObject({ kind: 'refused', code: 'already_captured' });
  });

  test('is known as captured after Stripe has forgotten the key', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    const captureId = newId('cap', stage.clock);
    const made = await capture(attempt, 500n, captureId);
    stage.clock.advance({ hours: 25 });
    expect(await capture(attempt, 500n, captureId)).toEqual(made);
    expect(await capture(attempt, 499n, captureId)).toEqual(UNKNOWN);
  });

  test('is captured as a whole where more could follow, and not in part', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    const part = await capture(attempt, 500n, undefined, false);
    expect(part).toMatchObject({ kind: 'refused', code: 'multiple_captures_not_supported' });
    expect(await capture(attempt, 1250n, undefined, false)).toMatchObject({ kind: 'answered' });
  });

  test('is not captured beyond what was authorized', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    expect(await capture(attempt, 1251n)).toMatchObject({ kind: 'refused', code: 'amount_too_large' });
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'authorized' } });
  });

  test('is given back where nobody captures it, once and for all', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    const over = { kind: 'answered', providerRef: attempt.providerRef };
    const report = { state: 'canceled', afterAuthorization: true };
    expect(await release(attempt)).toEqual({ ...over, report });
    expect(await release(attempt)).toEqual({ ...over, report });
    expect(await retrieve(attempt)).toMatchObject({ report, refunds: [] });
    expect(await capture(attempt, 500n)).toMatchObject({ kind: 'refused' });
  });

  test('that was captured is told of by a release that comes too late', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    await capture(attempt, 500n);
    expect(await release(attempt)).toMatchObject({ report: { state: 'captured', amount: eur(500n) } });
  });

  test('that nobody captured in a week has lapsed', async () => {
    const attempt = await paid({ ...way, ...MANUAL });
    stage.clock.advance({ hours: 7 * 24 });
    await stage.simulator.tick();
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'expired', afterAuthorization: true } });
  });

  test('is refunded in parts, each of them once', async () => {
    const attempt = await paid(way);
    const before = refunds();
    const refundId = newId('re', stage.clock);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(attempt, 500n, refundId)));
    const report = { refundId, providerRef: expect.stringMatching(/^re_/), amount: eur(500n), state: 'succeeded' };
    for (const answer of answers) expect(answer).toEqual({ kind: 'answered', refund: report });
    expect(await refund(attempt, 750n)).toMatchObject({ kind: 'answered' });
    expect(refunds() - before).toBe(2);
    expect(await refund(attempt, 1n)).toMatchObject({ kind: 'refused', code: 'charge_already_refunded' });
    const found = await retrieve(attempt);
    const listed = found.kind === 'answered' ? found.refunds : [];
    expect(listed.map(({ amount }) => amount.amount)).toEqual([750n, 500n]);
  });

  test('is refunded once although Stripe has forgotten the key', async () => {
    const attempt = await paid(way);
    const refundId = newId('re', stage.clock);
    const made = await refund(attempt, 500n, refundId);
    const before = refunds();
    stage.clock.advance({ hours: 25 });
    expect(await refund(attempt, 500n, refundId)).toEqual(made);
    expect(await refund(attempt, 499n, refundId)).toEqual(UNKNOWN);
    expect(refunds()).toBe(before);
  });

  test('is not refunded beyond what is there', async () => {
    expect(await refund(await paid(way), 1251n)).toMatchObject({ kind: 'refused', code: 'amount_too_large' });
  });

  test.each(['lose', 'hang', 'truncate', 'bad_gateway'] as const)(
    'is refunded once although the answer was lost (%s)',
    async (kind) => {
      const attempt = await paid(way);
      const before = refunds();
      const refundId = newId('re', stage.clock);
      const looks = attempt.providerRef.startsWith('cs_') ? 2 : 1;
      stage.simulator.failNext(...Array.from({ length: looks }, () => PASS), { kind, executed: true });
      const provider = kind === 'hang' ? stage.impatient : stage.provider;
      expect(await refund(attempt, 500n, refundId, provider)).toEqual(UNKNOWN);
      expect(await refund(attempt, 500n, refundId)).toMatchObject({ kind: 'answered' });
      expect(refunds() - before).toBe(1);
    },
  );
});

test.each(['lose', 'bad_gateway'] as const)('a capture whose answer was lost (%s) is found', async (kind) => {
  const attempt = await paid(MANUAL);
  const captureId = newId('cap', stage.clock);
  stage.simulator.failNext(PASS, { kind, executed: true });
  expect(await capture(attempt, 500n, captureId)).toEqual(UNKNOWN);
  expect(await capture(attempt, 500n, captureId)).toMatchObject({ kind: 'answered', capture: { amount: eur(500n) } });
});

test.each([401, 403])('money is not moved, and nothing given up, where looking is answered with %i', async (status) => {
  const attempt = await paid(MANUAL);
  const body = JSON.stringify({ error: { type: 'invalid_request_error' } });
  for (const ask of [() => capture(attempt, 500n), () => refund(attempt, 500n)]) {
    stage.simulator.failNext({ kind: 'answer', executed: false, status, body });
    expect(await ask()).toMatchObject({ kind: 'not_sent' });
  }
});

/** No fault. */
const PASS = { kind: 'none' } as const;

test('a refund that is pending is told of as such, and may fail', async () => {
  const attempt = await paid();
  stage.simulator.setRefundOutcome('pending');
  const answer = await refund(attempt, 500n);
  stage.simulator.setRefundOutcome('succeeded');
  expect(answer).toMatchObject({ refund: { state: 'pending' } });
  const { providerRef } = (answer as { refund: { providerRef: string } }).refund;
  stage.simulator.moveRefund(providerRef, 'failed');
  expect(await retrieve(attempt)).toMatchObject({
    refunds: [{ state: 'failed', failureCode: 'expired_or_canceled_card', providerRef }],
  });
});

test('a refund made at the console is told of without an id of ours', async () => {
  const attempt = await paid();
  const providerRef = stage.simulator.refundAtConsole(attempt.providerRef, 300);
  expect(await retrieve(attempt)).toMatchObject({ refunds: [{ refundId: null, providerRef, amount: eur(300n) }] });
});

test('a capture made at the console is told of without an id of ours', async () => {
  const attempt = await paid(MANUAL);
  stage.simulator.captureAtConsole(attempt.providerRef, 300);
  expect(await retrieve(attempt)).toMatchObject({ captures: [{ captureId: null, amount: eur(300n), final: true }] });
  expect(await capture(attempt, 300n)).toMatchObject({ kind: 'refused' });
});

test('more refunds than fit on a page are all told of', async () => {
  const attempt = await paid();
  for (let index = 0; index < 105; index++) stage.simulator.refundAtConsole(attempt.providerRef, 1);
  const found = await retrieve(attempt);
  expect(found.kind === 'answered' && found.refunds).toHaveLength(105);
});
