import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call, until } from '../support/api-client.ts';
import { type BluesnapTill, openBluesnapTill } from '../support/bluesnap-till.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { parallel } from '../support/parallel.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';

let clock: ManualClock;
let tollgate: Installation;
let shop: PaymentWatch;
let till: BluesnapTill;
/** As `till`, at a BlueSnap that tells nothing by itself. */
let silent: BluesnapTill;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  shop = watchPayments(tollgate);
  till = await openBluesnapTill(shop.merchant, { clock });
  silent = await openBluesnapTill(shop.merchant, { clock, notifies: false });
});
afterAll(async () => {
  await Promise.all([till?.close(), silent?.close()]);
  await tollgate?.close();
});

const PAID_EVENTS = ['capture.succeeded', 'payment.created', 'payment.processing', 'payment.succeeded'];
const NO_MONEY = { decline: 'INSUFFICIENT_FUNDS' };

async function stored(attemptId: string) {
  const [row] = await tollgate.database.run<{ state: string; completion: Buffer | null; tries: number }>(
    'select state, completion_sealed as completion, sync_tries as tries from attempts where attempt_id = $1',
    [attemptId],
  );
  return row;
}

/** The operations BlueSnap was asked for about an attempt, in alphabetical order: the clock stands still. */
async function calls(attemptId: string): Promise<readonly string[]> {
  await tollgate.tollgate.gateway.payments.callRecorder.settled();
  const rows = await tollgate.database.run<{ operation: string }>(
    'select operation from provider_calls where attempt_id = $1 order by operation',
    [attemptId],
  );
  return rows.map(({ operation }) => operation);
}

describe('S2.5 a card at a provider with a second step', () => {
  test('is charged by create, confirm and complete, and the notification afterwards changes nothing', async () => {
    const begun = await till.begin();
    expect(begun.payment).toMatchObject({ status: 'processing', latestAttempt: { state: 'requires_action' } });
    const answer = await till.complete(begun, begun.enter('approve'));
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'succeeded',
      amountCaptured: 1250,
      nextAction: null,
      latestAttempt: { id: begun.attemptId, state: 'captured' },
    });
    await until(async () => till.simulator.notifications.length > 0);
    await untilQuiet(tollgate.database);
    expect(await shop.eventTypes(begun.id)).toEqual(PAID_EVENTS);
    expect(till.charges(begun.attemptId)).toBe(1);
    expect(await calls(begun.attemptId)).toEqual(['complete', 'create']);
  });

  test('is authorized where the tenant captures, then captured and refunded', async () => {
    const begun = await till.begin({ captureMethod: 'manual' });
    expect((await till.complete(begun, begun.enter('approve'))).body.status).toBe('authorized');
    const captured = await shop.merchant.send('POST', `/payments/${begun.id}/capture`, { body: { amount: 1000 } });
    expect(captured.body, captured.text).toMatchObject({ status: 'succeeded', amount: 1000 });
    const refunded = await shop.merchant.refund(begun.id, { reason: 'broken' }, `refund-${begun.id}`);
    expect(refunded.body, refunded.text).toMatchObject({ status: 'succeeded', amount: 1000 });
  });

  test('that is declined counts as a try, and the payment is payable again by a new attempt', async () => {
    const begun = await till.begin({ attemptsMax: 2 });
    const declined = await till.complete(begun, begun.enter(NO_MONEY));
    expect(declined.body).toMatchObject({
      status: 'created',
      latestAttempt: { state: 'declined', failureCode: 'insufficient_funds' },
    });
    const { body } = await shop.merchant.send('POST', `/payments/${begun.id}/confirm`, { body: {} });
    till.simulator.enterCard(body.nextAction.clientSecret, 'approve');
    const clientData = { pfToken: body.nextAction.clientSecret, firstName: 'Ada', lastName: 'Lovelace' };
    expect((await till.complete(begun, clientData)).body).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
    await untilQuiet(tollgate.database);
    expect((await shop.attempts(begun.id)).map(({ state }) => state).sort()).toEqual(['captured', 'declined']);
  });

  test('that is reviewed first is pending, awaits nothing of the shopper, and ends by notification', async () => {
    const begun = await till.begin();
    const data = begun.enter('review');
    const { body } = await till.complete(begun, data);
    expect(body).toMatchObject({ status: 'processing', nextAction: null, latestAttempt: { state: 'pending' } });
    expect((await till.complete(begun, data)).body).toMatchObject({ status: 'processing', version: body.version });
    till.simulator.console.approveReview(begun.attemptId);
    await till.simulator.tick();
    await shop.untilLike(begun.id, { status: 'succeeded' });
  });

  test('comes from the shopper’s own page too, by the token of the payment', async () => {
    const begun = await till.begin();
    const path = `${tollgate.apiUrl}/api/v1/checkout-sessions/${begun.checkoutToken}`;
    expect((await call(path)).body).toMatchObject({ status: 'processing', nextAction: { type: 'client' } });
    const answer = await call(`${path}/complete`, { body: { clientData: begun.enter('approve') } });
    expect(answer.body, answer.text).toMatchObject({ object: 'checkout_session', status: 'succeeded' });
    const rows = await tollgate.database.run(
      `select source from signals where payment_id = $1 and kind = 'completion_started'`,
      [begun.id],
    );
    expect(rows).toEqual([{ source: 'shopper' }]);
  });
});

