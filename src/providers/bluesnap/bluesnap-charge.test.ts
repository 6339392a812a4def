import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { CompleteInput, CreateAnswer, CreateInput } from '../provider.ts';
import { type BluesnapStage, startBluesnapStage } from './bluesnap-fixture.ts';

let stage: BluesnapStage;
beforeAll(async () => {
  stage = await startBluesnapStage({ timeoutMs: 1_000 });
});
afterAll(() => stage.stop());

const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

function complete(created: CreateInput, clientData: CompleteInput['clientData']): Promise<CreateAnswer> {
  const { attemptId } = created;
  return present(stage.provider.complete, 'complete')(stage.call(), { attemptId, created, clientData });
}

async function opened(changes: Partial<CreateInput> = {}): Promise<CreateInput> {
  const created = stage.input(changes);
  await stage.provider.create(stage.call(), created);
  return created;
}

function chargesOf({ attemptId }: CreateInput): number {
  return stage.simulator.transactionsOf(attemptId).length;
}

describe('creating an attempt', () => {
  test('opens the hosted fields for an hour, under our own name for it, and charges nothing', async () => {
    const created = stage.input();
    const answer = await stage.provider.create(stage.call(), created);
    expect(answer).toEqual({
      kind: 'answered',
      providerRef: created.attemptId,
      report: {
        state: 'requires_action',
        nextAction: { type: 'client', clientSecret: expect.stringMatching(/^[0-9a-f]{64}_$/) },
        expiresAt: stage.clock.now().add({ minutes: 60 }),
      },
    });
    expect(chargesOf(created)).toBe(0);
  });

  test.each([
    ['a method of another provider', { method: { type: 'sandbox', token: 'tok_approve' } }, 'invalid_method'],
    ['nothing', { amount: { amount: 0n, currency: 'EUR' } }, 'amount_not_supported'],
    ['less than nothing', { amount: { amount: -1n, currency: 'EUR' } }, 'amount_not_supported'],
    ['agorot, which it does not take', { amount: { amount: 1_250n, currency: 'ILS' } }, 'amount_not_supported'],
    ['no currency', { amount: { amount: 100n, currency: 'XXX' } }, 'amount_not_supported'],
  ])('for %s is refused before anything is sent', async (_, changes, code) => {
    const http = { send: () => Promise.reject(new Error('sent')) };
    const answer = await stage.provider.create(stage.call({ http }), stage.input(changes));
    expect(answer).toMatchObject({ kind: 'refused', code });
  });
});

