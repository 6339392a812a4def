import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRef, RefundInput } from '../provider.ts';
import { created, refundInput, reversalInput, type ScantopayStage, startScantopayStage } from './scantopay-fixture.ts';

let stage: ScantopayStage;
const amount = { amount: 14_950n, currency: 'ZAR' };

const refund = (input: RefundInput) => stage.provider.refund?.(stage.call(), input);
const reverse = (input: AttemptRef) => stage.provider.reverse?.(stage.call(), reversalInput(stage, input));
const retrieve = (attempt: AttemptRef) => stage.provider.retrieve(stage.call(), attempt);
const emptyLists = { captures: [], refunds: [], reversals: [], disputes: [] };

afterEach(() => stage.stop());

describe('a merchant who polls', () => {
  beforeEach(async () => {
    stage = await startScantopayStage({ polled: true });
  });

  it('sees a code wait, be held, be paid and be gone', async () => {
    const attempt = await created(stage);
    const { providerRef } = attempt;
    expect(await retrieve(attempt)).toMatchObject({
      kind: 'answered',
      providerRef,
      report: { state: 'requires_action' },
    });
    stage.simulator.lock(providerRef);
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'pending' } });
    const chargeRef = String(await stage.simulator.approve(providerRef));
    const paid = { kind: 'answered', providerRef, report: { state: 'captured', amount, chargeRef }, ...emptyLists };
    expect(await retrieve(attempt)).toEqual(paid);
    const other = await created(stage);
    stage.clock.advance({ minutes: 16 });
    expect(await retrieve(other)).toMatchObject({ report: { state: 'expired' } });
    expect(await retrieve(attempt)).toEqual(paid);
  });

  it('reads a decline with the code of the bank', async () => {
    const attempt = await created(stage);
    await stage.simulator.decline(attempt.providerRef, '51');
    expect(await retrieve(attempt)).toMatchObject({
      report: { state: 'declined', decline: { reason: 'insufficient_funds', providerCode: '51' } },
    });
  });

  it('reads a payer who turned away', async () => {
    const attempt = await created(stage);
    await stage.simulator.cancel(attempt.providerRef);
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'canceled' } });
  });

  it.each([
    ['answered', { status: 200, body: '{"transactionId":1,"reference":"@","amount":149.5,"status":"SUCCESS"}' }],
    ['unknown', { status: 200, body: '{"transactionId":1,"reference":"another","amount":149.5,"status":"SUCCESS"}' }],
    ['unknown', { status: 200, body: '{"transactionId":1,"reference":"@","amount":149.505,"status":"SUCCESS"}' }],
    ['unknown', { status: 200, body: '{"transactionId":1,"reference":"@","amount":0,"status":"SUCCESS"}' }],
    ['unknown', { status: 200, body: '{"transactionId":1.5,"reference":"@","amount":149.5,"status":"SUCCESS"}' }],
    [
      'unknown',
      {
        status: 200,
        body: '{"transactionId":1,"reference":"@","amount":149.5,"status":"SUCCESS","currencyCode":"USD"}',
      },
    ],
    ['not_found', { status: 431 }],
    ['not_found', { status: 404 }],
    ['unknown', { status: 404, contentType: 'text/html', body: '<h1>Not Found</h1>' }],
    ['unknown', { status: 401 }],
    ['unknown', { status: 429 }],
    ['unknown', { status: 500 }],
    ['unknown', 'lost_after'],
    ['unknown', 'truncated_after'],
    ['unknown', 'empty_after'],
    ['unknown', 'page_after'],
    ['unknown', 'redirect'],
  ] as const)('is answered %s by %j', async (kind, fault) => {
    const attempt = await created(stage);
    const isBody = typeof fault === 'object' && 'body' in fault;
    stage.simulator.failNext(isBody ? { ...fault, body: fault.body.replace('@', attempt.attemptId) } : fault);
    expect(await retrieve(attempt)).toMatchObject({ kind });
  });

  it.each(['PROCESS_AUTH', 'OFF_TO_BANK', 'CODE_NOTIFY_SUCCESS', 'END_3DS_PURCHASE', 'SOMETHING_NEW'])(
    'books nothing at the state %s',
    async (status) => {
      const attempt = await created(stage);
      const body = JSON.stringify({ transactionId: 1, reference: attempt.attemptId, amount: 149.5, status });
      stage.simulator.failNext({ status: 200, body });
      expect(await retrieve(attempt)).toMatchObject({ kind: 'answered', report: { state: 'pending' } });
    },
  );

  it('finds a whole refund again instead of asking for it twice', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const input = refundInput(stage, attempt);
    const pending = await refund(input);
    expect(pending).toMatchObject({ kind: 'answered', refund: { refundId: input.refundId, amount, state: 'pending' } });
    // The acquirer has it: nothing is sent a second time.
    expect(await refund(input)).toMatchObject({ kind: 'not_sent' });
    await stage.simulator.tick();
    const done = await refund(input);
    expect(done).toMatchObject({ kind: 'answered', refund: { refundId: input.refundId, state: 'succeeded' } });
    expect(await retrieve(attempt)).toMatchObject({
      report: { state: 'captured', amount },
      refunds: [{ refundId: null, mayBeOurs: true, amount, state: 'succeeded' }],
    });
    const names = [pending, done].map((one) => (one?.kind === 'answered' ? one.refund.providerRef : one));
    expect(new Set(names).size).toBe(1);
    expect(stage.simulator.requests.filter((each) => each.endsWith('/refund'))).toHaveLength(1);
  });

  it('a part is not refunded, since it could not be repeated', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const input = refundInput(stage, attempt, { amount: { amount: 5_000n, currency: 'ZAR' } });
    expect(await refund(input)).toMatchObject({ kind: 'refused', code: 'partial_refund_not_supported' });
    expect(stage.simulator.ledger.transactions).toHaveLength(1);
  });

  it('what is only perhaps paid can be given back', async () => {
    const attempt = await created(stage);
    const transactionId = await stage.simulator.approve(attempt.providerRef);
    const told = { transactionId, reference: attempt.attemptId, amount: 149.5, status: 'CODE_NOTIFY_SUCCESS' };
    stage.simulator.failNext({ status: 200, body: JSON.stringify(told) });
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'answered', refund: { state: 'pending' } });
  });

  it('what was not paid yet is not given back', async () => {
    const attempt = await created(stage);
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'refused', code: 'nothing_captured' });
    expect(await reverse(attempt)).toMatchObject({ kind: 'refused', code: 'nothing_captured' });
  });

  it('a refund without the number of its payment confirms nothing', async () => {
    const attempt = await created(stage);
    const transactionId = await stage.simulator.approve(attempt.providerRef);
    const told = { transactionId, reference: attempt.attemptId, amount: 149.5, status: 'END_REFUNDED' };
    const body = JSON.stringify(told);
    stage.simulator.failNext({ status: 200, body });
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'unknown' });
    stage.simulator.failNext({ status: 200, body });
    expect(await retrieve(attempt)).toMatchObject({ kind: 'unknown' });
  });

  it('a refund that failed at the bank is told and can be asked for again', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    stage.simulator.letUndoingFail(true);
    await refund(refundInput(stage, attempt));
    await stage.simulator.tick();
    expect(await retrieve(attempt)).toMatchObject({ refunds: [{ state: 'failed', failureCode: 'refund_failed' }] });
    stage.simulator.letUndoingFail(false);
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ refund: { state: 'pending' } });
  });

  it('a payment of which the portal refunded a part is read no further', async () => {
    const attempt = await created(stage);
    const id = await stage.simulator.approve(attempt.providerRef);
    stage.simulator.refundAtPortal(id, 5_000n);
    await stage.simulator.tick();
    expect(await retrieve(attempt)).toMatchObject({ kind: 'unknown' });
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'refused', code: 'partly_refunded' });
    expect(await reverse(attempt)).toMatchObject({ kind: 'refused', code: 'already_refunded' });
  });

  it('sees a reversal, and one that failed', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    stage.simulator.letUndoingFail(true);
    expect(await reverse(attempt)).toMatchObject({ kind: 'answered', reversal: { state: 'pending', amount } });
    await stage.simulator.tick();
    expect(await retrieve(attempt)).toMatchObject({ reversals: [{ state: 'failed', failureCode: 'reversal_failed' }] });
    stage.simulator.letUndoingFail(false);
    await reverse(attempt);
    await stage.simulator.tick();
    expect(await retrieve(attempt)).toMatchObject({
      report: { state: 'captured', amount },
      reversals: [{ reversalId: null, amount, state: 'succeeded' }],
    });
    expect(await reverse(attempt)).toMatchObject({ kind: 'answered', reversal: { state: 'succeeded' } });
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'refused', code: 'already_reversed' });
  });
});