describe('what the browser brought', () => {
  test('S2.2 stands sealed in the attempt while it is on its way, is gone with the outcome, and is told nobody', async () => {
    const begun = await silent.begin();
    const release = silent.simulator.holdCharges();
    const data = { ...begun.enter('approve'), email: 'ada.lovelace@shopper.example' };
    const asked = silent.complete(begun, data);
    const row = await until(async () => {
      const now = await stored(begun.attemptId);
      return now?.state === 'completing' && now;
    });
    expect(row.completion?.toString('latin1')).not.toMatch(/lovelace|pfToken/i);
    const underWay = await shop.read(begun.id);
    expect(underWay).toMatchObject({ nextAction: null, latestAttempt: { state: 'completing' } });
    release();
    expect((await asked).body).toMatchObject({ status: 'succeeded' });
    expect((await stored(begun.attemptId))?.completion).toBeNull();
    await untilQuiet(tollgate.database);
    await tollgate.tollgate.gateway.payments.callRecorder.settled();
    const told = await tollgate.database.run<{ line: string }>(
      `select to_jsonb(e)::text as line from events e where payment_id = $1
       union all select to_jsonb(s)::text from signals s where payment_id = $1
       union all select to_jsonb(c)::text from provider_calls c where attempt_id = $2`,
      [begun.id, begun.attemptId],
    );
    expect(told.length).toBeGreaterThan(5);
    const said = [...told.map(({ line }) => line), ...tollgate.logLines].join('\n');
    expect(said).not.toMatch(/lovelace|shopper\.example/i);
    expect(said).not.toContain(data.pfToken);
  });

  test.each([
    ['a list', ['a']],
    ['no text', { pfToken: 7 }],
    ['an odd name', { 'pf token': 'x' }],
    ['a control character', { pfToken: 'a\u0007b' }],
    ['a value that is too long', { pfToken: 'x'.repeat(8_193) }],
    ['too many entries', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`n${index}`, 'x']))],
  ])('is refused as %s, and nothing is sent', async (_what, clientData) => {
    const begun = await till.begin();
    const answer = await till.complete(begun, clientData as never);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(answer.body.errors[0].pointer).toMatch(/^\/clientData/);
    expect((await stored(begun.attemptId))?.state).toBe('requires_action');
    expect(await calls(begun.attemptId)).toEqual(['create']);
  });

  test('S2.2 is refused where it holds a card number, which is not repeated', async () => {
    const begun = await till.begin();
    const answer = await till.complete(begun, { number: '4111 1111 1111 1111' });
    expect([answer.status, answer.body.code]).toEqual([422, 'card_number_not_allowed']);
    expect(answer.body.errors).toMatchObject([{ pointer: '/clientData/number' }]);
    // Eight digits of it: four alone stand in every thousandth random id.
    expect(answer.text).not.toMatch(/4111 ?1111/);
    expect((await stored(begun.attemptId))?.state).toBe('requires_action');
  });
});