describe('completing an attempt', () => {
  test.each([
    ['automatic', 'captured', 'AUTH_CAPTURE'],
    ['manual', 'authorized', 'AUTH_ONLY'],
  ] as const)('with %s capture ends %s', async (captureMethod, state, type) => {
    const created = stage.input({ captureMethod, statementDescriptor: 'Müller’s <Shop> of wonders' });
    const answer = await stage.pay(created);
    const { attemptId, amount } = created;
    expect(answer).toEqual({ kind: 'answered', providerRef: attemptId, report: { state, amount } });
    expect(stage.simulator.transactionsOf(attemptId)).toMatchObject([
      {
        type,
        amount: 1_250n,
        currency: 'EUR',
        merchantTransactionId: attemptId,
        softDescriptor: 'Mllers Shop of wonde',
      },
    ]);
  });

  test.each([
    [1_250n, 'EUR', 1_250n],
    [999_999_999_999n, 'USD', 999_999_999_999n],
    [5n, 'GBP', 5n],
    [500n, 'JPY', 500n],
    [1_234n, 'KWD', 1_234n],
    [1_200n, 'ILS', 12n],
  ])('charges %i minor units of %s exactly', async (amount, currency, atBluesnap) => {
    const created = stage.input({ amount: { amount, currency } });
    const answer = await stage.pay(created);
    expect(answer).toMatchObject({ kind: 'answered', report: { state: 'captured', amount: { amount, currency } } });
    expect(stage.simulator.transactionsOf(created.attemptId)[0]?.amount).toBe(atBluesnap);
  });

  test('repeated gives the same answer and one charge', async () => {
    const created = await opened();
    const clientData = stage.simulator.approve(created.attemptId);
    const first = await complete(created, clientData);
    expect(await complete(created, clientData)).toEqual(first);
    expect(chargesOf(created)).toBe(1);
  });

  test('repeated after the idempotency key was forgotten, and with a new card, charges nothing more', async () => {
    const created = await opened();
    const first = await complete(created, stage.simulator.approve(created.attemptId));
    stage.clock.advance({ hours: 25 });
    await stage.provider.create(stage.call(), created);
    expect(await complete(created, stage.simulator.approve(created.attemptId))).toEqual(first);
    expect(chargesOf(created)).toBe(1);
  });

  test('ten times at once charges once', async () => {
    const created = await opened();
    const clientData = stage.simulator.approve(created.attemptId);
    const before = stage.simulator.countRequests('charge');
    const go = stage.simulator.holdCharges();
    const answers = Promise.all(Array.from({ length: 10 }, () => complete(created, clientData)));
    // The nine that find the first in progress are answered; the first waits for its charge.
    await expect.poll(() => stage.simulator.countRequests('charge')).toBe(before + 10);
    go();
    const kinds = (await answers).map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['answered', ...Array.from({ length: 9 }, () => 'unknown')]);
    expect(chargesOf(created)).toBe(1);
    expect(await complete(created, clientData)).toMatchObject({ report: { state: 'captured' } });
  });

  test('in two windows with two cards charges one of them and leaves the other in doubt', async () => {
    const created = await opened();
    const first = stage.simulator.approve(created.attemptId);
    await stage.provider.create(stage.call(), created);
    const second = stage.simulator.approve(created.attemptId);
    const before = stage.simulator.countRequests('charge');
    const go = stage.simulator.holdCharges();
    const answers = Promise.all([complete(created, first), complete(created, second)]);
    await expect.poll(() => stage.simulator.countRequests('charge')).toBe(before + 2);
    go();
    expect((await answers).map(({ kind }) => kind).sort()).toEqual(['answered', 'unknown']);
    expect(chargesOf(created)).toBe(1);
  });

  test('with a card that is reviewed first is pending until the review is over', async () => {
    const created = await opened();
    const clientData = stage.simulator.approve(created.attemptId);
    stage.simulator.enterCard(clientData.pfToken ?? '', 'review');
    expect(await complete(created, clientData)).toMatchObject({ kind: 'answered', report: { state: 'pending' } });
    stage.simulator.console.approveReview(created.attemptId);
    const { attemptId } = created;
    expect(await stage.provider.retrieve(stage.call(), { attemptId })).toMatchObject({ report: { state: 'captured' } });
  });

  test.each([
    ['no token', {}, 'invalid_token'],
    ['a path for a token', { pfToken: '../../transactions/1' }, 'invalid_token'],
    [
      'a token that BlueSnap never gave',
      { pfToken: '0'.repeat(64), firstName: 'A', lastName: 'B' },
      'pf_token_not_found',
    ],
  ])('with %s is refused and charges nothing', async (_, clientData, code) => {
    const created = await opened();
    expect(await complete(created, clientData)).toMatchObject({ kind: 'refused', code });
    expect(chargesOf(created)).toBe(0);
  });

  test('without a name on the card is refused in BlueSnap’s words', async () => {
    const created = await opened();
    const { pfToken = '' } = stage.simulator.approve(created.attemptId);
    const answer = await complete(created, { pfToken });
    const message = 'BlueSnap refused the request: MISSING_SHOPPER_OR_CARD_HOLDER (30)';
    expect(answer).toEqual({ kind: 'refused', code: 'missing_shopper_or_card_holder', message });
  });

  test('with a token older than an hour, or without a card, is refused', async () => {
    const late = await opened();
    const clientData = stage.simulator.approve(late.attemptId);
    stage.clock.advance({ minutes: 61 });
    expect(await complete(late, clientData)).toMatchObject({ kind: 'refused', code: 'pf_token_expired' });
    const created = await opened();
    const entered = stage.simulator.approve(created.attemptId);
    stage.simulator.enterCard(entered.pfToken ?? '', null);
    expect(await complete(created, entered)).toMatchObject({ kind: 'refused', code: 'pf_token_has_no_card' });
  });

  test('of an amount that BlueSnap cannot carry is refused before anything is sent', async () => {
    const created = stage.input({ amount: { amount: 1_250n, currency: 'ILS' } });
    const http = { send: () => Promise.reject(new Error('sent')) };
    const input = { attemptId: created.attemptId, created, clientData: { pfToken: 'a'.repeat(64) } };
    const answer = await stage.provider.complete?.(stage.call({ http }), input);
    expect(answer).toMatchObject({ kind: 'refused', code: 'amount_not_supported' });
  });

  test('of another attempt than was created is refused', async () => {
    const created = await opened();
    const clientData = stage.simulator.approve(created.attemptId);
    const answer = await stage.provider.complete?.(stage.call(), { attemptId: 'att_other', created, clientData });
    expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_attempt' });
  });
});

