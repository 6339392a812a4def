import { Webhook } from 'standardwebhooks';
import { findTornLimits } from '../support/torn-limits.ts';
import type { Received } from '../support/webhook-sink.ts';
import type { CrashWorld, Shop } from './crash-world.ts';
import { askPatiently, type Order } from './order.ts';

/**
 * Everything that must hold once the world is at rest, checked from outside: the client's answers, the sandbox's own
 * count, the rows, and what the tenant's server received. Returns a sentence for each thing that does not; none is well.
 */
export async function findViolations(world: CrashWorld, orders: readonly Order[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const order of orders) {
    found.push(...(await answersOf(world, order)), ...(await paymentOf(world, order)));
    found.push(...(await eventsOf(world, order)), ...(await deliveriesOf(world, order)));
  }
  for (const shop of new Set(orders.map(({ shop }) => shop))) {
    found.push(...(await moneyOf(world, shop, orders)), ...(await leftoversOf(world, shop)));
  }
  return found;
}

/** One payment and one final answer for a key, whatever died meanwhile: a repeat gives the very same bytes. */
async function answersOf(world: CrashWorld, { shop, paymentId, exchanges }: Order): Promise<string[]> {
  const found: string[] = [];
  for (const exchange of exchanges) {
    const { answer, path, idempotencyKey } = exchange;
    const again = await askPatiently(world, shop, exchange);
    const what = `${idempotencyKey} ${path}`;
    if (again.text !== answer.text) found.push(`${what}: answered ${answer.text} and then ${again.text}`);
    if (again.status !== answer.status) found.push(`${what}: answered ${answer.status} and then ${again.status}`);
    if (again.headers['idempotency-replayed'] !== 'true') found.push(`${what}: the repeat is not marked as one`);
    const id = answer.body.paymentId ?? answer.body.id;
    if (id !== paymentId) found.push(`${what}: is about ${id}, not ${paymentId}`);
  }
  return found;
}

async function paymentOf({ database, sandbox }: CrashWorld, order: Order): Promise<string[]> {
  const { paymentId, captures, end } = order;
  const captured = captures.reduce((sum, amount) => sum + amount, 0);
  const found = expectEqual(
    `${paymentId} row`,
    await database.run(
      `select status, amount_captured::int as captured, amount_refunded::int as refunded,
         (amount_refund_pending + amount_capture_pending)::int as promised, late, (open_attempt_id is null) as closed
       from payments where payment_id = $1`,
      [paymentId],
    ),
    [
      {
        status: end === 'reversal' ? 'reversed' : captured === 0 ? 'canceled' : 'succeeded',
        captured: end === 'reversal' ? 0 : captured,
        refunded: end === 'refund' ? captured : 0,
        promised: 0,
        late: false,
        closed: true,
      },
    ],
  );
  for (const [table, amounts] of [
    ['captures', captures],
    ['refunds', end === 'refund' ? [captured] : []],
    ['reversals', end === 'reversal' ? [captured] : []],
  ] as const) {
    const rows = await database.run(
      `select amount::int, status from ${table} where payment_id = $1 order by created_at`,
      [paymentId],
    );
    const expected = amounts.map((amount) => ({ amount, status: 'succeeded' }));
    found.push(...expectEqual(`${paymentId} ${table}`, rows, expected));
  }
  found.push(...(await transfersOf(database, order)), ...(await holdsOf(database, order)));
  const attempts = await database.run<{ attempt_id: string; state: string }>(
    'select attempt_id, state from attempts where payment_id = $1 order by attempt_id',
    [paymentId],
  );
  const states = attempts.map(({ state }) => state);
  const last = captured === 0 ? 'canceled' : 'captured';
  found.push(...expectEqual(`${paymentId} attempts`, states, [...Array(order.declined).fill('declined'), last]));
  for (const { attempt_id } of attempts) {
    const charges = sandbox.countCharges(attempt_id);
    if (charges !== 1) found.push(`${paymentId}: ${charges} charges at the sandbox for ${attempt_id}`);
  }
  return found;
}

