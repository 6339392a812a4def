import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { evidencePlace } from '../../src/disputes/evidence.ts';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { dumpDatabase, spellingsOf } from '../support/database-dump.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { type MoneyWatch, watchMoney } from '../support/money-watch.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';

let clock: ManualClock;
let tollgate: Installation;
let shop: PaymentWatch;
let money: MoneyWatch;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  shop = watchPayments(tollgate);
  money = watchMoney(tollgate);
});
afterEach(() => money.expectSound());
afterAll(() => tollgate.close());

const TEXT = 'The parcel was delivered.\r\n\tSigned by the payer “A. Nkosi”, 東京.';

async function later(seconds: number) {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}
const read = async (id: string) => (await shop.merchant.send('GET', `/disputes/${id}`)).body;
const untilStatus = (id: string, status: string) =>
  until(async () => {
    const dispute = await read(id);
    return dispute.status === status && dispute;
  });
const submit = (id: string, body: unknown = { text: TEXT }, idempotencyKey?: string) =>
  shop.merchant.send('POST', `/disputes/${id}/evidence`, {
    body,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
const evidenceOf = async (id: string) => (await shop.merchant.send('GET', `/disputes/${id}/evidence`)).body.data;
const list = async (query: string) => (await shop.merchant.send('GET', `/disputes?${query}`)).body;

/** A paid payment that its payer has just disputed, as far as the tenant knows. */
async function disputed(token = 'tok_dispute_won') {
  const { id: paymentId } = await shop.create({ amount: 5000 });
  await shop.confirm(paymentId, token);
  await later(2);
  const dispute = await until(async () => (await list(`paymentId=${paymentId}`)).data[0]);
  return { paymentId: String(paymentId), id: String(dispute.id), dispute };
}

async function disputeEvents(paymentId: string) {
  return (await shop.eventTypes(paymentId)).filter((type) => type.startsWith('dispute.'));
}

test('a dispute takes the money when the provider does, and leaves the payment as it is', async () => {
  const { paymentId, id, dispute } = await disputed();
  expect(dispute).toMatchObject({ object: 'dispute', paymentId, amount: 5000, currency: 'EUR', status: 'opened' });
  expect(dispute).toMatchObject({ amountWithdrawn: 5000, amountReinstated: 0, reason: 'fraudulent' });
  expect(Temporal.Instant.from(dispute.evidenceDueAt).since(clock.now()).total('seconds')).toBe(60);
  expect(await read(id)).toEqual(dispute);
  expect(await shop.read(paymentId)).toMatchObject({ status: 'succeeded', amountCaptured: 5000, amountRefunded: 0 });
  expect(await disputeEvents(paymentId)).toEqual(['dispute.funds_withdrawn', 'dispute.opened']);
  expect(await money.transfers(paymentId)).toEqual(['capture 5000', 'dispute_withdrawn 5000']);
});

test('evidence puts it under review, and what was withdrawn comes back when it is won', async () => {
  const { paymentId, id } = await disputed();
  const { status, body, text } = await submit(id);
  expect(status, text).toBe(201);
  expect(body).toMatchObject({ object: 'dispute_evidence', disputeId: id, status: 'submitted', failureCode: null });
  expect(await read(id)).toMatchObject({ status: 'under_review', amountReinstated: 0 });
  expect(await evidenceOf(id)).toEqual([body]);
  await later(2);
  expect(await untilStatus(id, 'won')).toMatchObject({ amountWithdrawn: 5000, amountReinstated: 5000 });
  expect(await disputeEvents(paymentId)).toEqual([
    'dispute.funds_reinstated',
    'dispute.funds_withdrawn',
    'dispute.opened',
    'dispute.updated',
    'dispute.won',
  ]);
  expect(await money.transfers(paymentId)).toEqual([
    'capture 5000',
    'dispute_reinstated 5000',
    'dispute_withdrawn 5000',
  ]);
});

test('a lost dispute moves no more money, and takes no more evidence', async () => {
  const { paymentId, id } = await disputed('tok_dispute_lost');
  await submit(id);
  await later(2);
  expect(await untilStatus(id, 'lost')).toMatchObject({ amountWithdrawn: 5000, amountReinstated: 0 });
  expect(await disputeEvents(paymentId)).toContain('dispute.lost');
  expect(await money.transfers(paymentId)).toEqual(['capture 5000', 'dispute_withdrawn 5000']);
  const answer = await submit(id, { text: 'One thing more.' });
  expect([answer.status, answer.body.code]).toEqual([409, 'state_conflict']);
  expect(await evidenceOf(id)).toHaveLength(1);
});

test('who says nothing until evidence is due has lost', async () => {
  const { id } = await disputed();
  await later(60);
  await untilStatus(id, 'lost');
  expect((await submit(id)).body.code).toBe('state_conflict');
  expect(await evidenceOf(id)).toEqual([]);
});

test('after its due date evidence is refused, whatever the provider has said by then', async () => {
  const { id } = await disputed();
  const [due] = await tollgate.database.run<{ at: string }>(
    `update disputes set evidence_due_at = evidence_due_at - interval '61 seconds' where dispute_id = $1
     returning to_char(evidence_due_at, 'YYYY-MM-DD') as at`,
    [id],
  );
  const answer = await submit(id);
  expect([answer.status, answer.body.code]).toEqual([409, 'state_conflict']);
  expect(answer.body.detail).toContain(`due until ${due?.at}`);
});

test('an inquiry takes no money, and can be answered', async () => {
  const { paymentId, id, dispute } = await disputed('tok_dispute_inquiry');
  expect(dispute).toMatchObject({ status: 'inquiry', amountWithdrawn: 0, evidenceDueAt: null });
  expect((await submit(id)).body).toMatchObject({ status: 'submitted' });
  await later(2);
  expect(await untilStatus(id, 'won')).toMatchObject({ amountWithdrawn: 0, amountReinstated: 0 });
  expect(await disputeEvents(paymentId)).toEqual(['dispute.opened', 'dispute.updated', 'dispute.won']);
  expect(await money.transfers(paymentId)).toEqual(['capture 5000']);
});

test('an inquiry that nobody answers ends by itself', async () => {
  const { paymentId, id } = await disputed('tok_dispute_inquiry');
  await later(4);
  await untilStatus(id, 'won');
  expect(await disputeEvents(paymentId)).toEqual(['dispute.opened', 'dispute.won']);
});

test('disputes are listed newest first, in pages, by payment, by status and by what is due', async () => {
  const first = await disputed();
  const second = await disputed('tok_dispute_inquiry');
  const page = await list('limit=1');
  expect(page).toMatchObject({ data: [{ id: second.id }], hasMore: true, nextCursor: second.id });
  expect((await list(`limit=1&cursor=${page.nextCursor}`)).data).toMatchObject([{ id: first.id }]);
  const ids = async (query: string) => (await list(query)).data.map(({ id }: { id: string }) => id);
  expect(await ids(`paymentId=${first.paymentId}`)).toEqual([first.id]);
  expect(await ids('status=inquiry&limit=1')).toEqual([second.id]);
  expect(await ids(`paymentId=${second.paymentId}&status=opened`)).toEqual([]);
  const due = Temporal.Instant.from(first.dispute.evidenceDueAt);
  expect(await ids(`paymentId=${first.paymentId}&evidenceDueBefore=${due}`)).toEqual([]);
  const after = due.add({ milliseconds: 1 });
  expect(await ids(`paymentId=${first.paymentId}&evidenceDueBefore=${after}`)).toEqual([first.id]);
  expect(await ids(`paymentId=${second.paymentId}&evidenceDueBefore=${after}`)).toEqual([]);
});

describe('the text of evidence', () => {
  test('is kept sealed and whole, and shown nowhere', async () => {
    const { id } = await disputed();
    const { body, text } = await submit(id, { text: TEXT }, `seal-${id}`);
    const stored = (await dumpDatabase(tollgate.database)).map((value) => value.text);
    const shown = [text, JSON.stringify(await evidenceOf(id)), ...stored, ...tollgate.logLines].join('\n');
    expect(shown).toContain(body.id);
    for (const spelling of spellingsOf('Nkosi')) expect(shown).not.toContain(spelling);
    const [row] = await tollgate.database.run<{ sealed: Buffer }>(
      'select text_sealed as sealed from dispute_evidence where evidence_id = $1',
      [body.id],
    );
    const sealed = row?.sealed ?? Buffer.alloc(0);
    const { tenantId } = tollgate.tenant.tenant;
    const { sealer } = tollgate.tollgate.gateway.payments;
    const place = evidencePlace({ tenantId, evidenceId: body.id });
    expect(String(await sealer.open(place, sealed))).toBe(TEXT);
  });

  test.each([
    ['empty', '', 'validation_failed'],
    ['longer than 20,000 characters', 'x'.repeat(20_001), 'validation_failed'],
    ['with a control character', 'signed\u0007for', 'validation_failed'],
    ['with a turned direction', 'signed \u202Efor', 'validation_failed'],
    ['with a card number', 'Paid by 4111 1111\n1111 1111.', 'card_number_not_allowed'],
  ])('is refused: %s', async (_, text, code) => {
    const { id } = await disputed();
    const answer = await submit(id, { text });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(answer.body.errors).toMatchObject([{ pointer: '/text' }]);
    expect(await evidenceOf(id)).toEqual([]);
  });

  test('may have 20,000 characters of several bytes each', async () => {
    const { id } = await disputed();
    expect((await submit(id, { text: '東\n'.repeat(10_000) })).body).toMatchObject({ status: 'submitted' });
  });
});

test('the same Idempotency-Key submits once, also when sent twenty times at once', async () => {
  const { id } = await disputed();
  const key = `storm-${id}`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => submit(id, { text: TEXT }, key)));
  const done = answers.filter(({ status }) => status === 201);
  expect(new Set(done.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)).toEqual(
    Array(20 - done.length).fill('idempotency_in_progress'),
  );
  const again = await submit(id, { text: TEXT }, key);
  expect([again.status, again.headers['idempotency-replayed'], again.body.id]).toEqual([201, 'true', done[0]?.body.id]);
  expect((await submit(id, { text: 'Another' }, key)).body.code).toBe('idempotency_key_reused');
  expect(await evidenceOf(id)).toHaveLength(1);
});

