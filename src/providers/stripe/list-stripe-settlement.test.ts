import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { SettlementAnswer, SettlementLine } from '../provider-settlement.ts';
import { paidBy, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const ask = (from: Temporal.Instant, to: Temporal.Instant, cursor?: string): Promise<SettlementAnswer> =>
  present(stage.provider.listSettlement, 'settlement')(stage.call(), {
    from,
    to,
    ...(cursor === undefined ? {} : { cursor }),
  });

/** Every page there is. */
async function everything(from: Temporal.Instant, to: Temporal.Instant): Promise<readonly SettlementLine[]> {
  const lines: SettlementLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(from, to, cursor);
    if (page.kind !== 'answered') throw new Error(page.reason);
    lines.push(...page.lines);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return lines;
}

async function paid(method: unknown): Promise<{ attemptId: string; providerRef: string }> {
  const input = stage.input({ method });
  const answer = await stage.provider.create(stage.call(), input);
  const providerRef = answer.kind === 'answered' ? answer.providerRef : '';
  if (method === undefined) stage.simulator.approve(providerRef);
  return { attemptId: input.attemptId, providerRef };
}

test('charges, refunds, disputes and payouts are lines whose sums come out', async () => {
  const from = stage.clock.now();
  const own = await paid(paidBy('pm_card_visa'));
  const onPage = await paid(undefined);
  const refundId = newId('re', stage.clock);
  const refund = {
    ...own,
    refundId,
    amount: { amount: 250n, currency: 'EUR' },
    notificationUrl: 'https://pay.example/',
  };
  await stage.provider.refund?.(stage.call(), refund);
  const disputeRef = stage.simulator.dispute(onPage.providerRef);
  stage.simulator.moveDispute(disputeRef, 'won');
  stage.simulator.payOut(own.providerRef);
  const lines = await everything(from, from.add({ seconds: 1 }));
  const common = { occurredAt: from, availableAt: from.add({ hours: 48 }), payoutRef: null };
  const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
  expect(lines.toReversed()).toMatchObject([
    {
      ...{ kind: 'charge', attemptId: own.attemptId, providerRef: own.providerRef, gross: eur(1250n), fee: 43n },
      ...{ net: 1207n, operationId: null, operationRef: expect.stringMatching(/^ch_/), ...common },
    },
    { kind: 'charge', attemptId: onPage.attemptId, providerRef: null, gross: eur(1250n), ...common },
    {
      ...{ kind: 'refund', attemptId: own.attemptId, operationId: refundId, gross: eur(-250n), fee: 0n, net: -250n },
      ...{ operationRef: expect.stringMatching(/^re_/), ...common },
    },
    { kind: 'dispute', operationRef: disputeRef, gross: eur(-1250n), fee: 1500n, net: -2750n, ...common },
    { kind: 'dispute_reversal', operationRef: disputeRef, gross: eur(1250n), fee: -1500n, net: 2750n, ...common },
    { kind: 'payout', operationRef: null, payoutRef: expect.stringMatching(/^po_/), gross: eur(-2164n), net: -2164n },
  ]);
  expect(new Set(lines.map(({ lineRef }) => lineRef)).size).toBe(lines.length);
});

test('many lines come in pages, newest first, each line once, also where more happens meanwhile', async () => {
  stage.clock.advance({ hours: 1 });
  const from = stage.clock.now();
  const attempts: string[] = [];
  for (let index = 0; index < 45; index++) attempts.push((await paid(paidBy('pm_card_visa'))).attemptId);
  const until = from.add({ seconds: 1 });
  const first = await ask(from, until);
  if (first.kind !== 'answered') throw new Error(first.reason);
  expect(first.lines.map(({ attemptId }) => attemptId)).toEqual(attempts.slice(-20).reverse());
  await paid(paidBy('pm_card_visa'));
  const rest: (string | null)[] = [];
  for (let cursor = first.nextCursor; cursor !== null; ) {
    const page = await ask(from, until, cursor);
    if (page.kind !== 'answered') throw new Error(page.reason);
    rest.push(...page.lines.map(({ attemptId }) => attemptId));
    cursor = page.nextCursor;
  }
  expect(rest).toEqual(attempts.slice(0, 25).reverse());
});

test('a period takes its first instant in and leaves its last out', async () => {
  stage.clock.advance({ hours: 1 });
  const at = stage.clock.now();
  await paid(paidBy('pm_card_visa'));
  const count = async (from: Temporal.DurationLike, to: Temporal.DurationLike) =>
    (await everything(at.add(from), at.add(to))).length;
  expect(await count({ seconds: 0 }, { seconds: 1 })).toBe(1);
  expect(await count({ seconds: -1 }, { seconds: 0 })).toBe(0);
  expect(await count({ milliseconds: 1 }, { seconds: 1 })).toBe(0);
  expect(await count({ seconds: 0 }, { milliseconds: 1 })).toBe(1);
});

const LINE = {
  ...{ id: 'txn_1', object: 'balance_transaction', amount: 100, fee: 3, net: 97, currency: 'eur', created: 1 },
  ...{ available_on: 2, reporting_category: 'charge', source: 'ch_1' },
};

test.each([
  ['charge', 'charge'],
  ['refund_failure', 'adjustment'],
  ['network_cost', 'fee'],
  ['payout_reversal', 'payout'],
  ['transfer', 'adjustment'],
  ['never heard of', 'adjustment'],
  ['constructor', 'adjustment'],
])('a line of the category %s is of the kind %s', async (category, kind) => {
  const body = JSON.stringify({ object: 'list', has_more: false, data: [{ ...LINE, reporting_category: category }] });
  stage.simulator.failNext({ kind: 'answer', executed: false, status: 200, body });
  const now = stage.clock.now();
  expect(await ask(now, now)).toMatchObject({ kind: 'answered', lines: [{ kind, gross: { amount: 100n } }] });
});

test.each<[string, unknown]>([
  ['a sum that does not come out', [{ ...LINE, net: 98 }]],
  ['a currency that is none', [{ ...LINE, currency: 'xxx' }]],
  ['a part of a cent', [{ ...LINE, amount: 100.5 }]],
  ['no list', { LINE }],
])('an answer with %s is unknown as a whole', async (_, data) => {
  const body = JSON.stringify({ object: 'list', has_more: false, data });
  stage.simulator.failNext({ kind: 'answer', executed: false, status: 200, body });
  const now = stage.clock.now();
  expect(await ask(now, now)).toMatchObject({ kind: 'unknown' });
});

test('a list that goes on with nothing is unknown', async () => {
  const body = JSON.stringify({ object: 'list', has_more: true, data: [] });
  stage.simulator.failNext({ kind: 'answer', executed: false, status: 200, body });
  const now = stage.clock.now();
  expect(await ask(now, now)).toEqual({ kind: 'unknown', reason: 'the list has no end' });
});

test('a capture in part is two lines under the name of the capture, which come to what was captured', async () => {
  stage.clock.advance({ hours: 1 });
  const from = stage.clock.now();
  const input = stage.input({ captureMethod: 'manual', method: paidBy('pm_card_visa') });
  const answer = await stage.provider.create(stage.call(), input);
  const providerRef = answer.kind === 'answered' ? answer.providerRef : '';
  const captured = await stage.provider.capture?.(stage.call(), {
    ...{ attemptId: input.attemptId, providerRef, captureId: newId('cap', stage.clock), final: true },
    ...{ amount: { amount: 500n, currency: 'EUR' }, notificationUrl: 'https://pay.example/' },
  });
  const lines = await everything(from, from.add({ seconds: 1 }));
  const operationRef = captured?.kind === 'answered' ? captured.capture.providerRef : '';
  expect(lines).toMatchObject([
    { kind: 'adjustment', gross: { amount: -750n }, operationRef },
    { kind: 'charge', gross: { amount: 1250n }, operationRef },
  ]);
  expect(lines.reduce((sum, { gross }) => sum + gross.amount, 0n)).toBe(500n);
  expect(lines.reduce((sum, { fee }) => sum + fee, 0n)).toBe(32n);
});
