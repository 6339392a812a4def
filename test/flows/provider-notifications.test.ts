import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { holdNotifications, type SandboxNotifier, type SignedNotification } from '../support/sandbox-notifier.ts';
import { changesNothing, untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let bankLine: WebhookSink;
let shop: PaymentWatch;
let bank: SandboxNotifier;

beforeAll(async () => {
  clock = stoppedClock();
  bankLine = await startWebhookSink();
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_HOOKS_URL: bankLine.url } });
  shop = watchPayments(tollgate);
  bank = await holdNotifications(tollgate, bankLine);
});
afterAll(async () => {
  await tollgate.close();
  await bankLine.close();
});
beforeEach(() => {
  // Evidence of one test is told from another's by its time.
  clock.advance({ seconds: 1 });
});

/** A payment that the bank has approved meanwhile, and the notification of it, which has not arrived. */
async function approvedUnheard(fields = {}) {
  const { id } = await shop.create(fields);
  const { latestAttempt } = await shop.confirm(id, 'tok_pending_then_approve');
  clock.advance({ seconds: 2 });
  await tollgate.sandbox.tick();
  const approval = bank.sentAbout(latestAttempt.id).at(-1);
  if (approval === undefined) throw new Error('The sandbox sent nothing');
  return { id, attemptId: String(latestAttempt.id), approval };
}

/** The same notification with another content, signed as the bank would. */
function altered(notification: SignedNotification, alter: (event: ReturnType<typeof JSON.parse>) => void) {
  const event = JSON.parse(notification.body);
  alter(event);
  return bank.sign(JSON.stringify(event));
}

async function evidenceSince(since: Temporal.Instant) {
  return tollgate.database.run<{ verdict: string; state: string | null; outcome: string | null }>(
    'select verdict, state, outcome from inbound_events where received_at >= $1 order by verdict, state',
    [since.toString()],
  );
}

const UNMOVED = { status: 'processing', amountCaptured: 0 };
const PAID = { status: 'succeeded', amountCaptured: 1250 };

test('S0.12 S2.8 a notification moves the payment, and 200 says only that it was taken', async () => {
  const { id, approval } = await approvedUnheard();
  expect(await shop.read(id)).toMatchObject(UNMOVED);
  const answer = await bank.deliver(approval);
  expect([answer.status, answer.text]).toEqual([200, '']);
  await shop.untilLike(id, PAID);
});

test('S2.9 fifty copies of a notification at the same instant are all taken and applied once', async () => {
  const { id, attemptId, approval } = await approvedUnheard();
  const since = clock.now();
  const answers = await Promise.all(Array.from({ length: 50 }, () => bank.deliver(approval)));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 ']));
  await shop.untilLike(id, PAID);
  await untilQuiet(tollgate.database);
  const evidence = await evidenceSince(since);
  expect(evidence.filter(({ verdict }) => verdict === 'accepted')).toHaveLength(1);
  expect(evidence.filter(({ verdict }) => verdict === 'duplicate')).toHaveLength(49);
  expect(await shop.eventTypes(id)).toEqual(
    ['capture.succeeded', 'payment.created', 'payment.processing', 'payment.succeeded'].sort(),
  );
  const captures = await tollgate.database.run('select 1 from captures where payment_id = $1', [id]);
  expect(captures).toHaveLength(1);
  expect(tollgate.sandbox.countCharges(attemptId)).toBe(1);
});

test('a notification that comes again much later, stamped anew, is taken and changes nothing', async () => {
  const { id, approval } = await approvedUnheard();
  await bank.deliver(approval);
  const paid = await shop.untilLike(id, PAID);
  clock.advance({ hours: 1 });
  const since = clock.now();
  expect((await bank.deliver(bank.sign(approval.body))).status).toBe(200);
  expect(await evidenceSince(since)).toEqual([{ verdict: 'duplicate', state: null, outcome: null }]);
  expect(await shop.read(id)).toEqual(paid);
});

test('S2.6 where no notification arrives, asking finds the payment when its time comes', async () => {
  const { id, attemptId } = await approvedUnheard();
  expect(await shop.read(id)).toMatchObject(UNMOVED);
  clock.advance({ seconds: 30 });
  await shop.untilLike(id, PAID);
  const sources = await tollgate.database.run(
    `select source from signals where attempt_id = $1 and outcome = 'applied' and detail ->> 'state' = 'captured'`,
    [attemptId],
  );
  expect(sources).toEqual([{ source: 'poll' }]);
});

test('a notification that comes after the answer to a question changes nothing any more', async () => {
  const { id, approval } = await approvedUnheard();
  clock.advance({ seconds: 30 });
  const paid = await shop.untilLike(id, PAID);
  expect((await bank.deliver(bank.sign(approval.body))).status).toBe(200);
  await untilQuiet(tollgate.database);
  expect(await shop.read(id)).toEqual(paid);
});

