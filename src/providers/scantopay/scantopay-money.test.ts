import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRef, RefundInput } from '../provider.ts';
import {
  created,
  lastEvent,
  PASSWORD,
  refundInput,
  reversalInput,
  type ScantopayStage,
  startScantopayStage,
} from './scantopay-fixture.ts';

let stage: ScantopayStage;
const amount = { amount: 14_950n, currency: 'ZAR' };

const refund = (input: RefundInput) => stage.provider.refund?.(stage.call(), input);
const reverse = (input: AttemptRef) => stage.provider.reverse?.(stage.call(), reversalInput(stage, input));
const retrieve = (attempt: AttemptRef) => stage.provider.retrieve(stage.call(), attempt);
const cancel = (attempt: AttemptRef) => stage.provider.cancel?.(stage.call(), attempt);

const HOSTED = { method: { type: 'scantopay', flow: 'hosted' } } as const;

/** A hosted checkout that was paid, as the gateway knows it by its notification. */
async function paidHosted(cardType?: 'DEBIT'): Promise<AttemptRef> {
  const attempt = await created(stage, HOSTED);
  await stage.simulator.approve(attempt.attemptId, cardType);
  const { fact } = await lastEvent(stage);
  if (fact.about !== 'attempt' || !('chargeRef' in fact.report)) throw new Error('It tells no number');
  return { ...attempt, ...(fact.report.chargeRef === undefined ? {} : { chargeRef: fact.report.chargeRef }) };
}

afterEach(() => stage.stop());

