import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { type Merchant as BankMerchant, merchantAt } from '../../src/providers/sandbox/server/merchant-fixture.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type LossyLine, layLossyLine } from '../support/lossy-line.ts';
import { type MoneyWatch, watchMoney } from '../support/money-watch.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openSandboxAccount } from '../support/sandbox-account.ts';
import { holdNotifications, type SandboxNotifier } from '../support/sandbox-notifier.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

/** The line to the bank may lose anything, and the bank's notifications arrive when a test lets them. */
let clock: ManualClock;
let line: LossyLine;
let sink: WebhookSink;
let tollgate: Installation;
let shop: PaymentWatch;
let money: MoneyWatch;
let bank: SandboxNotifier;
/** The merchant at the bank, past the gateway. */
let counter: BankMerchant;

beforeAll(async () => {
  clock = stoppedClock();
  [line, sink] = await Promise.all([layLossyLine(), startWebhookSink()]);
  const environment = { TOLLGATE_SANDBOX_URL: line.url, TOLLGATE_HOOKS_URL: sink.url };
  tollgate = await startInstallation({ clock, environment });
  line.target = tollgate.sandbox.url;
  shop = watchPayments(tollgate);
  money = watchMoney(tollgate);
  bank = await holdNotifications(tollgate, sink);
  const { secretKey, merchantCode } = await openSandboxAccount(tollgate);
  counter = merchantAt(tollgate.sandbox.url, clock, secretKey, merchantCode);
  // Opens the account at the sandbox, so that what follows is one request each.
  await shop.merchant.pay();
});
afterEach(() => money.expectSound());
afterAll(async () => {
  await tollgate.close();
  await Promise.all([line.close(), sink.close()]);
});

const TEXT = 'It was delivered\nand signed for.';

async function later(seconds: number) {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}

/** A payment that its payer has disputed, as the bank tells it; the gateway has not heard. */
async function disputedUnheard(token = 'tok_dispute_won') {
  const { id } = await shop.create({ amount: 5000 });
  const { latestAttempt } = await shop.confirm(id, token);
  await later(2);
  return { paymentId: String(id), attemptId: String(latestAttempt.id) };
}

const disputesAtBank = async (attemptId: string) =>
  (await counter.say('GET', `/v1/charges/${attemptId}`)).body.disputes as { id: string; state: string }[];
async function handIn(attemptId: string, key: string, text = TEXT) {
  const [dispute] = await disputesAtBank(attemptId);
  const path = `/v1/charges/${attemptId}/disputes/${dispute?.id}/evidence`;
  return (await counter.say('POST', path, { key, text })).status;
}
const told = (attemptId: string) => bank.sentAbout(attemptId).filter(({ body }) => body.includes('"type":"dispute.'));
const disputeOf = async (paymentId: string) =>
  (await shop.merchant.send('GET', `/disputes?paymentId=${paymentId}`)).body.data[0];
const submit = (disputeId: string, text = TEXT) =>
  shop.merchant.send('POST', `/disputes/${disputeId}/evidence`, { body: { text } });
const evidenceOf = async (disputeId: string) =>
  (await shop.merchant.send('GET', `/disputes/${disputeId}/evidence`)).body.data;

