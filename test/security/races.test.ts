import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';
import { parallel, tally } from '../support/parallel.ts';
import { changesNothing } from '../support/table-fingerprint.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
const SECURE = { 'x-forwarded-proto': 'https' };
let tollgate: Installation;
let shop: Merchant;

beforeAll(async () => {
  const environment = { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_TRUST_PROXY: 'loopback' };
  tollgate = await startInstallation({ clock, environment });
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
});
afterAll(() => tollgate.close());

async function count(table: string, paymentId: string): Promise<number> {
  const rows = await tollgate.database.run(`select 1 from ${table} where payment_id = $1`, [paymentId]);
  return rows.length;
}

describe('a reference is used once and for ever', () => {
  test('fifty creates at once without a key make one payment, which the others name', async () => {
    const reference = freshReference();
    const answers = await parallel(50, () => shop.create({ reference }));
    expect(tally(answers)).toEqual({ 201: 1, '409 reference_already_used': 49 });
    const { id } = answers.find(({ status }) => status === 201)?.body ?? {};
    for (const { status, body } of answers) if (status === 409) expect(body.paymentId).toBe(id);
  });

  test('nor do fifty different keys make two', async () => {
    const reference = freshReference();
    const answers = await parallel(50, (index) =>
      shop.create({ reference }, { idempotencyKey: `${reference}-${index}` }),
    );
    expect(tally(answers)).toEqual({ 201: 1, '409 reference_already_used': 49 });
  });

  test('also where the first payment was canceled long ago, but not in the other mode', async () => {
    const reference = freshReference();
    const { id } = (await shop.create({ reference })).body;
    await shop.send('POST', `/payments/${id}/cancel`);
    clock.advance({ hours: 24 * 400 });
    expect(await shop.create({ reference })).toMatchObject({ status: 409, body: { paymentId: id } });
    const live = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.live, SECURE);
    expect((await live.create({ reference })).status).toBe(201);
  });

  test("a refund's too", async () => {
    const { id } = await shop.pay();
    const refund = { amount: 10, reason: 'broken', reference: freshReference() };
    const answers = await parallel(20, () => shop.refund(id, refund));
    expect(tally(answers)).toEqual({ 201: 1, '409 reference_already_used': 19 });
    const { id: refundId } = answers.find(({ status }) => status === 201)?.body ?? {};
    for (const { status, body } of answers) if (status === 409) expect(body.refundId).toBe(refundId);
    expect((await shop.send('GET', `/payments/${id}`)).body.amountRefunded).toBe(10);
  });
});

describe('money moves once, however many ask at once', () => {
  test('of twenty refunds of 60 % with keys of their own exactly one succeeds', async () => {
    const { id } = await shop.pay({ amount: 1000 });
    const answers = await parallel(20, (index) => shop.refund(id, { amount: 600, reason: 'broken' }, `${id}-${index}`));
    expect(tally(answers)).toEqual({ 201: 1, '409 amount_not_available': 19 });
    expect((await shop.send('GET', `/payments/${id}`)).body).toMatchObject({
      amountCaptured: 1000,
      amountRefunded: 600,
    });
    expect(await count('refunds', id)).toBe(1);
  });

  test('a refund without key and reference is not begun', async () => {
    const { id } = await shop.pay();
    const answer = await changesNothing(tollgate.database, () => shop.refund(id, { reason: 'broken' }));
    expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency_required' } });
  });

  test('of cancel and confirm at once the payment ends as one of the two says', async () => {
    const ends = await parallel(20, async (index) => {
      const { id } = (await shop.create()).body;
      const confirm = () => shop.confirm(id, 'tok_no_ipn');
      const cancel = () => shop.send('POST', `/payments/${id}/cancel`);
      const acts = index % 2 === 0 ? [confirm(), cancel()] : [cancel(), confirm()];
      const answers = await Promise.all(acts);
      const { status, amountCaptured } = (await shop.send('GET', `/payments/${id}`)).body;
      expect(answers.filter((answer) => answer.status === 200).length, JSON.stringify(tally(answers))).toBe(1);
      expect(answers.filter((answer) => answer.status === 409)).toHaveLength(1);
      if (status === 'canceled') expect([amountCaptured, await count('attempts', id)]).toEqual([0, 0]);
      else expect([status, amountCaptured, await count('captures', id)]).toEqual(['succeeded', 1250, 1]);
      return status;
    });
    expect(ends).toHaveLength(20);
  });
});