describe('S2.9 several browsers at once', () => {
  test('with the same data make one charge, and each is answered with the payment', async () => {
    const begun = await till.begin();
    const data = begun.enter('approve');
    const answers = await parallel(12, () => till.complete(begun, data));
    const fates = new Set(answers.map(({ status, body }) => (status === 200 ? 'answered' : body.code)));
    // Who comes after the outcome finds a payment that is paid.
    for (const fate of fates) expect(fate).toBeOneOf(['answered', 'state_conflict']);
    await shop.untilLike(begun.id, { status: 'succeeded', amountCaptured: 1250 });
    await untilQuiet(tollgate.database);
    expect(till.charges(begun.attemptId)).toBe(1);
    expect((await calls(begun.attemptId)).filter((operation) => operation === 'complete')).toHaveLength(1);
    expect(await shop.eventTypes(begun.id)).toEqual(PAID_EVENTS);
  });

  test('with other data while one is in flight: 409, and the card of the first is charged', async () => {
    const begun = await silent.begin();
    const release = silent.simulator.holdCharges();
    const first = begun.enter('approve');
    const asked = silent.complete(begun, first);
    await until(async () => (await stored(begun.attemptId))?.state === 'completing');
    const other = await silent.complete(begun, { ...first, lastName: 'Byron' });
    expect([other.status, other.body.code]).toEqual([409, 'attempt_in_progress']);
    expect(other.body.attemptId).toBe(begun.attemptId);
    const same = await silent.complete(begun, first);
    expect([same.status, same.body.latestAttempt.state]).toEqual([200, 'completing']);
    const cancel = await shop.merchant.send('POST', `/payments/${begun.id}/cancel`);
    expect([cancel.status, cancel.body.code]).toEqual([409, 'attempt_in_progress']);
    release();
    expect((await asked).body.status).toBe('succeeded');
    expect(silent.charges(begun.attemptId)).toBe(1);
  });

  test('a second step in flight is left to its own request by whoever asks meanwhile', async () => {
    const begun = await silent.begin();
    const release = silent.simulator.holdCharges();
    const asked = silent.complete(begun, begun.enter('approve'));
    await until(async () => (await stored(begun.attemptId))?.state === 'completing');
    await shop.merchant.send('POST', `/payments/${begun.id}/sync`);
    expect(await calls(begun.attemptId)).toEqual(['create', 'retrieve']);
    release();
    expect((await asked).body.status).toBe('succeeded');
    expect(await calls(begun.attemptId)).toEqual(['complete', 'create', 'retrieve']);
  });

  test('S0.17 S2.9 under one Idempotency-Key get one answer, byte for byte, for ever', async () => {
    const begun = await till.begin();
    const data = begun.enter('approve');
    const idempotencyKey = `complete-${begun.id}`;
    const answers = await parallel(6, () => till.complete(begun, data, { idempotencyKey }));
    const good = answers.filter(({ status }) => status === 200);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code))).toEqual(
      new Set(answers.length === good.length ? [] : ['idempotency_in_progress']),
    );
    const again = await till.complete(begun, data, { idempotencyKey });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.status).toBe('succeeded');
    for (const { text } of good) expect(text).toBe(again.text);
    const reused = await till.complete(begun, { ...data, zip: '1' }, { idempotencyKey });
    expect(reused.body.code).toBe('idempotency_key_reused');
    expect(till.charges(begun.attemptId)).toBe(1);
  });
});

