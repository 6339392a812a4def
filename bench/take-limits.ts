/**
 * What a limit costs: the statement that writes new payments with and without counters to take from, in turns, and the
 * plans of what takes, refuses and gives back, with a million counters in the table.
 */
import { createHash } from 'node:crypto';
import { systemClock } from '../src/kernel/clock.ts';
import type { LimitClaim } from '../src/limits/claim-limits.ts';
import { LIMIT_PERS, type LimitBasket } from '../src/limits/limit-basket.ts';
import { periodsAt } from '../src/limits/limit-period.ts';
import { selectCounters } from '../src/limits/store-counters.ts';
import { holdsOf } from '../src/limits/take-limits.ts';
import { createApplySignal } from '../src/payments/apply-signal.ts';
import { insertPayments, type NewPayment } from '../src/payments/store-new-payments.ts';
import { KEYED_PLANS, openDatabase, type Queryable } from '../src/platform/database.ts';
import { createReadTenant } from '../src/tenants/read-tenant.ts';
import { createTenantClocks } from '../src/test-clocks/tenant-clock.ts';
import { insertBenchTenants } from './bench-tenant.ts';
import { reportFailure } from './compare.ts';
import { type BenchDatabase, openBenchServer } from './database-server.ts';
import { openExplainingDatabase } from './explaining-database.ts';
import { newPayment } from './new-payment.ts';
import { findIn } from './plan-findings.ts';

const TENANT = 'ten_01000000000000000000000001';
const COUNTERS = 1_000_000;
const BATCH = 20;
/** The first make the plans. */
const WARMUP = 20;
const TURNS = 300;
const NOON = Temporal.Instant.from('2026-01-01T12:00:00Z');

/** Fills the table, measures, and prints what was seen. */
export function benchTakeLimits(): Promise<void> {
  return reportFailure(async () => {
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      const bench = await server.createDatabase('limits');
      await fill(bench);
      await server.analyze();
      console.log(`PostgreSQL ${server.version}, ${COUNTERS} counters, ${BATCH} payments a statement`);
      await measure(bench);
      await explain(bench);
    } finally {
      await server.close();
    }
  });
}

async function fill({ url, pool }: BenchDatabase): Promise<void> {
  const database = openDatabase({ url, connectionsMax: 1, applicationName: 'bench' });
  await insertBenchTenants(database.query, systemClock, [TENANT]);
  await database.close();
  const [day, month] = periodsAt(NOON, 'UTC');
  await pool.query(
    `insert into limit_counters
     select $1, 'lb_1', sha256(n::text::bytea), p.period, p.starts_at, n % 100000, n % 100, 1000000000, null
     from generate_series(1, $2::int / 2) n,
       (values ('day', $3::timestamptz), ('month', $4::timestamptz)) p (period, starts_at)`,
    [TENANT, COUNTERS, day.startsAt.toString(), month.startsAt.toString()],
  );
  await pool.query('vacuum analyze limit_counters');
}

/** A payment that takes of one customer's day and month; every customer has bought before. */
function limited(): NewPayment {
  const item = newPayment(systemClock, TENANT);
  const { payment_id: paymentId, tenant_id: tenantId } = item.payment;
  const holds = holdsOf({ tenantId, paymentId, createdAt: NOON }, claims());
  return { ...item, payment: { ...item.payment, holds_limits: true }, holds };
}

function claims(): readonly LimitClaim[] {
  const number = 1 + Math.floor(Math.random() * (COUNTERS / 2));
  const subject = createHash('sha256').update(String(number)).digest();
  const taken = { subject, amount: 1n, amountMax: 1_000_000_000n, countMax: null, pointer: '/amount' };
  return periodsAt(NOON, 'UTC').map((period) => ({ ...period, ...taken, basket: BASKET }));
}

const BASKET: LimitBasket = {
  ...{ tenantId: TENANT, basketId: 'lb_1', mode: 'test', name: null, itemTypes: ['*'], per: LIMIT_PERS[0] },
  ...{ currency: 'EUR', timeZone: 'UTC', dailyMax: 1_000_000_000n, monthlyMax: 1_000_000_000n, dailyCountMax: null },
  ...{ monthlyCountMax: null, whenUnnamed: 'refuse', active: true, subjectKeySealed: new Uint8Array() },
  ...{ createdAt: NOON, updatedAt: NOON },
};

/** In turns, statement by statement: whatever else the machine does hits both alike. */
async function measure({ url }: BenchDatabase): Promise<void> {
  const settings = KEYED_PLANS;
  const database = openDatabase({ url, connectionsMax: 1, applicationName: 'bench', settings });
  const free: number[] = [];
  const taking: number[] = [];
  for (let turn = -WARMUP; turn < TURNS; turn++) {
    const freeTook = await timed(database.query, () => newPayment(systemClock, TENANT));
    const takingTook = await timed(database.query, limited);
    if (turn < 0) continue;
    free.push(freeTook);
    taking.push(takingTook);
  }
  console.log(`µs a payment without limits: ${spread(free)}; with a day and a month: ${spread(taking)}`);
  await database.close();
}

/** Microseconds for one payment of a statement. */
async function timed(db: Queryable, make: () => NewPayment): Promise<number> {
  const items = Array.from({ length: BATCH }, make);
  const startedAtMs = performance.now();
  await insertPayments(db, items);
  return Math.round(((performance.now() - startedAtMs) * 1_000) / BATCH);
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)];
  return `median ${at(0.5)}, quarters ${at(0.25)} and ${at(0.75)}`;
}

async function explain({ url }: BenchDatabase): Promise<void> {
  let title = '';
  const database = openExplainingDatabase(url, ({ plans, plan }) => {
    const { milliseconds, scans } = findIn(plan);
    console.log(`\n## ${title}: ${milliseconds.toFixed(2)} ms, ${plans} plan, whole tables read: ${scans.length}`);
    console.log(plan.filter((line) => /limit_|Execution|Buffers: .*hit/.test(line)).join('\n'));
  });
  const items = Array.from({ length: BATCH }, limited);
  const keys = claims().map((claim) => ({ ...claim, tenantId: TENANT, basketId: 'lb_1' }));
  title = 'look before writing';
  await selectCounters(database.query, keys);
  title = `take, ${BATCH} payments`;
  await insertPayments(database.query, items);
  const readTenant = createReadTenant(database);
  const tenantClocks = createTenantClocks(database, systemClock);
  const applySignal = createApplySignal({ database, tenantClocks, readTenant, handOver: () => {} });
  title = 'give back';
  await applySignal({ tenantId: TENANT, paymentId: items[0]?.payment.payment_id ?? '' }, 'tenant', {
    kind: 'cancel_requested',
  });
  await database.close();
}