test('of ten at the same instant one is submitted; the others are in its way or refused by the bank', async () => {
  const { paymentId, id } = await disputed();
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => submit(id, { text: `Account ${index}` })));
  const told = answers.map(({ status, body }) => (status === 201 ? body.status : body.code));
  expect(told.filter((one) => one === 'submitted')).toHaveLength(1);
  for (const one of told) expect(['submitted', 'refused', 'state_conflict']).toContain(one);
  expect(await disputeEvents(paymentId)).toEqual(['dispute.funds_withdrawn', 'dispute.opened', 'dispute.updated']);
});

test('what the bank refuses is told with its code', async () => {
  const { id } = await disputed();
  const first = await submit(id);
  clock.advance({ milliseconds: 1 });
  const second = await submit(id, { text: 'One thing more.' });
  expect([second.status, second.body.status, second.body.failureCode]).toEqual([201, 'refused', 'state_conflict']);
  expect(await evidenceOf(id)).toEqual([second.body, first.body]);
  expect(await read(id)).toMatchObject({ status: 'under_review' });
});

test("another tenant's dispute looks like none, and nothing moves", async () => {
  const { paymentId, id } = await disputed();
  const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
  const answers = await Promise.all([
    stranger.send('GET', `/disputes/${id}`),
    stranger.send('GET', `/disputes/${id}/evidence`),
    stranger.send('POST', `/disputes/${id}/evidence`, { body: { text: TEXT }, idempotencyKey: 'foreign' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  expect(await evidenceOf(id)).toEqual([]);
  expect(await read(id)).toMatchObject({ status: 'opened' });
  expect((await stranger.send('GET', `/disputes?paymentId=${paymentId}`)).body.data).toEqual([]);
});