describe('S2.6 a second step in doubt', () => {
  test.each(['lost', 'bad_gateway', 'truncated'] as const)(
    'whose answer is %s is asked about, and ends as it was at the provider, by one charge',
    async (fault) => {
      const begun = await silent.begin();
      silent.simulator.breakNext('charge', fault);
      const { body } = await silent.complete(begun, begun.enter('approve'));
      expect(body).toMatchObject({ status: 'processing', nextAction: null, latestAttempt: { state: 'unknown' } });
      await shop.untilLike(begun.id, { status: 'succeeded', amountCaptured: 1250 });
      await untilQuiet(tollgate.database);
      expect(silent.charges(begun.attemptId)).toBe(1);
      expect((await stored(begun.attemptId))?.completion).toBeNull();
      expect(await calls(begun.attemptId)).toEqual(['complete', 'create', 'retrieve']);
    },
  );

  test('of which the provider knows nothing is sent again as it was, and never begun anew', async () => {
    const begun = await silent.begin();
    silent.simulator.breakNext('charge', { status: 500, body: '' });
    const { body } = await silent.complete(begun, begun.enter('approve'));
    expect(body.latestAttempt.state).toBe('unknown');
    await shop.untilLike(begun.id, { status: 'succeeded' });
    expect(await calls(begun.attemptId)).toEqual(['complete', 'complete', 'create', 'retrieve']);
    expect(silent.charges(begun.attemptId)).toBe(1);
  });

  test('that was a decline stays one', async () => {
    const begun = await silent.begin();
    silent.simulator.breakNext('charge', 'lost');
    await silent.complete(begun, begun.enter(NO_MONEY));
    await shop.untilLike(begun.id, { status: 'created' });
    expect(await shop.read(begun.id)).toMatchObject({
      latestAttempt: { state: 'declined', failureCode: 'insufficient_funds' },
    });
    expect(await calls(begun.attemptId)).toEqual(['complete', 'complete', 'create', 'retrieve']);
  });

  test('S0.30 keeps its payment from expiring, and is finished after its time', async () => {
    const begun = await silent.begin({ expiresIn: 60 });
    // The question before the charge, and the one after it: nothing is charged, and nobody knows.
    silent.simulator.breakNext('read', 'bad_gateway');
    silent.simulator.breakNext('read', 'bad_gateway');
    const { body } = await silent.complete(begun, begun.enter('approve'));
    expect(body.latestAttempt.state).toBe('unknown');
    await until(async () => (await calls(begun.attemptId)).includes('retrieve'));
    await untilQuiet(tollgate.database);
    clock.advance({ seconds: 61 });
    await shop.untilLike(begun.id, { status: 'succeeded', late: false, amountCaptured: 1250 });
    expect(silent.charges(begun.attemptId)).toBe(1);
  });

  test('is told to operators and explained', async () => {
    const begun = await silent.begin();
    const release = silent.simulator.holdCharges();
    const asked = silent.complete(begun, begun.enter('approve'));
    await until(async () => (await stored(begun.attemptId))?.state === 'completing');
    const { body } = await shop.merchant.send('GET', `/payments/${begun.id}/explain`);
    expect(body.because).toContain('being sent to the provider');
    expect(body.waitingFor).toMatchObject([{ who: 'provider' }]);
    expect(body.doubts).toEqual([]);
    release();
    await asked;
  });
});

describe('a second step that never reached the provider', () => {
  test('is no try: the same attempt can be completed again, also with another card', async () => {
    const begun = await silent.begin({ attemptsMax: 1 });
    silent.simulator.breakNext('charge', 'rate_limited');
    const first = await silent.complete(begun, begun.enter('approve'), { idempotencyKey: `first-${begun.id}` });
    expect(first.body).toMatchObject({
      status: 'processing',
      nextAction: { type: 'client', clientSecret: begun.payment.nextAction.clientSecret },
      latestAttempt: { id: begun.attemptId, state: 'requires_action', failureCode: 'provider_unreachable' },
    });
    expect((await stored(begun.attemptId))?.completion).toBeNull();
    const other = { ...begun.enter('approve'), lastName: 'Byron' };
    const second = await silent.complete(begun, other);
    expect(second.body).toMatchObject({ status: 'succeeded', latestAttempt: { failureCode: null } });
    expect(silent.charges(begun.attemptId)).toBe(1);
    expect((await shop.attempts(begun.id)).length).toBe(1);
  });
});

