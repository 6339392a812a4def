import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { AttemptRef, DisputeReport } from '../provider.ts';
import { first, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

interface Disputed extends Required<Omit<AttemptRef, 'chargeRef'>> {
  readonly disputeRef: string;
}

/** A paid attempt to which the payer objects. */
async function disputed(its: { readonly status?: string; readonly amount?: number } = {}): Promise<Disputed> {
  const input = stage.input();
  const answer = await stage.provider.create(stage.call(), input);
  const providerRef = answer.kind === 'answered' ? answer.providerRef : '';
  stage.simulator.approve(providerRef);
  stage.clock.advance({ minutes: 1 });
  const disputeRef = stage.simulator.dispute(providerRef, its);
  stage.clock.advance({ minutes: 1 });
  return { attemptId: input.attemptId, providerRef, disputeRef };
}

async function disputeOf(attempt: AttemptRef): Promise<DisputeReport> {
  const { attemptId, providerRef } = attempt;
  const answer = await stage.provider.retrieve(stage.call(), { attemptId, ...(providerRef ? { providerRef } : {}) });
  return first(answer.kind === 'answered' ? answer.disputes : []);
}

const submit = (
  found: Disputed,
  evidenceKey = `ev_${found.disputeRef}`,
  text = 'It was delivered.',
  provider = stage.provider,
) => present(provider.submitEvidence, 'evidence')(stage.call(), { ...found, evidenceKey, text });

const SECOND_EARLIER = { seconds: -1 };

describe('a dispute', () => {
  test('tells what is disputed, until when to answer, and what was taken', async () => {
    const found = await disputed({ amount: 1000 });
    expect(await disputeOf(found)).toEqual({
      providerRef: found.disputeRef,
      state: 'opened',
      amount: { amount: 1000n, currency: 'EUR' },
      reason: 'fraudulent',
      evidenceDueAt: stage.clock
        .now()
        .add({ hours: 7 * 24 })
        .subtract({ minutes: 1 }),
      withdrawn: 1000n,
      reinstated: 0n,
      asOf: stage.clock.now().add(SECOND_EARLIER),
    });
  });

  test.each([
    ['needs_response', 'opened', 1250n, 0n],
    ['under_review', 'under_review', 1250n, 0n],
    ['appeal_needs_response', 'opened', 1250n, 0n],
    ['appeal_under_review', 'under_review', 1250n, 0n],
    ['won', 'won', 1250n, 1250n],
    ['lost', 'lost', 1250n, 0n],
    ['prevented', 'lost', 1250n, 0n],
  ])('that is %s at Stripe is %s', async (status, state, withdrawn, reinstated) => {
    const found = await disputed();
    stage.simulator.moveDispute(found.disputeRef, status);
    expect(await disputeOf(found)).toMatchObject({ state, withdrawn, reinstated });
  });

  test.each([
    ['warning_needs_response', 'inquiry', 0n],
    ['warning_under_review', 'under_review', 0n],
    ['warning_closed', 'expired', 0n],
    ['needs_response', 'opened', 1250n],
  ])('that began as an inquiry and is %s is %s', async (status, state, withdrawn) => {
    const found = await disputed({ status: 'warning_needs_response' });
    stage.simulator.moveDispute(found.disputeRef, status);
    expect(await disputeOf(found)).toMatchObject({ state, withdrawn, reinstated: 0n });
  });
});

describe('evidence', () => {
  test('goes to the bank once, however often it is sent', async () => {
    const found = await disputed();
    const answers = await Promise.all(Array.from({ length: 10 }, () => submit(found)));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        kind: 'answered',
        dispute: { state: 'under_review', providerRef: found.disputeRef },
      });
    }
    stage.clock.advance({ hours: 25 });
    expect(await submit(found)).toMatchObject({ kind: 'answered', dispute: { state: 'under_review' } });
    expect(stage.simulator.object(found.disputeRef)).toMatchObject({
      evidence: { uncategorized_text: 'It was delivered.' },
      evidence_details: { submission_count: 1 },
    });
  });

  test('answers an inquiry as well', async () => {
    const found = await disputed({ status: 'warning_needs_response' });
    expect(await submit(found)).toMatchObject({ kind: 'answered', dispute: { state: 'under_review', withdrawn: 0n } });
  });

  test('of another kind is refused once some was handed in', async () => {
    const found = await disputed();
    await submit(found);
    expect(await submit(found, 'ev_2')).toMatchObject({ kind: 'refused', code: 'evidence_already_submitted' });
  });

  test('is refused where the dispute is over, unknown, or of another payment', async () => {
    const found = await disputed();
    expect(await submit({ ...found, attemptId: 'att_other' })).toMatchObject({ code: 'other_attempt' });
    expect(await submit({ ...found, disputeRef: 'du_0' })).toMatchObject({ kind: 'refused', code: 'resource_missing' });
    stage.simulator.moveDispute(found.disputeRef, 'lost');
    expect(await submit(found)).toMatchObject({ kind: 'refused', code: 'dispute_not_open' });
  });

  test('longer than Stripe takes is refused before anything is sent', async () => {
    const before = stage.simulator.requests.length;
    const found = { attemptId: 'att_1', providerRef: 'pi_1', disputeRef: 'du_1' };
    expect(await submit(found, 'ev_1', 'x'.repeat(20_001))).toMatchObject({ code: 'evidence_too_long' });
    expect(stage.simulator.requests.length).toBe(before);
  });

  test.each(['lose', 'hang', 'truncate', 'bad_gateway'] as const)(
    'whose answer was lost (%s) is not handed in twice',
    async (kind) => {
      const found = await disputed();
      stage.simulator.failNext({ kind: 'none' }, { kind, executed: true });
      const provider = kind === 'hang' ? stage.impatient : stage.provider;
      expect(await submit(found, undefined, undefined, provider)).toMatchObject({ kind: 'unknown' });
      expect(await submit(found)).toMatchObject({ kind: 'answered', dispute: { state: 'under_review' } });
      expect(stage.simulator.object(found.disputeRef)).toMatchObject({ evidence_details: { submission_count: 1 } });
    },
  );

  test('is not sent where the dispute cannot be read', async () => {
    const found = await disputed();
    const body = JSON.stringify({ error: { type: 'invalid_request_error' } });
    for (const fault of [
      { kind: 'lose', executed: false },
      { kind: 'answer', executed: false, status: 401, body },
    ] as const) {
      stage.simulator.failNext(fault);
      expect(await submit(found)).toMatchObject({ kind: 'not_sent' });
    }
    expect(stage.simulator.object(found.disputeRef)).toMatchObject({ evidence_details: { submission_count: 0 } });
  });
});
