import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { call, until } from '../support/api-client.ts';
import { parallel } from '../support/parallel.ts';
import { stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openSandboxAccount } from '../support/sandbox-account.ts';
import { layLine, type SandboxLine } from '../support/sandbox-line.ts';
import type { SignedNotification } from '../support/sandbox-notifier.ts';
import { openSignalStage, type SignalStage, type Subject } from '../support/signal-stage.ts';
import { fingerprintTables, untilQuiet } from '../support/table-fingerprint.ts';

let clock: ManualClock;
let line: SandboxLine;
let stage: SignalStage;
/** Another payment of the same tenant, and an attempt of another tenant. */
let neighbor: Subject;
let foreignAttempt: string;
let secretKey: string;

beforeAll(async () => {
  clock = stoppedClock();
  line = await layLine();
  stage = await openSignalStage(clock, { TOLLGATE_SANDBOX_URL: line.url });
  line.target = stage.tollgate.sandbox.url;
  ({ secretKey } = await openSandboxAccount(stage.tollgate));
  neighbor = await stage.begin({ amount: 5000 });
  const tenant = await stage.tollgate.createTenant();
  const stranger = watchPayments({ ...stage.tollgate, tenant });
  const { id } = await stranger.create({ amount: 5000 });
  foreignAttempt = (await stranger.confirm(id, 'tok_approve')).latestAttempt.id;
});
beforeEach(() => {
  // Evidence of one test is told from another's by its time.
  clock.advance({ seconds: 1 });
});
afterEach(() => stage.money.expectSound());
afterAll(async () => {
  await stage.close();
  await line.close();
});

const MANUAL = { amount: 5000, captureMethod: 'manual' };

/** Payments with one notification that the gateway awaits. */
const AWAITED: Readonly<Record<string, () => Promise<Subject>>> = {
  'charge.captured': () => stage.begin({ amount: 5000 }, 'tok_pending_then_approve'),
  'charge.authorized': () => stage.begin(MANUAL, 'tok_pending_then_approve'),
  'capture.succeeded': async () => {
    const payment = await stage.begin(MANUAL);
    await stage.act(payment, 'capture', { amount: 1003 });
    return payment;
  },
  'refund.succeeded': async () => {
    const payment = await stage.begin({ amount: 5000 });
    await stage.act(payment, 'refunds', { amount: 1003 });
    return payment;
  },
  'reversal.succeeded': async () => {
    const payment = await stage.begin({ amount: 5003 });
    await stage.act(payment, 'reversals');
    return payment;
  },
  'dispute.opened': () => stage.begin({ amount: 5000 }, 'tok_dispute_won'),
};

// biome-ignore lint/suspicious/noExplicitAny: a test alters whatever the wire carries
type Wire = any;

/** What is told, of the charge or of a part of it. */
const partOf = (event: Wire): Wire => event.capture ?? event.refund ?? event.reversal ?? event.dispute;

/** Moves the amount that is told; the charge around it moves with it, so that the notification agrees with itself. */
function shift(event: Wire, by: number): void {
  const part = partOf(event);
  if (part !== null) {
    part.amount += by;
    if (part.withdrawn > 0) part.withdrawn += by;
  }
  for (const name of ['amount', 'amountAuthorized', 'amountCaptured', 'amountRefunded', 'amountReversed']) {
    if (event.charge[name] > 0 && (part === null || by > 0 || event.reversal !== null)) event.charge[name] += by;
  }
}

function rename(event: Wire, reference: string): void {
  event.charge.reference = reference;
  const part = partOf(event);
  if (part !== null) part.chargeReference = reference;
}

const LIES: Readonly<Record<string, (event: Wire) => void>> = {
  'one minor unit more': (event) => shift(event, 1),
  'one minor unit less': (event) => shift(event, -1),
  'another currency': (event) => {
    event.charge.currency = 'USD';
    const part = partOf(event);
    if (part !== null) part.currency = 'USD';
  },
  'another attempt of the tenant': (event) => rename(event, neighbor.attemptId),
  'an attempt of another tenant': (event) => rename(event, foreignAttempt),
};

const CASES = Object.keys(AWAITED).flatMap((type) =>
  Object.keys(LIES)
    // A part of a payment may be disputed.
    .filter((lie) => type !== 'dispute.opened' || lie !== 'one minor unit less')
    .map((lie) => [type, lie] as const),
);

