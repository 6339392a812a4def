import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import { openStatementDesk, type StatementDesk } from '../support/statement-desk.ts';

let clock: ManualClock;
let tollgate: Installation;
let desk: StatementDesk;
beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  desk = await openStatementDesk(tollgate, () => clock.now());
});
afterEach(() => desk.expectSound());
afterAll(() => tollgate.close());

const settlementOf = async (captureId: string) => (await desk.get(`/captures/${captureId}`)).settlement;
let refs = 0;
const ref = () => `L-${refs++}`;

describe('a line is about the operation', () => {
  test('that it names by our id, and its fee is booked once', async () => {
    const { captureId } = await desk.pay(5000);
    const lineRef = ref();
    const line = { line_ref: lineRef, kind: 'charge', gross: 5000, fee: 100, net: 4900, operation_id: captureId };
    const statement = await desk.upload([line]);
    expect(await settlementOf(captureId)).toEqual({
      ...{ gross: 5000, fee: 100, net: 4900, statementId: statement.id, settledAt: clock.now().toString() },
    });
    expect(await desk.transfersOf(await desk.lineIdOf(lineRef))).toEqual(['fee 100']);
    expect((await desk.get(`/statements/${statement.id}/lines`)).data).toMatchObject([
      { lineRef, state: 'matched', subject: { type: 'capture', id: captureId } },
    ]);
  });

  test('of the attempt that it names, also where an attempt has several', async () => {
    const { id } = (await desk.merchant.create({ amount: 3000, captureMethod: 'manual' })).body;
    await desk.merchant.confirm(id, 'tok_no_ipn');
    const capture = async (amount: number, final: boolean) =>
      (await desk.merchant.send('POST', `/payments/${id}/capture`, { body: { amount, final } })).body.id;
    const [small, large] = [await capture(1000, false), await capture(2000, true)];
    const attempt = (await desk.get(`/payments/${id}`)).latestAttempt.id;
    const line = { kind: 'charge', attempt_id: attempt };
    await desk.upload([
      { ...line, line_ref: ref(), gross: 2000 },
      { ...line, line_ref: ref(), gross: 1000 },
    ]);
    expect([(await settlementOf(small)).gross, (await settlementOf(large)).gross]).toEqual([1000, 2000]);
  });

  test('that the provider names, as far as it lies in this account', async () => {
    const { paymentId } = await desk.pay();
    const refund = await desk.merchant.refund(paymentId, { amount: 300, reason: 'Sent back' }, ref());
    const [row] = await tollgate.database.run<{ ref: string }>(
      'select provider_ref as ref from refunds where refund_id = $1',
      [refund.body.id],
    );
    await desk.upload([{ line_ref: ref(), kind: 'refund', gross: -300, operation_ref: row?.ref ?? '' }]);
    expect((await desk.get(`/refunds/${refund.body.id}`)).settlement).toMatchObject({ gross: -300, fee: 0, net: -300 });
  });
});

describe('a line that comes again', () => {
  test('with the same file is the same statement, and in another one the same line', async () => {
    const { captureId } = await desk.pay();
    const line = { line_ref: ref(), kind: 'charge', gross: 1250, fee: 20, operation_id: captureId };
    const first = await desk.send([line]);
    const second = await desk.send([line]);
    expect(second.body.id).toBe(first.body.id);
    const { captureId: other } = await desk.pay();
    const more = { line_ref: ref(), kind: 'charge', gross: 1250, fee: 20, operation_id: other };
    expect(await desk.upload([line, more])).toMatchObject({ lines: 2, linesNew: 1 });
    expect(await desk.transfersOf(await desk.lineIdOf(line.line_ref))).toEqual(['fee 20']);
    expect((await settlementOf(captureId)).statementId).toBe(first.body.id);
  });

  test('and says something else of money is a conflict, and its first word counts', async () => {
    const { captureId } = await desk.pay();
    const line = { line_ref: ref(), kind: 'charge', gross: 1250, operation_id: captureId };
    await desk.upload([line]);
    await desk.upload([{ ...line, gross: 1205 }]);
    const lineId = await desk.lineIdOf(line.line_ref);
    expect(await desk.kindsOf(lineId)).toEqual(['conflicting_line open']);
    expect((await settlementOf(captureId)).gross).toBe(1250);
  });
});