test.each([
  [
    'a wrong signature',
    'bad_signature',
    (genuine: SignedNotification) => ({ ...genuine, signature: flipped(genuine) }),
  ],
  ['another body', 'bad_signature', (genuine: SignedNotification) => ({ ...genuine, body: `${genuine.body} ` })],
  ['no signature', 'bad_signature', (genuine: SignedNotification) => ({ ...genuine, signature: '' })],
  ['a signed text that is no notification', 'malformed', () => bank.sign('{"hello":"world"}')],
])('S0.13 S0.16 with %s a notification is refused, kept as evidence, and moves nothing', async (_, verdict, forge) => {
  const { id, approval } = await approvedUnheard();
  const before = await shop.read(id);
  const since = clock.now();
  const forged = forge(approval);
  const answer = await bank.deliver(forged);
  expect(answer.status).toBe(verdict === 'malformed' ? 400 : 401);
  await untilQuiet(tollgate.database);
  expect(await evidenceSince(since)).toEqual([{ verdict, state: null, outcome: null }]);
  expect(await shop.read(id)).toEqual(before);
  expect(await keptBody(since)).toBe(forged.body);
});

test('a notification that was signed more than five minutes ago is refused and kept', async () => {
  const { id, approval } = await approvedUnheard({ expiresIn: 3_600 });
  clock.advance({ seconds: 299 });
  await untilQuiet(tollgate.database);
  const paid = await shop.untilLike(id, PAID);
  clock.advance({ seconds: 2 });
  const since = clock.now();
  expect((await bank.deliver(approval)).status).toBe(401);
  expect(await evidenceSince(since)).toEqual([{ verdict: 'stale_timestamp', state: null, outcome: null }]);
  expect(await shop.read(id)).toEqual(paid);
});

test('a notification that repeats an earlier one with other content is set aside', async () => {
  const { id, approval } = await approvedUnheard();
  await bank.deliver(approval);
  const paid = await shop.untilLike(id, PAID);
  const since = clock.now();
  const other = altered(approval, (event) => {
    event.charge.state = 'declined';
    event.type = 'charge.declined';
    event.charge.decline = { code: 'suspected_fraud', message: 'The bank suspects fraud' };
    event.charge.amountCaptured = 0;
    event.charge.amountAuthorized = 0;
  });
  expect((await bank.deliver(other)).status).toBe(200);
  await untilQuiet(tollgate.database);
  const evidence = await evidenceSince(since);
  expect(evidence).toContainEqual({ verdict: 'conflicting_duplicate', state: null, outcome: null });
  expect(await shop.read(id)).toEqual(paid);
  expect(tollgate.logLines.some((line) => line.includes('with other content'))).toBe(true);
});

test.each([
  ['another amount', 'amount_mismatch', { amount: 1249, amountAuthorized: 1249, amountCaptured: 1249 }],
  ['another currency', 'amount_mismatch', { currency: 'USD' }],
  ['another charge', 'provider_ref_mismatch', { id: `ch_${'0'.repeat(32)}` }],
])('S0.15 a genuine notification about %s than ours is set aside and pays nothing', async (_, outcome, difference) => {
  const { id, approval } = await approvedUnheard();
  const before = await shop.read(id);
  const since = clock.now();
  const different = altered(approval, (event) => Object.assign(event.charge, difference));
  expect((await bank.deliver(different)).status).toBe(200);
  await untilQuiet(tollgate.database);
  expect(await evidenceSince(since)).toEqual([{ verdict: 'accepted', state: 'quarantined', outcome }]);
  expect(await shop.read(id)).toEqual(before);
});

test('a genuine notification about an attempt that is not ours is kept as unmatched', async () => {
  const { approval } = await approvedUnheard();
  const since = clock.now();
  const foreign = altered(approval, (event) => {
    event.id = 'evt_of_somebody_else';
    event.charge.reference = 'att_of_somebody_else';
  });
  expect((await bank.deliver(foreign)).status).toBe(200);
  await untilQuiet(tollgate.database);
  expect(await evidenceSince(since)).toEqual([{ verdict: 'accepted', state: 'unmatched', outcome: 'unknown_attempt' }]);
});

test("S2.10 one tenant's bank proves nothing at another tenant's address", async () => {
  const other = await tollgate.createTenant();
  const [account] = await tollgate.database.run<{ id: string }>(
    'select provider_account_id as id from provider_accounts where tenant_id = $1',
    [other.tenant.tenantId],
  );
  const { id, approval } = await approvedUnheard();
  expect((await bank.deliver(approval, `/hooks/sandbox/${account?.id}`)).status).toBe(401);
  await untilQuiet(tollgate.database);
  expect(await shop.read(id)).toMatchObject(UNMOVED);
});

test('an address that names no account takes nothing and keeps nothing', async () => {
  const { approval } = await approvedUnheard();
  await untilQuiet(tollgate.database);
  const account = bank.path.split('/').at(-1);
  await changesNothing(tollgate.database, async () => {
    expect((await bank.deliver(approval, '/hooks/sandbox/pa_00000000000000000000000000')).status).toBe(404);
    expect((await bank.deliver(approval, `/hooks/stripe/${account}`)).status).toBe(404);
  });
});

function flipped({ signature }: SignedNotification): string {
  return signature.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
}

/** The bytes that were kept of the one notification since then. */
async function keptBody(since: Temporal.Instant): Promise<string> {
  const [row] = await tollgate.database.run<{ id: string; sealed: Buffer; tenant: string }>(
    `select inbound_event_id as id, request_sealed as sealed, tenant_id as tenant from inbound_events
     where received_at >= $1`,
    [since.toString()],
  );
  if (row === undefined) throw new Error('Nothing was kept');
  const place = { tenantId: row.tenant, table: 'inbound_events', column: 'request_sealed', row: row.id };
  const kept = JSON.parse(String(await tollgate.tollgate.gateway.payments.sealer.open(place, row.sealed)));
  return Buffer.from(kept.bodyBase64, 'base64').toString();
}
