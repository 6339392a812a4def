import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { AttemptRef } from '../provider.ts';
import { paidBy, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };
const EUR = { amount: 1n, currency: 'EUR' };
const notificationUrl = 'https://pay.example/hooks/stripe/pa_1';
const retrieve = (attempt: AttemptRef) => stage.provider.retrieve(stage.call(), attempt);
const release = (attempt: AttemptRef) => present(stage.provider.release, 'release')(stage.call(), attempt);
const capture = (attempt: AttemptRef) =>
  present(stage.provider.capture, 'capture')(stage.call(), {
    ...{ ...attempt, captureId: newId('cap', stage.clock), amount: EUR, final: true, notificationUrl },
  });
const refund = (attempt: AttemptRef) =>
  present(stage.provider.refund, 'refund')(stage.call(), {
    ...{ ...attempt, refundId: newId('re', stage.clock), amount: EUR, notificationUrl },
  });

describe('an attempt that nobody has paid', () => {
  const open = async (method: unknown): Promise<Required<Omit<AttemptRef, 'chargeRef'>>> => {
    const input = stage.input({ method });
    const answer = await stage.provider.create(stage.call(), input);
    return { attemptId: input.attemptId, providerRef: answer.kind === 'answered' ? answer.providerRef : '' };
  };
  const cancel = (attempt: AttemptRef) => present(stage.provider.cancel, 'cancel')(stage.call(), attempt);
  const METHODS = [undefined, { type: 'stripe', flow: 'client' }, paidBy('pm_card_authenticationRequired')];

  test.each(METHODS)('by %j is canceled, again and again', async (method) => {
    const attempt = await open(method);
    expect(await cancel(attempt)).toEqual({
      ...{ kind: 'answered', providerRef: attempt.providerRef, report: { state: 'canceled' } },
    });
    const ended = { state: method === undefined ? 'expired' : 'canceled' };
    expect(await cancel(attempt)).toMatchObject({ kind: 'answered', report: ended });
    expect(await retrieve(attempt)).toMatchObject({ report: ended });
  });

  test.each(METHODS)('by %j and is paid meanwhile is not canceled', async (method) => {
    const attempt = await open(method);
    stage.simulator.approve(attempt.providerRef);
    expect(await cancel(attempt)).toMatchObject({ kind: 'answered', report: { state: 'captured' } });
  });

  test('and is authorized meanwhile is not canceled: that would give the money back', async () => {
    for (const method of [undefined, { type: 'stripe', flow: 'client' }]) {
      const input = stage.input({ method, captureMethod: 'manual' });
      const made = await stage.provider.create(stage.call(), input);
      const attempt = { attemptId: input.attemptId, providerRef: made.kind === 'answered' ? made.providerRef : '' };
      stage.simulator.approve(attempt.providerRef);
      await cancel(attempt);
      expect(await retrieve(attempt)).toMatchObject({ report: { state: 'authorized' } });
    }
  });

  test('is declined on the page and may still be paid there', async () => {
    const attempt = await open(undefined);
    stage.simulator.decline(attempt.providerRef, 'insufficient_funds');
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'requires_action' } });
    stage.simulator.approve(attempt.providerRef);
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'captured' } });
  });

  test('of which a bank takes its time is pending, and then declined or captured', async () => {
    for (const [end, state] of [
      ['decline', 'declined'],
      ['approve', 'captured'],
    ] as const) {
      const attempt = await open(undefined);
      stage.simulator.startProcessing(attempt.providerRef);
      expect(await retrieve(attempt)).toMatchObject({ report: { state: 'pending' } });
      stage.simulator[end](attempt.providerRef, 'insufficient_funds');
      expect(await retrieve(attempt)).toMatchObject({ report: { state } });
    }
  });

  test('expires by itself', async () => {
    const attempt = await open(undefined);
    stage.clock.advance({ hours: 1 });
    await stage.simulator.tick();
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'expired' } });
  });

  test('whose payer the bank does not know is declined', async () => {
    const attempt = await open(paidBy('pm_card_authenticationRequired'));
    stage.simulator.decline(attempt.providerRef, 'authentication_required');
    expect(await retrieve(attempt)).toMatchObject({
      report: { state: 'declined', decline: { reason: 'authentication_failed' } },
    });
  });

  test('has nothing to capture, refund or release', async () => {
    const attempt = await open(undefined);
    for (const answer of [await capture(attempt), await refund(attempt), await release(attempt)]) {
      expect(answer).toMatchObject({ kind: 'refused', code: 'nothing_paid' });
    }
  });
});

describe('an attempt that is named wrongly', () => {
  test('is not found where Stripe knows no such name', async () => {
    for (const providerRef of ['cs_test_0', 'pi_0', 'pi_../balance', 'x']) {
      expect(await retrieve({ attemptId: 'att_1', providerRef })).toEqual({ kind: 'not_found' });
    }
  });

  test('is unknown where the name is of another attempt', async () => {
    for (const way of [{}, { method: paidBy('pm_card_visa') }]) {
      const answer = await stage.provider.create(stage.call(), stage.input(way));
      const providerRef = answer.kind === 'answered' ? answer.providerRef : '';
      expect(await retrieve({ attemptId: 'att_other', providerRef })).toEqual(UNKNOWN);
    }
  });

  test('by us alone cannot be asked about, and nothing is sent for it', async () => {
    const before = stage.simulator.requests.length;
    const attempt = { attemptId: 'att_1' };
    expect(await retrieve(attempt)).toEqual(UNKNOWN);
    const answers = [await capture(attempt), await refund(attempt), await release(attempt)];
    for (const answer of answers) expect(answer.kind).toBe('not_sent');
    expect(stage.simulator.requests.length).toBe(before);
  });
});