describe('whatever becomes of the bank’s notifications', () => {
  const WON = { status: 'won', amountWithdrawn: 5000, amountReinstated: 5000 };
  const LOST = { status: 'lost', amountWithdrawn: 5000, amountReinstated: 0 };
  const [OPENED, UNDER_REVIEW, VERDICT] = [0, 1, 2];

  test.each([
    ['in order', 'tok_dispute_won', WON, [OPENED, UNDER_REVIEW, VERDICT]],
    ['backwards', 'tok_dispute_won', WON, [VERDICT, UNDER_REVIEW, OPENED]],
    ['each twice', 'tok_dispute_won', WON, [OPENED, OPENED, UNDER_REVIEW, UNDER_REVIEW, VERDICT, VERDICT]],
    ['all again at the end', 'tok_dispute_won', WON, [UNDER_REVIEW, VERDICT, OPENED, UNDER_REVIEW, VERDICT]],
    ['only the last', 'tok_dispute_won', WON, [VERDICT]],
    ['backwards', 'tok_dispute_lost', LOST, [VERDICT, UNDER_REVIEW, OPENED]],
    ['the verdict first', 'tok_dispute_lost', LOST, [VERDICT, OPENED, OPENED, UNDER_REVIEW]],
  ] as const)('%s: %s ends the same', async (_, token, end, order) => {
    const { paymentId, attemptId } = await disputedUnheard(token);
    expect(await handIn(attemptId, 'at-the-counter')).toBe(200);
    await later(2);
    const sent = told(attemptId);
    expect(sent).toHaveLength(3);
    for (const index of order) {
      const notification = sent[index];
      if (notification !== undefined) expect((await bank.deliver(notification)).status).toBe(200);
      await untilQuiet(tollgate.database);
    }
    expect(await disputeOf(paymentId)).toMatchObject(end);
    const reinstated = end.amountReinstated > 0;
    expect(await money.transfers(paymentId)).toEqual([
      'capture 5000',
      ...(reinstated ? ['dispute_reinstated 5000'] : []),
      'dispute_withdrawn 5000',
    ]);
    const types = (await shop.eventTypes(paymentId)).filter((type) => /^dispute\.(?!updated)/.test(type));
    expect(types).toEqual(
      [
        'dispute.opened',
        'dispute.funds_withdrawn',
        ...(reinstated ? ['dispute.funds_reinstated'] : []),
        `dispute.${end.status}`,
      ].sort(),
    );
  });

  test('asking finds the dispute that no notification told of', async () => {
    const { paymentId } = await disputedUnheard();
    expect(await disputeOf(paymentId)).toBeUndefined();
    await shop.merchant.send('POST', `/payments/${paymentId}/sync`);
    expect(await disputeOf(paymentId)).toMatchObject({ status: 'opened', amountWithdrawn: 5000 });
  });
});

describe('where no notification comes any more', () => {
  const asked = async (attemptId: string) =>
    Number(
      (
        await tollgate.database.run<{ count: string }>(
          `select count(*) from provider_calls where attempt_id = $1 and operation = 'retrieve'`,
          [attemptId],
        )
      )[0]?.count,
    );

  test('an open dispute is asked about once a day until its verdict is known and its money is back', async () => {
    const { paymentId, attemptId } = await disputedUnheard();
    // Nothing else of the account waits any more that would have it looked at.
    await later(40);
    await untilQuiet(tollgate.database);
    await tollgate.database.run('update disputes set sync_due_at = null');
    await tollgate.database.run(`update lanes set next_due_at = null where kind = 'sync'`);
    await bank.deliver(bank.sign(present(told(attemptId)[0], 'the notification').body));
    await untilQuiet(tollgate.database);
    expect(await disputeOf(paymentId)).toMatchObject({ status: 'opened' });
    expect(await handIn(attemptId, 'at-the-counter')).toBe(200);
    await later(2);
    await later(24 * 3_600 - 10);
    await untilQuiet(tollgate.database);
    expect(await disputeOf(paymentId)).toMatchObject({ status: 'opened' });
    const before = await asked(attemptId);
    await later(10);
    await until(async () => (await disputeOf(paymentId)).status === 'won');
    await untilQuiet(tollgate.database);
    expect(await asked(attemptId)).toBe(before + 1);
    // Once more for the money, which the bank has given back by then.
    await later(24 * 3_600);
    await until(async () => (await disputeOf(paymentId)).amountReinstated === 5_000);
    await untilQuiet(tollgate.database);
    expect(await asked(attemptId)).toBe(before + 2);
    await later(24 * 3_600);
    await untilQuiet(tollgate.database);
    expect(await asked(attemptId)).toBe(before + 2);
  });

  test('one without news is asked about again the next day, also where the bank does not answer', async () => {
    const { paymentId, attemptId } = await disputedUnheard();
    await bank.deliver(present(told(attemptId)[0], 'the notification'));
    await untilQuiet(tollgate.database);
    line.loses = 'answers';
    const before = await asked(attemptId);
    await later(24 * 3_600);
    await until(async () => (await asked(attemptId)) > before);
    await untilQuiet(tollgate.database);
    line.loses = 'nothing';
    await later(24 * 3_600);
    await until(async () => (await disputeOf(paymentId)).status === 'lost');
  });
});

