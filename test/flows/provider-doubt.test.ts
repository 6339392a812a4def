import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type LossyLine, layLossyLine } from '../support/lossy-line.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';

let tollgate: Installation;
let shop: PaymentWatch;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = watchPayments(tollgate);
});
afterAll(() => tollgate.close());

const PAID = ['capture.succeeded', 'payment.created', 'payment.processing', 'payment.succeeded'];

describe.concurrent('S2.6 S2.9 an outcome in doubt', () => {
  // The first lets the gateway wait for its whole deadline of ten seconds.
  test.for(['tok_charge_then_timeout', 'tok_charge_then_502'])(
    'of %s is asked about and ends as it was at the bank, by the same attempt and one charge',
    async (token, { expect }) => {
      const { id } = await shop.create();
      const confirmed = await shop.confirm(id, token);
      const paid = await shop.untilLike(id, { status: 'succeeded', amountCaptured: 1250 });
      expect(await shop.attempts(id)).toEqual([{ id: confirmed.latestAttempt.id, state: 'captured' }]);
      expect(tollgate.sandbox.countCharges(paid.latestAttempt.id)).toBe(1);
      expect(await shop.eventTypes(id)).toEqual(PAID);
    },
  );

  test('is told as processing, never as failed', async ({ expect }) => {
    const { id } = await shop.create();
    const confirmed = await shop.confirm(id, 'tok_charge_then_502');
    expect(confirmed.status).toBeOneOf(['processing', 'succeeded']);
    await shop.untilLike(id, { status: 'succeeded' });
    const doubts = await tollgate.database.run(
      `select 1 from signals where payment_id = $1 and kind = 'attempt_unknown'`,
      [id],
    );
    expect(doubts.length, 'there was a doubt').toBe(1);
  });

  test('S2.6 what never reached the bank is no try: the payment is payable again, with one try to go', async ({
    expect,
  }) => {
    const { id } = await shop.create({ attemptsMax: 1 });
    const refused = await shop.confirm(id, 'tok_refuse_connection');
    expect(refused).toMatchObject({ status: 'created', latestAttempt: { state: 'not_sent' } });
    expect(tollgate.sandbox.countCharges(refused.latestAttempt.id)).toBe(0);
    const paid = await shop.confirm(id, 'tok_no_ipn');
    expect(paid).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
    expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['not_sent', 'captured']);
  });
});

describe('while the line to the bank loses everything', () => {
  let clock: ManualClock;
  let line: LossyLine;
  let cutOff: Installation;
  let cutShop: PaymentWatch;

  beforeAll(async () => {
    clock = stoppedClock();
    line = await layLossyLine();
    cutOff = await startInstallation({ clock, environment: { TOLLGATE_SANDBOX_URL: line.url } });
    line.target = cutOff.sandbox.url;
    cutShop = watchPayments(cutOff);
    // Opens the account at the sandbox, so that what follows is one request each.
    await cutShop.merchant.pay();
  });
  afterAll(async () => {
    await cutOff.close();
    await line.close();
  });

  /** An attempt of which nobody knows whether the bank has heard of it. */
  async function inDoubt(loses: 'requests' | 'answers', fields = {}) {
    const { id } = await cutShop.create(fields);
    line.loses = loses;
    const { status, latestAttempt } = await cutShop.confirm(id, 'tok_no_ipn');
    expect([status, latestAttempt.state]).toEqual(['processing', 'unknown']);
    return { id: String(id), attemptId: String(latestAttempt.id) };
  }

  test.each([
    ['requests', 0],
    ['answers', 1],
  ] as const)(
    'it loses %s: no second attempt starts until the outcome is known, and money moves once',
    async (loses, charges) => {
      const { id, attemptId } = await inDoubt(loses);
      expect(cutOff.sandbox.countCharges(attemptId)).toBe(charges);
      const other = await cutShop.merchant.confirm(id, 'tok_approve');
      expect([other.status, other.body.code]).toEqual([409, 'attempt_in_progress']);
      const canceled = await cutShop.merchant.send('POST', `/payments/${id}/cancel`, { body: {} });
      expect([canceled.status, canceled.body.code]).toEqual([409, 'attempt_in_progress']);
      line.loses = 'nothing';
      // A question still under way would be put off from the time it ends, which is then past the step below.
      await untilQuiet(cutOff.database);
      clock.advance({ seconds: 60 });
      await cutShop.untilLike(id, { status: 'succeeded', amountCaptured: 1250 });
      expect(await cutShop.attempts(id)).toEqual([{ id: attemptId, state: 'captured' }]);
      expect(cutOff.sandbox.countCharges(attemptId)).toBe(1);
      expect(await cutShop.eventTypes(id)).toEqual(PAID);
    },
  );

  test.each([
    ['requests', { status: 'expired', amountCaptured: 0 }],
    ['answers', { status: 'succeeded', amountCaptured: 1250, late: false }],
  ] as const)(
    'S0.30 it loses %s: a payment does not expire over an open question, and ends as it is answered',
    async (loses, end) => {
      const { id } = await inDoubt(loses, { expiresIn: 60 });
      clock.advance({ seconds: 61 });
      await until(async () => {
        const postponed = await cutOff.database.run(
          'select 1 from payments where payment_id = $1 and due_at > expires_at',
          [id],
        );
        return postponed.length === 1;
      });
      expect(await cutShop.read(id)).toMatchObject({ status: 'processing' });
      line.loses = 'nothing';
      await untilQuiet(cutOff.database);
      clock.advance({ minutes: 10 });
      await cutShop.untilLike(id, end);
    },
  );
});