describe('a difference has a name', () => {
  test('missing_here: a line of nothing known here', async () => {
    const lineRef = ref();
    await desk.upload([{ line_ref: lineRef, kind: 'charge', gross: 999, fee: 9, operation_ref: 'ch_of_nobody' }]);
    const lineId = await desk.lineIdOf(lineRef);
    expect(await desk.kindsOf(lineId)).toEqual(['missing_here open']);
    expect(await desk.transfersOf(lineId)).toEqual([]);
  });

  test('amount: the sum of the lines is not what is booked, until another line makes it right', async () => {
    const { captureId, paymentId } = await desk.pay(2000);
    const line = { kind: 'charge', gross: 1200, operation_id: captureId };
    await desk.upload([{ ...line, line_ref: ref() }]);
    const [exception] = await desk.exceptions(`&paymentId=${paymentId}`);
    expect(exception).toMatchObject({
      ...{ kind: 'amount', state: 'open', difference: 800, subject: { type: 'capture', id: captureId } },
      ...{ here: { amount: 2000, currency: 'EUR', status: 'succeeded' } },
      ...{ there: { gross: 1200, fee: 0, net: 1200, currency: 'EUR' } },
    });
    expect(await settlementOf(captureId)).toBeNull();
    await desk.upload([{ ...line, gross: 800, line_ref: ref() }]);
    expect(await desk.exceptions(`&paymentId=${paymentId}`)).toMatchObject([
      { id: exception.id, state: 'resolved', resolution: 'matched_later', resolvedBy: 'gateway', difference: 0 },
    ]);
    expect((await settlementOf(captureId)).gross).toBe(2000);
  });

  test('duplicate: a second line for one operation, whose fee is not booked', async () => {
    const { captureId } = await desk.pay();
    const [first, second] = [ref(), ref()];
    const line = { kind: 'charge', gross: 1250, fee: 25, operation_id: captureId };
    await desk.upload([
      { ...line, line_ref: first },
      { ...line, line_ref: second },
    ]);
    const lines = [await desk.lineIdOf(first), await desk.lineIdOf(second)];
    const kinds = await Promise.all(lines.map((lineId) => desk.kindsOf(lineId)));
    expect(kinds.flat()).toEqual(['duplicate open']);
    const booked = await Promise.all(lines.map((lineId) => desk.transfersOf(lineId)));
    expect(booked.flat()).toEqual(['fee 25']);
    expect((await settlementOf(captureId)).gross).toBe(1250);
    await desk.upload([{ line_ref: ref(), kind: 'adjustment', gross: -1250, fee: -25, operation_id: captureId }]);
    const later = await Promise.all(lines.map((lineId) => desk.kindsOf(lineId)));
    expect(later.flat()).toEqual(['duplicate matched_later']);
    expect((await settlementOf(captureId)).gross).toBe(1250);
  });

  test('currency: money of another currency confirms nothing', async () => {
    const { captureId } = await desk.pay();
    const lineRef = ref();
    await desk.upload([{ line_ref: lineRef, kind: 'charge', gross: 1250, currency: 'USD', operation_id: captureId }]);
    expect(await desk.kindsOf(await desk.lineIdOf(lineRef))).toEqual(['currency open']);
    expect(await settlementOf(captureId)).toBeNull();
  });

  test('status: a line of a payment that was declined here', async () => {
    const { id } = (await desk.merchant.create()).body;
    await desk.merchant.confirm(id, 'tok_decline_fraud');
    const attempt = (await desk.get(`/payments/${id}`)).latestAttempt.id;
    const lineRef = ref();
    await desk.upload([{ line_ref: lineRef, kind: 'charge', gross: 1250, attempt_id: attempt }]);
    expect(await desk.kindsOf(await desk.lineIdOf(lineRef))).toEqual(['status open']);
    expect(await desk.get(`/payments/${id}`)).toMatchObject({ amountCaptured: 0 });
  });

  test('fee: a sum that does not come out', async () => {
    const { captureId } = await desk.pay();
    const lineRef = ref();
    const line = { line_ref: lineRef, kind: 'charge', gross: 1250, fee: 25, net: 1226, operation_id: captureId };
    await desk.upload([line]);
    expect(await desk.kindsOf(await desk.lineIdOf(lineRef))).toEqual(['fee open']);
    expect(await settlementOf(captureId)).toBeNull();
  });

  test('fee: not what the account says a charge costs, though the charge is settled', async () => {
    const path = `/provider-accounts/${desk.providerAccountId}/reconciliation`;
    const settings = { expectedFee: { basisPoints: 150, fixed: 25, tolerance: 1 } };
    expect((await desk.merchant.send('PATCH', path, { body: settings })).status).toBe(200);
    expect(await desk.get(path)).toMatchObject({ ...settings, missingAfterDays: 5, listing: 'daily' });
    const [right, wrong] = [await desk.pay(1250), await desk.pay(1250)];
    const line = { kind: 'charge', gross: 1250 };
    await desk.upload([
      { ...line, line_ref: ref(), fee: 43, operation_id: right.captureId },
      { ...line, line_ref: ref(), fee: 60, operation_id: wrong.captureId },
    ]);
    expect(await desk.kindsOf(right.captureId)).toEqual([]);
    expect(await desk.kindsOf(wrong.captureId)).toEqual(['fee open']);
    expect((await settlementOf(wrong.captureId)).fee).toBe(60);
    await desk.merchant.send('PATCH', path, { body: { expectedFee: null } });
    await desk.turn();
    expect(await desk.kindsOf(wrong.captureId)).toEqual(['fee matched_later']);
  });
});