/** Each movement of money is posted once, and the accounts add up to the postings. */
async function transfersOf(database: CrashWorld['database'], { paymentId, captures, end }: Order): Promise<string[]> {
  const captured = captures.reduce((sum, amount) => sum + amount, 0);
  const posted = await database.run<{ line: string }>(
    `select kind || ' ' || amount as line from ledger_transfers where payment_id = $1 order by 1`,
    [paymentId],
  );
  const expected = [
    ...captures.map((amount) => `capture ${amount}`),
    ...(end === 'refund' ? [`refund ${captured}`] : []),
    ...(end === 'reversal' ? [`reversal ${captured}`] : []),
  ].sort();
  const lines = posted.map(({ line }) => line).sort();
  return expectEqual(`${paymentId} transfers`, lines, expected);
}

/** Limits count what the shop has kept of it, in the day and in the month, and hold nothing any more. */
async function holdsOf(database: CrashWorld['database'], { paymentId, captures, end }: Order): Promise<string[]> {
  const kept = end === 'refund' || end === 'reversal' ? 0 : captures.reduce((sum, amount) => sum + amount, 0);
  const holds = await database.run(
    `select period, amount_held::int as amount, settled, above from limit_holds where payment_id = $1 order by period`,
    [paymentId],
  );
  const expected = ['day', 'month'].map((period) => ({ period, amount: kept, settled: true, above: false }));
  return expectEqual(`${paymentId} holds`, holds, expected);
}

/** The sandbox's books against ours. A second charge under another reference shows here. */
async function moneyOf({ database }: CrashWorld, shop: Shop, orders: readonly Order[]): Promise<string[]> {
  const own = orders.filter((order) => order.shop === shop);
  const tenantId = shop.tenant.tenant.tenantId;
  const { body } = await shop.merchant.say('GET', '/v1/charges');
  const capturedOf = ({ captures }: Order) => captures.reduce((sum, amount) => sum + amount, 0);
  const sum = (amountOf: (order: Order) => number) => own.reduce((total, order) => total + amountOf(order), 0);
  const totals = (body.totals as readonly Record<string, unknown>[]).map(
    ({ currency, charges, amountCaptured, amountRefunded }) => ({ currency, charges, amountCaptured, amountRefunded }),
  );
  const found = expectEqual('totals at the sandbox', totals, [
    {
      currency: 'EUR',
      charges: sum(({ declined }) => declined + 1),
      amountCaptured: sum(capturedOf),
      amountRefunded: sum((order) => (order.end === 'refund' ? capturedOf(order) : 0)),
    },
  ]);
  const payments = await database.run('select payment_id from payments where tenant_id = $1 order by payment_id', [
    tenantId,
  ]);
  const ids = own
    .map(({ paymentId }) => ({ payment_id: paymentId }))
    .sort((a, b) => (a.payment_id < b.payment_id ? -1 : 1));
  const [owed] = await database.run(
    `select coalesce(sum(debits - credits), 0)::int as owed,
       (select sum(debits - credits)::int from ledger_balances where tenant_id = $1) as sum
     from ledger_balances where tenant_id = $1 and account = 'provider_receivable'`,
    [tenantId],
  );
  const receivable = sum((order) => (order.end === 'refund' || order.end === 'reversal' ? 0 : capturedOf(order)));
  return [
    ...found,
    ...expectEqual('payments of the shop', payments, ids),
    ...expectEqual('the ledger', owed, { owed: receivable, sum: 0 }),
  ];
}