describe('S0.30 the end of the time to pay', () => {
  test('expires a payment whose shopper never entered a card, and the attempt is canceled', async () => {
    const begun = await silent.begin({ expiresIn: 60 });
    clock.advance({ seconds: 61 });
    await shop.untilLike(begun.id, { status: 'expired' });
    expect((await shop.attempts(begun.id)).map(({ state }) => state)).toEqual(['canceled']);
    const late = await silent.complete(begun, begun.enter('approve'));
    expect([late.status, late.body.code]).toEqual([409, 'state_conflict']);
    expect(silent.charges(begun.attemptId)).toBe(0);
  });

  test('while a charge is in flight leaves it to its answer', async () => {
    const begun = await silent.begin({ expiresIn: 60 });
    const release = silent.simulator.holdCharges();
    const asked = silent.complete(begun, begun.enter('approve'));
    await until(async () => silent.simulator.countRequests('charge') > 0 && (await stored(begun.attemptId)));
    await until(async () => (await stored(begun.attemptId))?.state === 'completing');
    clock.advance({ seconds: 61 });
    await until(async () => (await calls(begun.attemptId)).includes('retrieve'));
    expect(await shop.read(begun.id)).toMatchObject({ status: 'processing' });
    release();
    expect((await asked).body).toMatchObject({ status: 'succeeded', late: false });
    await untilQuiet(tollgate.database);
    expect(silent.charges(begun.attemptId)).toBe(1);
  });

  test('of the provider’s fields ends the attempt, and the payment is payable anew', async () => {
    const begun = await silent.begin({ expiresIn: 86_400 });
    for (const minutes of [1, 1, 2, 6, 16, 61]) {
      await untilQuiet(tollgate.database);
      clock.advance({ minutes });
    }
    await shop.untilLike(begun.id, { status: 'created' });
    expect((await shop.attempts(begun.id)).map(({ state }) => state)).toEqual(['canceled']);
    const again = await shop.merchant.send('POST', `/payments/${begun.id}/confirm`, { body: {} });
    expect(again.body.nextAction.clientSecret).not.toBe(begun.payment.nextAction.clientSecret);
  });
});

test('the page of a payment whose fields are past their time offers to pay anew, with fresh ones', async () => {
  const begun = await silent.begin({ expiresIn: 86_400 });
  expect((await call(begun.paymentUrl)).text).toContain('data-kind="card"');
  clock.advance({ minutes: 61 });
  expect((await call(begun.paymentUrl)).text).toContain('data-kind="choose"');
  await call(`${begun.paymentUrl}/pay`, {
    rawBody: 'method=default',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const page = (await call(begun.paymentUrl)).text;
  expect(page).toContain('data-kind="card"');
  expect(page).not.toContain(begun.payment.nextAction.clientSecret);
  expect((await shop.attempts(begun.id)).map(({ state }) => state).sort()).toEqual(['canceled', 'requires_action']);
});

describe('there is nothing to complete', () => {
  test('of a payment that was not confirmed', async () => {
    const { id } = await shop.create({ providerAccountId: till.accountId });
    const answer = await till.complete({ id }, { pfToken: 'x' });
    expect([answer.status, answer.body.code]).toEqual([409, 'nothing_to_complete']);
  });

  test('where the provider has no second step', async () => {
    const { id } = await shop.create();
    await shop.confirm(id, 'tok_redirect');
    const answer = await till.complete({ id }, { code: 'x' });
    expect([answer.status, answer.body.code]).toEqual([409, 'nothing_to_complete']);
    expect(await shop.read(id)).toMatchObject({ latestAttempt: { state: 'requires_action' } });
  });

  test('S2.10 of another tenant’s payment, or one of the other mode', async () => {
    const begun = await till.begin();
    const stranger = await tollgate.createTenant();
    const data = begun.enter('approve');
    for (const key of [stranger.apiKeys.test, tollgate.tenant.apiKeys.live]) {
      const path = `${tollgate.apiUrl}/api/v1/payments/${begun.id}/complete`;
      const answer = await call(path, { key, body: { clientData: data }, headers: { 'x-forwarded-proto': 'https' } });
      expect(answer.status).toBeOneOf([403, 404]);
    }
    expect(till.charges(begun.attemptId)).toBe(0);
  });
});
