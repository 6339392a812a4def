import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import { openStatementDesk, type StatementDesk } from '../support/statement-desk.ts';
import { fingerprintTables, untilQuiet } from '../support/table-fingerprint.ts';

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

let refs = 0;
const ref = () => `X-${refs++}`;
const charge = (captureId: string, gross = 1250) => ({
  ...{ line_ref: ref(), kind: 'charge', gross, fee: 20, operation_id: captureId },
});
const settlementOf = async (captureId: string) => (await desk.get(`/captures/${captureId}`)).settlement;

/** A statement whose only line is of now, so that statements reach up to now. */
const reachNow = () => desk.upload([{ line_ref: ref(), kind: 'fee', gross: -1 }]);
const days = (count: number) => clock.advance({ hours: 24 * count });

async function refund(paymentId: string, amount: number): Promise<string> {
  const answer = await desk.merchant.refund(paymentId, { amount, reason: 'Sent back' }, ref());
  expect(answer.body.status, answer.text).toBe('succeeded');
  return answer.body.id;
}

describe('missing_there', () => {
  test('is what no statement has although they reach days beyond it, and ends with the line', async () => {
    await reachNow();
    clock.advance({ seconds: 1 });
    const { captureId, paymentId } = await desk.pay();
    const refundId = await refund(paymentId, 250);
    days(5);
    await reachNow();
    expect(await desk.kindsOf(captureId)).toEqual([]);
    clock.advance({ seconds: 1 });
    await reachNow();
    expect(await desk.kindsOf(captureId)).toEqual(['missing_there open']);
    expect(await desk.kindsOf(refundId)).toEqual(['missing_there open']);
    const told = await desk.get(`/events?paymentId=${paymentId}&type=reconciliation.mismatch`);
    expect(told.data).toHaveLength(2);
    await reachNow();
    await desk.upload([charge(captureId), { line_ref: ref(), kind: 'refund', gross: -250, operation_id: refundId }]);
    expect(await desk.kindsOf(captureId)).toEqual(['missing_there matched_later']);
    expect(await desk.kindsOf(refundId)).toEqual(['missing_there matched_later']);
    expect((await settlementOf(captureId)).gross).toBe(1250);
  });

  test('is nothing that is young, was declined, or came before the first statement', async () => {
    const { captureId } = await desk.pay();
    days(4);
    await reachNow();
    expect(await desk.kindsOf(captureId)).toEqual([]);
    await desk.upload([charge(captureId)]);
  });

  test('is not what was reversed, as long as no statement has a word of it', async () => {
    const path = `/provider-accounts/${desk.providerAccountId}`;
    await desk.merchant.send('PATCH', path, { body: { reversalCutOff: { afterSeconds: 86_400 } } });
    const [silent, paid] = [await desk.pay(), await desk.pay()];
    const reverse = async (paymentId: string) =>
      (await desk.merchant.send('POST', `/payments/${paymentId}/reversals`, { body: {} })).body;
    const [, reversal] = [await reverse(silent.paymentId), await reverse(paid.paymentId)];
    await desk.upload([charge(paid.captureId)]);
    days(6);
    await reachNow();
    expect(await desk.kindsOf(silent.captureId)).toEqual([]);
    expect(await desk.kindsOf(reversal.id)).toEqual(['status open']);
    await desk.upload([{ line_ref: ref(), kind: 'refund', gross: -1250, operation_id: reversal.id }]);
    expect(await desk.kindsOf(reversal.id)).toEqual(['status matched_later']);
  });
});

describe('what fails after it was settled', () => {
  test('is a difference once statements reach beyond it, until the provider gives the money back', async () => {
    const { captureId, paymentId } = await desk.pay();
    // The sandbox takes a refund of this amount back two seconds later.
    const refundId = await refund(paymentId, 306);
    await desk.upload([charge(captureId), { line_ref: ref(), kind: 'refund', gross: -306, operation_id: refundId }]);
    expect((await desk.get(`/refunds/${refundId}`)).settlement).toMatchObject({ gross: -306 });
    clock.advance({ seconds: 2 });
    await until(async () => {
      await tollgate.sandbox.tick();
      await desk.merchant.send('POST', `/payments/${paymentId}/sync`, { body: {} });
      return (await desk.get(`/refunds/${refundId}`)).status === 'failed';
    });
    await desk.turn();
    expect(await desk.kindsOf(refundId)).toEqual([]);
    days(6);
    await reachNow();
    expect(await desk.kindsOf(refundId)).toEqual(['status open']);
    expect((await desk.get(`/refunds/${refundId}`)).settlement).toBeNull();
    await desk.upload([{ line_ref: ref(), kind: 'adjustment', gross: 306, operation_id: refundId }]);
    expect(await desk.kindsOf(refundId)).toEqual(['status matched_later']);
    expect((await desk.get(`/refunds/${refundId}`)).settlement).toBeNull();
  });

  test('is contradicted by a later line, and confirmed again by the next', async () => {
    const { captureId } = await desk.pay();
    await desk.upload([charge(captureId)]);
    const correct = (gross: number) =>
      desk.upload([{ line_ref: ref(), kind: 'adjustment', gross, operation_id: captureId }]);
    await correct(-50);
    expect(await settlementOf(captureId)).toBeNull();
    await correct(50);
    expect(await settlementOf(captureId)).toMatchObject({ gross: 1250, fee: 20 });
  });
});