async function metric(name: string): Promise<number> {
  const { text } = await call(`${stage.tollgate.tollgate.internalUrl}/metrics`);
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

/** Everything a provider's word could move; what was said is kept elsewhere. */
async function moneyRows() {
  const all = await fingerprintTables(stage.tollgate.database);
  const names = ['payments', 'attempts', 'captures', 'refunds', 'reversals', 'disputes', 'ledger_transfers'];
  return [...names, 'ledger_balances', 'events', 'deliveries'].map((name) => `${name} ${all[name]}`);
}

async function inboundSince(since: Temporal.Instant) {
  return stage.tollgate.database.run<{ state: string; outcome: string; tries: number }>(
    'select state, outcome, tries from inbound_events where received_at >= $1 order by inbound_event_id',
    [since.toString()],
  );
}

/** What of a payment still waits for the bank's word. */
async function openOf(payment: Subject): Promise<readonly string[]> {
  const { rows } = await stage.pictureOf(payment);
  return rows.filter((row) => row.includes(' pending'));
}

const untilSent = (payment: Subject, type: string) =>
  until(async () => stage.bank.sentAbout(payment.attemptId).findLast(({ body }) => JSON.parse(body).type === type));

describe('A7 a signed notification', () => {
  /** Delivers it, and states that nothing moved, that one line was logged, and that it is seen to wait for a person. */
  async function expectSetAside(lying: SignedNotification, wanted: object): Promise<void> {
    const before = { rows: await moneyRows(), aside: await metric('tollgate_inbound_set_aside') };
    const since = clock.now();
    const logged = stage.tollgate.logLines.length;
    expect((await stage.bank.deliver(lying)).status).toBe(200);
    await untilQuiet(stage.tollgate.database);
    expect(await inboundSince(since)).toMatchObject([wanted]);
    expect(await moneyRows()).toEqual(before.rows);
    expect(await metric('tollgate_inbound_set_aside')).toBe(before.aside + 1);
    const [error, ...more] = stage.tollgate.logLines.slice(logged).filter((text) => JSON.parse(text).level >= 50);
    expect(more).toEqual([]);
    expect(JSON.parse(error ?? '{}').msg).toBe('A verified notification does not fit what we know; it was set aside');
    expect(error).not.toContain(lying.signature.slice(-64));
    expect(error).not.toContain(secretKey);
  }

  test.each(CASES)('%s with %s moves nothing and waits for a person', async (type, lie) => {
    const payment = await present(AWAITED[type], type)();
    await stage.later(2);
    await untilQuiet(stage.tollgate.database);
    const event = JSON.parse((await untilSent(payment, type)).body);
    LIES[lie]?.(event);
    const contradictions = await metric('tollgate_signals_quarantined');
    const isForeign = lie === 'an attempt of another tenant';
    await expectSetAside(stage.bank.sign(JSON.stringify(event)), {
      state: isForeign ? 'unmatched' : 'quarantined',
      outcome: isForeign ? 'unknown_attempt' : expect.stringMatching(/mismatch$/),
    });
    const isOfPayment = !lie.includes('attempt') || type.startsWith('charge.');
    expect(await metric('tollgate_signals_quarantined')).toBe(contradictions + (isOfPayment && !isForeign ? 1 : 0));
    // The truth is found all the same; nothing is left whose time to be asked about would come during another test.
    await stage.shop.merchant.send('POST', `/payments/${payment.id}/sync`);
    expect(await openOf(payment)).toEqual([]);
  });

  test.each([
    ['captures', 'capture.succeeded', MANUAL, { amount: 2000, final: false }],
    ['refunds', 'refund.succeeded', { amount: 5000 }, { amount: 2000 }],
  ] as const)('of %s at the counter is not booked on another payment', async (action, type, fields, body) => {
    const [payment, other] = [await stage.begin(fields), await stage.begin(fields)];
    await stage.office.act(payment.attemptId, action, body);
    const event = JSON.parse((await untilSent(payment, type)).body);
    rename(event, other.attemptId);
    await expectSetAside(stage.bank.sign(JSON.stringify(event)), {
      state: 'quarantined',
      outcome: 'provider_ref_mismatch',
    });
  });
});

/** A payment whose capture at the counter is told before its authorization, so that the bank has to be asked. */
async function askedAbout(): Promise<readonly [Subject, SignedNotification]> {
  const payment = await stage.begin(MANUAL, 'tok_pending_then_approve');
  await stage.later(2);
  await stage.office.act(payment.attemptId, 'captures', { amount: 2000, final: true });
  return [payment, await untilSent(payment, 'capture.succeeded')];
}

const CAPTURED = { status: 'succeeded', amountCaptured: 2000 };

describe('a notification that makes us ask a bank', () => {
  afterEach(() => {
    line.state = 'open';
  });

  test('that cannot be reached is tried again until the bank answers, and others are not kept waiting', async () => {
    const [payment, captured] = await askedAbout();
    const other = await stage.begin({ amount: 5000 }, 'tok_pending_then_approve');
    await stage.later(2);
    const since = clock.now();
    line.state = 'cut';
    expect((await stage.bank.deliver(captured)).status).toBe(200);
    for (const [tries, seconds] of [
      [1, 1],
      [2, 5],
    ] as const) {
      await until(async () => (await inboundSince(since))[0]?.tries === tries);
      expect(await inboundSince(since)).toMatchObject([{ state: 'pending', tries }]);
      clock.advance({ seconds });
    }
    await until(async () => (await inboundSince(since))[0]?.tries === 3);
    expect((await stage.bank.deliver(await untilSent(other, 'charge.captured'))).status).toBe(200);
    await stage.shop.untilLike(other.id, { status: 'succeeded' });
    expect(await stage.shop.read(payment.id)).toMatchObject({ status: 'processing', amountCaptured: 0 });
    line.state = 'open';
    clock.advance({ seconds: 30 });
    await stage.shop.untilLike(payment.id, CAPTURED);
    await untilQuiet(stage.tollgate.database);
    expect(await inboundSince(since)).toMatchObject([{ state: 'applied', tries: 4 }, { state: 'applied' }]);
  });

  test('A12 that never answers holds up none of 200 behind it', async () => {
    const [asking, captured] = await askedAbout();
    const paid = await parallel(20, () => stage.begin({ amount: 5000 }));
    await inParallel(paid, 8, async ({ attemptId }) => {
      for (let n = 0; n < 10; n++) await stage.office.act(attemptId, 'refunds', { amount: 100 });
    });
    const good = await until(async () => {
      const told = paid.flatMap(({ attemptId }) => stage.bank.sentAbout(attemptId));
      const refunds = told.filter(({ body }) => JSON.parse(body).type === 'refund.succeeded');
      return refunds.length === 200 && refunds;
    });
    line.state = 'hold';
    expect((await stage.bank.deliver(captured)).status).toBe(200);
    await inParallel(good, 8, async (one) => void (await stage.bank.deliver(one)));
    // Less than the provider call's deadline, which the question would take without a bound of its own.
    const refunded = `select 1 from payments where amount_refunded = 1000 and payment_id = any($1)`;
    await until(
      async () => (await stage.tollgate.database.run(refunded, [paid.map(({ id }) => id)])).length === paid.length,
      8_000,
    );
    expect(await stage.shop.read(asking.id)).toMatchObject({ amountCaptured: 0 });
    line.state = 'open';
    clock.advance({ seconds: 1 });
    await stage.shop.untilLike(asking.id, CAPTURED);
  });
});

describe('what was done at the counter, and is told by nobody, is found by asking:', () => {
  const sync = async ({ id }: Subject) => (await stage.shop.merchant.send('POST', `/payments/${id}/sync`)).body;

  test('a refund', async () => {
    const payment = await stage.begin({ amount: 5000 });
    await stage.office.act(payment.attemptId, 'refunds', { amount: 1200 });
    expect(await stage.shop.read(payment.id)).toMatchObject({ amountRefunded: 0 });
    expect(await sync(payment)).toMatchObject({ status: 'succeeded', amountRefunded: 1200 });
    expect(await stage.money.transfers(payment.id)).toEqual(['capture 5000', 'refund 1200']);
  });

  test('a capture, and the last one', async () => {
    const payment = await stage.begin(MANUAL);
    await stage.office.act(payment.attemptId, 'captures', { amount: 1200, final: false });
    expect(await sync(payment)).toMatchObject({ status: 'authorized', amountCaptured: 1200, amountCapturable: 3800 });
    await stage.office.act(payment.attemptId, 'captures', { amount: 800, final: true });
    expect(await sync(payment)).toMatchObject({ status: 'succeeded', amountCaptured: 2000 });
    expect(await stage.money.transfers(payment.id)).toEqual(['capture 1200', 'capture 800']);
  });

  test('a refund that the bank took back', async () => {
    const payment = await stage.begin({ amount: 5000 });
    await stage.act(payment, 'refunds', { amount: 4906 });
    await stage.later(2);
    expect(await stage.shop.read(payment.id)).toMatchObject({ amountRefunded: 4906 });
    expect(await sync(payment)).toMatchObject({ amountRefunded: 0 });
    expect(await stage.money.transfers(payment.id)).toEqual(['capture 5000', 'refund 4906', 'refund_failed 4906']);
  });
});