/** Each thing that happened is told by one event. */
async function eventsOf({ database }: CrashWorld, { paymentId, declined, captures, end }: Order): Promise<string[]> {
  const rows = await database.run<{ type: string }>(
    `select type from events where payment_id = $1 and type <> 'payment.authorized' order by type`,
    [paymentId],
  );
  const expected = [
    'payment.created',
    ...Array(declined + 1).fill('payment.processing'),
    ...Array(declined).fill('payment.attempt_failed'),
    captures.length === 0 ? 'payment.canceled' : 'payment.succeeded',
    ...captures.map(() => 'capture.succeeded'),
    ...(end === 'refund' ? ['refund.created', 'refund.succeeded'] : []),
    ...(end === 'reversal' ? ['reversal.succeeded', 'payment.reversed'] : []),
  ].sort();
  const found = expectEqual(
    `${paymentId} events`,
    rows.map(({ type }) => type),
    expected,
  );
  // Whether the bank's first step is heard of before its second depends on who is faster.
  const [authorized] = await database.run<{ count: number }>(
    `select count(*)::int from events where payment_id = $1 and type = 'payment.authorized'`,
    [paymentId],
  );
  if ((authorized?.count ?? 0) > 1) found.push(`${paymentId}: payment.authorized ${authorized?.count} times`);
  return found;
}

/** Each event reaches the tenant at least once, every copy the same under one webhook-id, validly signed. */
async function deliveriesOf({ database, sink }: CrashWorld, { shop, paymentId }: Order): Promise<string[]> {
  const found: string[] = [];
  const rows = await database.run<{ event_id: string; statuses: string[] }>(
    `select e.event_id, array_agg(d.status) as statuses
     from events e left join deliveries d on d.event_id = e.event_id and d.trigger = 'automatic'
     where e.payment_id = $1 group by e.event_id`,
    [paymentId],
  );
  const verifier = new Webhook(shop.tenant.webhookSecrets.test);
  const ofPayment = sink.received.filter(({ body }) => body.includes(paymentId));
  for (const { event_id, statuses } of rows) {
    found.push(...expectEqual(`${event_id} deliveries`, statuses, ['succeeded']));
    const copies = ofPayment.filter(({ headers }) => headers['webhook-id'] === event_id);
    if (copies.length === 0) found.push(`${event_id}: was never received`);
    if (new Set(copies.map(({ body }) => body)).size > 1) found.push(`${event_id}: its copies differ`);
    if (!copies.every((copy) => isSigned(verifier, copy))) found.push(`${event_id}: a copy is wrongly signed`);
  }
  const known = new Set(rows.map(({ event_id }) => event_id));
  for (const { headers } of ofPayment) {
    const id = String(headers['webhook-id']);
    if (!known.has(id)) found.push(`${paymentId}: ${id} was received and is no event`);
  }
  return found;
}

/** By the reference library; business time runs ahead of this machine's, so its check of age cannot be used. */
function isSigned(verifier: Webhook, { headers, body }: Received): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
  return verifier.sign(String(headers['webhook-id']), at, body) === headers['webhook-signature'];
}

/** What no crash may leave behind: anything open, waiting, set aside or done twice. */
async function leftoversOf({ database }: CrashWorld, shop: Shop): Promise<string[]> {
  const [left] = await database.run(
    `select
      (select count(*) from outbox where tenant_id = $1)::int as outbox,
      (select count(*) from attempts where tenant_id = $1
        and state in ('dispatched', 'requires_action', 'completing', 'pending', 'unknown'))::int as open,
      (select count(*) from idempotency_keys where tenant_id = $1 and state <> 'done')::int as keys,
      (select count(*) from deliveries where tenant_id = $1 and status <> 'succeeded')::int as deliveries,
      (select count(*) from inbound_events where tenant_id = $1 and state <> 'applied')::int as notifications,
      (select count(*) from signals where tenant_id = $1 and outcome = 'quarantined')::int as quarantined,
      (select count(*) from (
        select from deliveries where tenant_id = $1 and trigger = 'automatic'
        group by event_id, lane_id having count(*) > 1
      ) twice)::int as delivered_twice`,
    [shop.tenant.tenant.tenantId],
  );
  const none = { outbox: 0, open: 0, keys: 0, deliveries: 0, notifications: 0, quarantined: 0, delivered_twice: 0 };
  return [...expectEqual('leftovers', left, none), ...expectEqual('limits', await findTornLimits(database), [])];
}

function expectEqual(what: string, found: unknown, expected: unknown): string[] {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  return is === should ? [] : [`${what}: ${is}, expected ${should}`];
}