describe('disputes', () => {
  test('are held against what the provider took and gave back, and their costs are booked', async () => {
    const { id } = (await desk.merchant.create({ amount: 5000 })).body;
    await desk.merchant.confirm(id, 'tok_dispute_won');
    clock.advance({ seconds: 2 });
    await tollgate.sandbox.tick();
    const dispute = await until(async () => (await desk.get(`/disputes?paymentId=${id}`)).data[0]);
    const lineRef = ref();
    await desk.upload([
      {
        line_ref: ref(),
        kind: 'charge',
        gross: 5000,
        attempt_id: (await desk.get(`/payments/${id}`)).latestAttempt.id,
      },
      { line_ref: lineRef, kind: 'dispute', gross: -5000, fee: 1500, operation_id: dispute.id },
    ]);
    expect(await desk.kindsOf(dispute.id)).toEqual([]);
    expect(await desk.transfersOf(await desk.lineIdOf(lineRef))).toEqual(['fee 1500']);
    await desk.upload([
      { line_ref: ref(), kind: 'dispute_reversal', gross: 5000, fee: -1500, operation_id: dispute.id },
    ]);
    expect(await desk.kindsOf(dispute.id)).toEqual(['amount open']);
    await desk.merchant.send('POST', `/disputes/${dispute.id}/evidence`, { body: { text: 'It was delivered.' } });
    clock.advance({ seconds: 2 });
    await tollgate.sandbox.tick();
    await until(async () => (await desk.get(`/disputes/${dispute.id}`)).status === 'won');
    await desk.turn();
    expect(await desk.kindsOf(dispute.id)).toEqual(['amount matched_later']);
  });
});

describe('a person decides', () => {
  const resolve = (id: string, idempotencyKey?: string) =>
    desk.merchant.send('POST', `/reconciliation-exceptions/${id}/resolve`, {
      body: { resolution: 'not_ours', note: 'The other shop of this account.' },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });

  test('once, with a note, and nothing is posted by it', async () => {
    const lineRef = ref();
    await desk.upload([{ line_ref: lineRef, kind: 'charge', gross: 777, operation_ref: 'ch_of_others' }]);
    const lineId = await desk.lineIdOf(lineRef);
    const [exception] = await desk.exceptions('&state=open&kind=missing_here');
    expect(exception.subject).toEqual({ type: 'line', id: lineId });
    const first = await resolve(exception.id, 'resolve-1');
    expect(first.body).toMatchObject({
      ...{ id: exception.id, state: 'resolved', resolution: 'not_ours', note: 'The other shop of this account.' },
      ...{ resolvedBy: expect.stringMatching(/^key:/), resolvedAt: clock.now().toString(), difference: -777 },
    });
    expect((await resolve(exception.id, 'resolve-1')).text).toBe(first.text);
    expect(await resolve(exception.id)).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    await desk.turn();
    expect(await desk.kindsOf(lineId)).toEqual(['missing_here not_ours']);
    expect(await desk.transfersOf(lineId)).toEqual([]);
    const [report] = (await desk.get('/reconciliation-reports?currency=EUR')).data;
    expect(report).toMatchObject({ acceptedExceptions: -777, unexplained: 0 });
  });

  test('on an operation, which opens again and is told again when a statement says something else', async () => {
    const { captureId, paymentId } = await desk.pay(2000);
    await desk.upload([charge(captureId, 1500)]);
    const [exception] = await desk.exceptions(`&paymentId=${paymentId}`);
    await resolve(exception.id);
    await desk.turn();
    expect(await desk.kindsOf(captureId)).toEqual(['amount not_ours']);
    await desk.upload([{ line_ref: ref(), kind: 'adjustment', gross: -100, operation_id: captureId }]);
    expect(await desk.exceptions(`&paymentId=${paymentId}`)).toMatchObject([
      { id: exception.id, state: 'open', resolution: null, note: null, difference: 600 },
    ]);
    const told = await desk.get(`/events?paymentId=${paymentId}&type=reconciliation.mismatch`);
    expect(told.data).toHaveLength(2);
  });
});

test('a file with a bad line is refused by line and rule, and nothing of it is written', async () => {
  const { captureId } = await desk.pay();
  await untilQuiet(tollgate.database);
  const before = await fingerprintTables(tollgate.database);
  const answer = await desk.send([charge(captureId), { ...charge(captureId), currency: 'EURO' }]);
  expect(answer).toMatchObject({
    status: 422,
    body: {
      code: 'validation_failed',
      errors: [{ pointer: '/csv', detail: expect.stringMatching(/^Line 3: currency/) }],
    },
  });
  expect(await fingerprintTables(tollgate.database)).toEqual(before);
});