describe('what is still under way here', () => {
  test('is waited for, and settled once it is known', async () => {
    const { id } = (await desk.merchant.create()).body;
    await desk.merchant.confirm(id, 'tok_pending_then_approve');
    const attempt = (await desk.get(`/payments/${id}`)).latestAttempt.id;
    const lineRef = ref();
    await desk.upload([{ line_ref: lineRef, kind: 'charge', gross: 1250, attempt_id: attempt }]);
    const lineId = await desk.lineIdOf(lineRef);
    expect(await desk.kindsOf(lineId)).toEqual([]);
    clock.advance({ seconds: 5 });
    await tollgate.sandbox.tick();
    await desk.merchant.send('POST', `/payments/${id}/sync`, { body: {} });
    expect(await desk.get(`/payments/${id}`)).toMatchObject({ status: 'succeeded' });
    await desk.turn();
    const [capture] = await tollgate.database.run<{ id: string }>(
      'select capture_id as id from captures where payment_id = $1',
      [id],
    );
    expect((await settlementOf(capture?.id ?? '')).gross).toBe(1250);
    expect(await desk.kindsOf(lineId)).toEqual([]);
  });
});

describe('money that is of no payment', () => {
  test('fees, payouts and what comes back of them are booked as what they are, once', async () => {
    const [fee, back, paid, returned] = [ref(), ref(), ref(), ref()];
    const payoutRef = `po-${ref()}`;
    await desk.upload([
      { line_ref: fee, kind: 'fee', gross: -500 },
      { line_ref: back, kind: 'fee', gross: 120 },
      { line_ref: paid, kind: 'payout', gross: -700, payout_ref: payoutRef },
    ]);
    const find = async () =>
      (await desk.get('/payouts?limit=100')).data.find((one: { providerRef: string }) => one.providerRef === payoutRef);
    expect(await find()).toMatchObject({ amount: 700, status: 'paid', returnedAt: null });
    await desk.upload([{ line_ref: returned, kind: 'payout', gross: 700, payout_ref: payoutRef }]);
    expect(await find()).toMatchObject({ amount: 700, status: 'returned' });
    const transfers = async (line: string) => desk.transfersOf(await desk.lineIdOf(line));
    expect(await transfers(fee)).toEqual(['fee 500']);
    expect(await transfers(back)).toEqual(['fee_returned 120']);
    expect(await transfers(paid)).toEqual(['payout 700']);
    expect(await transfers(returned)).toEqual(['payout_returned 700']);
  });
});
