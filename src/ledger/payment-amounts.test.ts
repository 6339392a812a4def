import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { violatedConstraint } from '../platform/database.ts';
import { captureRow, fresh, paymentRow, refundRow, reversalRow, write } from './ledger-fixture.ts';

let rows: TestDatabase;

beforeAll(async () => {
  rows = await createTestDatabase();
});
afterAll(() => rows.drop());

const refusal = (work: Promise<unknown>) => work.then(() => 'written', violatedConstraint);
const AMOUNTS = 'payments_amounts_check';

/** A payment of which 60.00 of 100.00 were captured and 10.00 refunded. */
async function paid() {
  const payment = paymentRow(fresh('ten'), { amount_captured: 6_000, amount_refunded: 1_000 });
  const capture = captureRow(payment, { amount: 6_000 });
  const refund = refundRow(payment);
  await write(rows, { payments: [payment], captures: [capture], refunds: [refund] });
  return { payment, capture, refund };
}

describe('the amounts of a payment move together with its captures, refunds and reversals, or not at all', () => {
  test.each([
    ['the captured amount', 'amount_captured = 7000'],
    ['the amount of pending captures', 'amount_capture_pending = 1'],
    ['the refunded amount', 'amount_refunded = 999'],
    ['the amount of pending refunds', 'amount_refund_pending = 1'],
  ])('%s alone', async (_, set) => {
    const { payment } = await paid();
    expect(await refusal(write(rows, {}, { payment, set }))).toBe(AMOUNTS);
  });

  test.each(['succeeded', 'pending'])('a capture or a refund that is %s, alone', async (status) => {
    const { payment } = await paid();
    expect(await refusal(write(rows, { captures: [captureRow(payment, { status })] }))).toBe(AMOUNTS);
    expect(await refusal(write(rows, { refunds: [refundRow(payment, { status })] }))).toBe(AMOUNTS);
  });

  test('a reversal that succeeded, alone', async () => {
    const { payment } = await paid();
    expect(await refusal(write(rows, { reversals: [reversalRow(payment)] }))).toBe(AMOUNTS);
    expect(await refusal(write(rows, { reversals: [reversalRow(payment, { status: 'pending' })] }))).toBe('written');
  });

  test.each([
    ['captures', 'capture_id'],
    ['refunds', 'refund_id'],
  ] as const)('the status or the amount of one of the %s, alone', async (table, key) => {
    const made = await paid();
    const id = table === 'captures' ? made.capture[key] : made.refund[key];
    for (const set of ["status = 'failed'", "status = 'pending'", 'amount = amount - 1', 'duplicate = true']) {
      expect(await refusal(rows.run(`update ${table} set ${set} where ${key} = $1`, [id])), set).toBe(AMOUNTS);
    }
  });

  test('a payment that is inserted with a captured amount and without a capture', async () => {
    const payment = paymentRow(fresh('ten'), { amount_captured: 1_000 });
    expect(await refusal(write(rows, { payments: [payment] }))).toBe(AMOUNTS);
  });

  test('both in one statement', async () => {
    const { payment } = await paid();
    const set = 'amount_captured = 7000, amount_refunded = 2000, amount_refund_pending = 500';
    const refunds = [refundRow(payment), refundRow(payment, { amount: 500, status: 'pending' })];
    const written = write(rows, { captures: [captureRow(payment)], refunds }, { payment, set });
    expect(await refusal(written)).toBe('written');
  });

  test('a failed capture and its amount in one statement', async () => {
    const { payment, capture } = await paid();
    const failing = rows.run(
      `with c as (update captures set status = 'failed' where capture_id = $1),
         r as (update refunds set status = 'failed' where payment_id = $2)
       update payments set amount_captured = 0, amount_refunded = 0 where payment_id = $2`,
      [capture.capture_id, payment.payment_id],
    );
    expect(await refusal(failing)).toBe('written');
  });
});

describe('no statement refunds more than was captured, or captures more than was authorized', () => {
  test('also where captures and refunds agree with the payment', async () => {
    const { payment } = await paid();
    const refunds = [refundRow(payment, { amount: 5_001 })];
    const refunding = write(rows, { refunds }, { payment, set: 'amount_refunded = 6001' });
    expect(await refusal(refunding)).toBe('payments_refunded_check');
    const captures = [captureRow(payment, { amount: 4_001 })];
    const capturing = write(rows, { captures }, { payment, set: 'amount_captured = 10001' });
    expect(await refusal(capturing)).toBe('payments_captured_check');
  });

  test('also not by two transactions at once that each see the other as not yet there', async () => {
    const { payment } = await paid();
    const refund = () =>
      write(
        rows,
        { refunds: [refundRow(payment, { amount: 3_000 })] },
        { payment, set: 'amount_refunded = amount_refunded + 3000' },
      );
    const outcomes = await Promise.all([refusal(refund()), refusal(refund())]);
    expect(outcomes.sort()).toEqual(['payments_refunded_check', 'written']);
  });
});

test('refunds of a second success are bounded by its captures, and are not the payment’s', async () => {
  const { payment } = await paid();
  const duplicate = { duplicate: true, amount: 10_000 };
  expect(await refusal(write(rows, { refunds: [refundRow(payment, duplicate)] }))).toBe(AMOUNTS);
  await write(rows, { captures: [captureRow(payment, duplicate)] });
  await write(rows, { refunds: [refundRow(payment, { ...duplicate, amount: 6_000, status: 'pending' })] });
  expect(await refusal(write(rows, { refunds: [refundRow(payment, { ...duplicate, amount: 4_001 })] }))).toBe(AMOUNTS);
  await write(rows, { refunds: [refundRow(payment, { ...duplicate, status: 'failed' })] });
  expect(await refusal(write(rows, { refunds: [refundRow(payment, { ...duplicate, amount: 4_000 })] }))).toBe(
    'written',
  );
});