describe('a merchant who is notified', () => {
  beforeEach(async () => {
    stage = await startScantopayStage();
  });

  it('learns from the code what the code knows, and of a payment only that it is not told (406)', async () => {
    const attempt = await created(stage);
    expect(await retrieve(attempt)).toMatchObject({ kind: 'answered', report: { state: 'requires_action' } });
    await stage.simulator.approve(attempt.providerRef);
    expect(await retrieve(attempt)).toEqual({ kind: 'unknown', reason: expect.stringContaining('406') });
    const other = await created(stage);
    stage.clock.advance({ minutes: 15 });
    // The provider's clock may be a little behind.
    expect(await retrieve(other)).toMatchObject({ report: { state: 'requires_action' } });
    stage.clock.advance({ minutes: 1 });
    expect(await retrieve(other)).toMatchObject({ report: { state: 'expired' } });
  });

  it('cannot ask about a hosted checkout, nor undo one whose number nobody has told', async () => {
    const attempt = await created(stage, HOSTED);
    await stage.simulator.approve(attempt.attemptId);
    expect(await retrieve(attempt)).toMatchObject({ kind: 'unknown' });
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'refused', code: 'transaction_unknown' });
    expect(await reverse(attempt)).toMatchObject({ kind: 'refused', code: 'transaction_unknown' });
    expect(await cancel(attempt)).toMatchObject({ kind: 'refused', code: 'not_supported' });
  });

  it('undoes a hosted checkout by the number that its notification told', async () => {
    for (const undo of [refund, reverse] as const) {
      const paid = await paidHosted();
      const answer = await undo(refundInput(stage, paid));
      if (answer?.kind !== 'answered') throw new Error('It was not taken');
      const asked = 'refund' in answer ? answer.refund : answer.reversal;
      expect(asked).toMatchObject({ state: 'pending', amount });
      await stage.simulator.tick();
      const { fact } = await lastEvent(stage);
      const told = fact.about === 'refund' ? fact.refund : fact.about === 'reversal' && fact.reversal;
      expect(told).toMatchObject({ state: 'succeeded', amount, providerRef: asked.providerRef });
    }
  });

  it.each(['lost_after', 'slow_after', 'bad_gateway_after'] as const)(
    'a hosted checkout whose undoing is answered by %s is undone once, and the repeat says what the first would have',
    async (fault) => {
      for (const undo of [refund, reverse] as const) {
        const input = refundInput(stage, await paidHosted());
        stage.simulator.failNext(fault);
        expect(await undo(input)).toMatchObject({ kind: 'unknown' });
        expect(await undo(input)).toMatchObject({ kind: 'answered' });
        await stage.simulator.tick();
        expect(await undo(input)).toMatchObject({ kind: 'answered' });
      }
      expect(stage.simulator.ledger.transactions.filter(({ kind }) => kind === 'refund')).toHaveLength(1);
    },
  );

  it('a hosted checkout that was reversed is not refunded, nor one of a debit card', async () => {
    const reversed = await paidHosted();
    await reverse(reversed);
    await stage.simulator.tick();
    const answer = await refund(refundInput(stage, reversed));
    expect(answer).toMatchObject({ kind: 'refused', code: 'already_reversed' });
    const debit = await paidHosted('DEBIT');
    expect(await refund(refundInput(stage, debit))).toMatchObject({ kind: 'refused', code: 'invalid_card' });
  });

  it('a hosted checkout at which the provider is already stays open', async () => {
    const paid = await paidHosted();
    stage.simulator.failNext({ status: 400, body: '{"error":"Refund in progress"}' });
    expect(await refund(refundInput(stage, paid))).toMatchObject({ kind: 'unknown' });
  });

  it('a canceled code cannot be paid with, and canceling again says the same', async () => {
    const attempt = await created(stage);
    const canceled = { kind: 'answered', providerRef: attempt.providerRef, report: { state: 'canceled' } };
    expect(await cancel(attempt)).toEqual(canceled);
    expect(await cancel(attempt)).toEqual(canceled);
    await expect(stage.simulator.approve(attempt.providerRef)).rejects.toThrow('Deleted');
    expect(await retrieve(attempt)).toMatchObject({ report: { state: 'canceled' } });
  });

  it('a code that a payer holds or has used is not canceled', async () => {
    const attempt = await created(stage);
    stage.simulator.lock(attempt.providerRef);
    expect(await cancel(attempt)).toMatchObject({ kind: 'refused', code: 'payer_is_paying' });
    await stage.simulator.approve(attempt.providerRef);
    expect(await cancel(attempt)).toMatchObject({ kind: 'refused', code: 'already_paid' });
  });

  it('a reversal and its notification name the same', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const answer = await reverse(attempt);
    await stage.simulator.tick();
    const { fact } = await lastEvent(stage);
    const asked = answer?.kind === 'answered' ? answer.reversal : undefined;
    expect(asked).toMatchObject({ state: 'pending', amount });
    expect(fact).toEqual({
      about: 'reversal',
      reversal: { ...asked, reversalId: null, state: 'succeeded' },
    });
  });

  it('ten copies of a reversal reverse once', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const input = reversalInput(stage, attempt);
    const copies = Array.from({ length: 10 }, () => stage.provider.reverse?.(stage.call(), input));
    const kinds = (await Promise.all(copies)).map((one) => one?.kind);
    await stage.simulator.tick();
    expect(kinds).toContain('answered');
    expect(kinds).not.toContain('refused');
    expect(stage.simulator.notifications.filter(({ body }) => body.byteLength > 0)).toHaveLength(2);
  });

  it('the next day it is too late to reverse', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    stage.clock.advance({ hours: 15 });
    expect(await reverse(attempt)).toMatchObject({ kind: 'refused' });
  });

  it('another amount than was paid is not reversed', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const input = { ...reversalInput(stage, attempt), amount: { amount: 100n, currency: 'ZAR' } };
    expect(await stage.provider.reverse?.(stage.call(), input)).toMatchObject({ kind: 'refused' });
    expect(stage.simulator.requests.some((each) => each.startsWith('DELETE'))).toBe(false);
  });

  it('a refund and its notification name the same', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const answer = await refund(refundInput(stage, attempt));
    await stage.simulator.tick();
    const { fact } = await lastEvent(stage);
    const asked = answer?.kind === 'answered' ? answer.refund : undefined;
    expect(fact).toEqual({
      about: 'refund',
      refund: { ...asked, refundId: null, mayBeOurs: true, state: 'succeeded' },
    });
  });

  it('ten copies of a refund refund once', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const input = refundInput(stage, attempt);
    const kinds = (await Promise.all(Array.from({ length: 10 }, () => refund(input)))).map((one) => one?.kind);
    expect(kinds).toContain('answered');
    expect(kinds).not.toContain('refused');
    expect(stage.simulator.ledger.transactions.filter(({ kind }) => kind === 'refund')).toHaveLength(1);
  });

  it('a part is not refunded, since it could not be repeated', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    const input = refundInput(stage, attempt, { amount: { amount: 5_000n, currency: 'ZAR' } });
    expect(await refund(input)).toMatchObject({ kind: 'refused' });
    expect(stage.simulator.ledger.transactions).toHaveLength(1);
  });

  it('a debit card is not refunded, with the code of the provider', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef, 'DEBIT');
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'refused', code: 'invalid_card' });
    expect(await reverse(attempt)).toMatchObject({ kind: 'answered' });
  });

  it('what was never paid is not refunded', async () => {
    const attempt = await created(stage);
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'refused', code: 'not_found' });
    await stage.simulator.decline(attempt.providerRef, '05');
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'refused', code: 'nothing_captured' });
    expect(await reverse(attempt)).toMatchObject({ kind: 'refused', code: 'nothing_captured' });
  });

  it.each(['lost_after', 'slow_after', 'bad_gateway_after', 'page_after', 'truncated_after'] as const)(
    'a refund whose answer is %s is open, and its repeat refunds nothing more',
    async (fault) => {
      const attempt = await created(stage);
      await stage.simulator.approve(attempt.providerRef);
      const input = refundInput(stage, attempt);
      stage.simulator.failNext({ status: 406 }, 'none', fault);
      expect(await refund(input)).toMatchObject({ kind: 'unknown' });
      await stage.simulator.tick();
      expect(await refund(input)).toMatchObject({ kind: 'answered', refund: { state: 'succeeded' } });
      expect(stage.simulator.ledger.transactions.filter(({ kind }) => kind === 'refund')).toHaveLength(1);
    },
  );

  it.each(['lost_after', 'slow_after', 'bad_gateway_after'] as const)(
    'a reversal whose answer is %s is open, and its repeat finds it',
    async (fault) => {
      const attempt = await created(stage);
      await stage.simulator.approve(attempt.providerRef);
      stage.simulator.failNext({ status: 406 }, 'none', fault);
      expect(await reverse(attempt)).toMatchObject({ kind: 'unknown' });
      await stage.simulator.tick();
      expect(await reverse(attempt)).toMatchObject({ kind: 'answered', reversal: { state: 'succeeded' } });
    },
  );

  it('where the payment cannot be found just now, nothing was sent', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    stage.simulator.failNext('bad_gateway_after');
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'not_sent' });
    stage.simulator.failNext('bad_gateway_after');
    expect(await reverse(attempt)).toMatchObject({ kind: 'not_sent' });
    expect(stage.simulator.ledger.transactions).toHaveLength(1);
  });

  it('a refund that the provider says it has seen is asked about, and stays open where that tells nothing', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    stage.simulator.failNext({ status: 406 }, 'none', { status: 400, body: '{"error":"Refund in progress"}' });
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['refused', { status: 400 }],
    ['refused', { status: 401 }],
    ['refused', { status: 403 }],
    ['refused', { status: 404 }],
    ['refused', { status: 455 }],
    ['unknown', { status: 432 }],
    ['not_sent', { status: 429 }],
    ['unknown', { status: 500 }],
    ['unknown', { status: 503 }],
    ['unknown', { status: 400, contentType: 'text/html', body: '<h1>Proxy</h1>' }],
    ['unknown', 'redirect'],
    ['unknown', 'page_after'],
  ] as const)('a refund and a reversal are %s by %j', async (kind, fault) => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    stage.simulator.failNext({ status: 406 }, 'none', fault);
    expect(await refund(refundInput(stage, attempt))).toMatchObject({ kind });
    const other = await created(stage);
    await stage.simulator.approve(other.providerRef);
    stage.simulator.failNext({ status: 406 }, 'none', fault);
    expect(await reverse(other)).toMatchObject({ kind });
  });

  it('a wrong password on money going back is a refusal (513)', async () => {
    const attempt = await created(stage);
    await stage.simulator.approve(attempt.providerRef);
    stage.simulator.failNext({ status: 406 }, 'none', {
      status: 513,
      body: `{"error":"SECURITY_VIOLATION ${PASSWORD}"}`,
    });
    const answer = await refund(refundInput(stage, attempt));
    expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
    expect(JSON.stringify(answer)).not.toContain(PASSWORD);
  });
});