describe('an answer that is lost', () => {
  test.each(['lost', 'bad_gateway', 'truncated', 'held'] as const)(
    'by being %s leaves the charge unknown; asking and repeating find the one charge',
    async (fault) => {
      const created = await opened();
      const { attemptId } = created;
      const clientData = stage.simulator.approve(attemptId);
      stage.simulator.breakNext('charge', fault);
      expect(await complete(created, clientData)).toEqual(UNKNOWN);
      const captured = { providerRef: attemptId, report: { state: 'captured', amount: created.amount } };
      expect(await stage.provider.retrieve(stage.call(), { attemptId })).toMatchObject(captured);
      expect(await complete(created, clientData)).toMatchObject(captured);
      expect(chargesOf(created)).toBe(1);
    },
  );

  test('when the question before the charge is lost, nothing is charged', async () => {
    const created = await opened();
    const clientData = stage.simulator.approve(created.attemptId);
    stage.simulator.breakNext('read', 'lost');
    expect(await complete(created, clientData)).toEqual(UNKNOWN);
    expect(chargesOf(created)).toBe(0);
  });

  test.each(['rate_limited', 'busy'] as const)(
    'is another thing than being turned away (%s): not sent',
    async (fault) => {
      const created = await opened();
      const clientData = stage.simulator.approve(created.attemptId);
      stage.simulator.breakNext('charge', fault);
      expect(await complete(created, clientData)).toEqual({ kind: 'not_sent', reason: 'too many requests' });
      expect(chargesOf(created)).toBe(0);
      expect(await complete(created, clientData)).toMatchObject({ report: { state: 'captured' } });
    },
  );

  test('to the opening of the fields is unknown, and a repeat opens them', async () => {
    const created = stage.input();
    stage.simulator.breakNext('token', 'lost');
    expect(await stage.provider.create(stage.call(), created)).toEqual(UNKNOWN);
    expect(await stage.provider.create(stage.call(), created)).toMatchObject({ kind: 'answered' });
  });
});

describe('canceling', () => {
  test('an attempt nobody was charged for ends it, as often as asked', async () => {
    const { attemptId } = await opened();
    const canceled = { kind: 'answered', providerRef: attemptId, report: { state: 'canceled' } };
    expect(await stage.provider.cancel?.(stage.call(), { attemptId })).toEqual(canceled);
    expect(await stage.provider.cancel?.(stage.call(), { attemptId })).toEqual(canceled);
  });

  test('an attempt that was charged tells that it was', async () => {
    const created = stage.input();
    await stage.pay(created);
    const { attemptId } = created;
    expect(await stage.provider.cancel?.(stage.call(), { attemptId })).toMatchObject({ report: { state: 'captured' } });
  });

  test('while BlueSnap gives no answer is in doubt', async () => {
    const { attemptId } = await opened();
    stage.simulator.breakNext('read', 'bad_gateway');
    expect(await stage.provider.cancel?.(stage.call(), { attemptId })).toEqual(UNKNOWN);
  });
});