describe('where the line loses', () => {
  /** A dispute that the gateway knows, and evidence of which it does not know whether the bank has it. */
  async function inDoubt(loses: 'requests' | 'answers') {
    const { paymentId, attemptId } = await disputedUnheard();
    await shop.merchant.send('POST', `/payments/${paymentId}/sync`);
    const { id } = await disputeOf(paymentId);
    line.loses = loses;
    const { status, body } = await submit(id);
    expect([status, body.status, body.failureCode]).toEqual([201, 'pending', null]);
    return { paymentId, attemptId, id: String(id), evidenceId: String(body.id) };
  }

  /** Seconds until the next try, once so many have come to nothing. */
  const waitAfter = async (disputeId: string, tries: number) => {
    const row = await until(async () => {
      const [found] = await tollgate.database.run<{ tries: number; seconds: number }>(
        `select sync_tries as tries, extract(epoch from sync_due_at - $2::timestamptz)::int as seconds
         from dispute_evidence where dispute_id = $1 and status = 'unknown'`,
        [disputeId, clock.now().toString()],
      );
      return found?.tries === tries && found;
    });
    await untilQuiet(tollgate.database);
    return row.seconds;
  };

  test.each([
    ['requests', 'opened', 'under_review'],
    // The bank has it from the first time, and has decided meanwhile.
    ['answers', 'under_review', 'won'],
  ] as const)('%s, evidence is sent again with its own key and submitted once', async (loses, state, end) => {
    const { paymentId, attemptId, id, evidenceId } = await inDoubt(loses);
    expect(await disputesAtBank(attemptId)).toMatchObject([{ state }]);
    expect(await disputeOf(paymentId)).toMatchObject({ status: 'opened' });
    const other = await submit(id, 'Another account.');
    expect([other.status, other.body.code]).toEqual([409, 'state_conflict']);
    expect(await evidenceOf(id)).toMatchObject([{ id: evidenceId, status: 'pending' }]);
    await waitAfter(id, 1);
    line.loses = 'nothing';
    await later(10);
    const done = await until(async () => {
      const [evidence] = await evidenceOf(id);
      return evidence.status === 'submitted' && evidence;
    });
    expect(done).toMatchObject({ id: evidenceId, failureCode: null });
    expect(await disputeOf(paymentId)).toMatchObject({ status: end });
    expect(told(attemptId).filter(({ body }) => body.includes('"dispute.under_review"'))).toHaveLength(1);
    // The bank finds the same evidence under the same key, and no other under it.
    expect(await handIn(attemptId, evidenceId)).toBe(200);
    expect(await handIn(attemptId, evidenceId, 'Another account.')).toBe(409);
  });

  test('everything for long, tries grow rare and none is ever given up', async () => {
    const { id } = await inDoubt('requests');
    for (const [tries, seconds] of [
      [1, 10],
      [2, 60],
      [3, 300],
      [4, 3_600],
      [5, 86_400],
      [6, 86_400],
    ] as const) {
      expect(await waitAfter(id, tries)).toBe(seconds);
      clock.advance({ seconds });
    }
    line.loses = 'nothing';
    clock.advance({ hours: 24 });
    await until(async () => (await evidenceOf(id))[0].status !== 'pending');
    // By now the dispute is lost, and the bank says so.
    expect(await evidenceOf(id)).toMatchObject([{ status: 'refused', failureCode: 'state_conflict' }]);
  });
});
