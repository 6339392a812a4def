import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/api-client.ts';
import { merchantOf } from '../support/merchant.ts';
import { parallel, tally } from '../support/parallel.ts';
import { openQrCounter, type QrCounter } from '../support/qr-counter.ts';
import { changesNothing } from '../support/table-fingerprint.ts';

let counter: QrCounter;

beforeAll(async () => {
  counter = await openQrCounter();
});
afterAll(() => counter?.close());

const bill = () => counter.show({ kind: 'dynamic' });
const scan = ({ id }: Answer['body'], body: object = {}, idempotencyKey?: string) =>
  counter.shop.send('POST', `/qr-codes/${id}/scan`, {
    body,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });

describe('a played scan', () => {
  test('makes the payment of the code, paid as the token says', async () => {
    const code = await counter.show();
    const paid = await scan(code, { token: 'tok_no_ipn', customer: { name: 'Ada' } });
    expect(paid, paid.text).toMatchObject({
      status: 201,
      body: { status: 'succeeded', amount: 1250, reference: `${code.reference}-1`, customer: { name: 'Ada' } },
    });
    const declined = await scan(code, { token: 'tok_decline_insufficient_funds' });
    expect(declined.body).toMatchObject({
      ...{ status: 'created', reference: `${code.reference}-2` },
      latestAttempt: { state: 'declined', failureCode: 'insufficient_funds' },
    });
    expect(await counter.read(code)).toMatchObject({ usesMade: 2, latestPaymentId: declined.body.id });
  });

  test('without a token waits at the page of the payment', async () => {
    const { body } = await scan(await bill());
    expect(body).toMatchObject({ status: 'created', latestAttempt: null });
    expect((await counter.shop.send('GET', `/checkout-sessions/${body.checkoutToken}`)).body.paymentId).toBe(body.id);
    expect(body.paymentUrl).toContain(body.checkoutToken);
  });

  test('tells the tenant which code it was by the order of the payment’s events', async () => {
    const code = await counter.show();
    const { body } = await scan(code, { token: 'tok_no_ipn' });
    const events = (await counter.shop.send('GET', `/events?paymentId=${body.id}`)).body.data;
    expect(events.map(({ type }: { type: string }) => type)).toContain('payment.succeeded');
    const ofPayment = events.filter(({ type }: { type: string }) => type.startsWith('payment.'));
    for (const event of ofPayment) expect(event.data.object).toMatchObject({ orderId: code.reference });
  });

  test('finds a bill’s payment again, to try another time, until it is paid', async () => {
    const code = await bill();
    const declined = await scan(code, { token: 'tok_decline_fraud' });
    const paid = await scan(code, { token: 'tok_no_ipn' });
    expect([paid.body.id, paid.body.status]).toEqual([declined.body.id, 'succeeded']);
    for (const body of [{}, { token: 'tok_no_ipn' }]) {
      expect(await scan(code, body)).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    }
    expect(await counter.paymentsOf(code)).toHaveLength(1);
  });

  test.each([
    ['no amount', { amount: undefined, amountEditable: true }, {}],
    ['an amount below the least', { amount: undefined, amountEditable: true, amountMin: 500 }, { amount: 499 }],
    ['an amount above the most', { amount: undefined, amountEditable: true, amountMax: 500 }, { amount: 501 }],
    ['another amount than the fixed one', {}, { amount: 1 }],
  ])('with %s is refused, and takes no use', async (_what, fields, body) => {
    const code = await counter.show(fields);
    const answer = await changesNothing(counter.tollgate.database, () => scan(code, body));
    expect(answer, answer.text).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount' }] } });
  });

  test('is paid with what the shopper enters', async () => {
    const code = await counter.show({ amountEditable: true });
    expect((await scan(code, { amount: 99, token: 'tok_no_ipn' })).body).toMatchObject({ amount: 99 });
    expect((await scan(code, { token: 'tok_no_ipn' })).body).toMatchObject({ amount: 1250 });
  });

  test('is for test mode alone, and live codes stay as they are', async () => {
    const { apiUrl, tenant } = counter.tollgate;
    const live = merchantOf(apiUrl, tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    const { body: code } = await live.send('POST', '/qr-codes', { body: { amount: 1 } });
    const answer = await changesNothing(counter.tollgate.database, () =>
      live.send('POST', `/qr-codes/${code.id}/scan`, { body: { token: 'tok_no_ipn' } }),
    );
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

describe('S2.9 a played scan under an Idempotency-Key', () => {
  test('happens once and gets its first answer again, byte for byte', async () => {
    const code = await counter.show();
    const first = await scan(code, { token: 'tok_no_ipn' }, 'scan-once');
    const again = await changesNothing(counter.tollgate.database, () =>
      scan(code, { token: 'tok_no_ipn' }, 'scan-once'),
    );
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect([first, again].map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, 'true']);
    const other = await scan(code, { token: 'tok_approve' }, 'scan-once');
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
    expect(await counter.read(code)).toMatchObject({ usesMade: 1 });
  });

  test('twenty times at once makes one payment and one attempt', async () => {
    const code = await counter.show();
    const answers = await parallel(20, () => scan(code, { token: 'tok_no_ipn' }, 'scan-20'));
    expect(['201', '409 idempotency_in_progress']).toEqual(expect.arrayContaining(Object.keys(tally(answers))));
    expect(await counter.paymentsOf(code)).toHaveLength(1);
    const settled = await scan(code, { token: 'tok_no_ipn' }, 'scan-20');
    expect(settled).toMatchObject({ status: 201, body: { status: 'succeeded' } });
    const [row] = await counter.tollgate.database.run<{ count: bigint }>(
      'select count(*) from attempts where payment_id = $1',
      [settled.body.id],
    );
    expect(Number(row?.count)).toBe(1);
  });

  test('is finished by the repeat where it stopped after its use was taken', async () => {
    const code = await counter.show();
    const lost = await scan(code, { token: 'tok_no_ipn' }, 'scan-lost');
    const { database } = counter.tollgate;
    // As a crash before the answer was kept leaves it; what was confirmed is not confirmed again.
    await database.run(
      `update idempotency_keys set state = 'running', answer_status = null, answer_sealed = null
       where route = 'scanQrCode' and idempotency_key = 'scan-lost'`,
    );
    await database.run('update qr_code_uses set payment_id = null where qr_code_id = $1', [code.id]);
    const again = await scan(code, { token: 'tok_no_ipn' }, 'scan-lost');
    expect(again, again.text).toMatchObject({ status: 201, body: { id: lost.body.id, status: 'succeeded' } });
    expect(await counter.read(code)).toMatchObject({ usesMade: 1, latestPaymentId: lost.body.id });
    expect(await counter.paymentsOf(code)).toHaveLength(1);
  });
});

test('a bill that is played by ten at the same instant is paid once', async () => {
  const code = await bill();
  const answers = await parallel(10, () => scan(code, { token: 'tok_no_ipn' }));
  const kinds = Object.keys(tally(answers));
  expect(['201', '409 attempt_in_progress', '409 state_conflict']).toEqual(expect.arrayContaining(kinds));
  expect(await counter.paymentsOf(code)).toMatchObject([{ amountCaptured: 1250 }]);
});
