import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../src/events/event.ts';
import { lowestId } from '../src/kernel/id.ts';
import { type DeliveryFilter, selectDeliveries } from '../src/notifications/store-delivery-search.ts';
import { selectEventPage } from '../src/notifications/store-event-search.ts';
import { countSelected, type ReplayScope, selectNextReplayed } from '../src/notifications/store-replays.ts';
import { recordAttempts } from '../src/notifications/store-waiting.ts';
import { type Database, KEYED_PLANS, openDatabase, type Queryable } from '../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { openExplainingDatabase } from './explaining-database.ts';
import { findIn } from './plan-findings.ts';

/** Enough that whoever reads them all is found out; set it to a million to see the plans that a large tenant gets. */
const ROWS = Number(process.env.TOLLGATE_PLAN_ROWS ?? 20_000);
/** Pages of 8 KiB that a list of twenty may touch, however many rows there are. */
const PAGES_MAX = 400;

const OWNER = { tenantId: 'ten_plans', mode: 'test' } as const;
const SECOND = Temporal.Instant.from('2026-01-01T00:00:00Z');
const END = SECOND.add({ seconds: ROWS });

let filled: TestDatabase;
let database: Database;
let plans: { readonly pages: number; readonly plan: string; readonly milliseconds: number }[] = [];

/**
 * An event a second, each delivered at once, but for the first hundred: those are of a rare type, to a small endpoint, and
 * failed in every way. What looks for them from the newest on reads everything.
 */
beforeAll(async () => {
  filled = await createTestDatabase();
  const idAt = (prefix: string) => `'${prefix}_' || lpad(n::text, 26, '0')`;
  await filled.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, payment_id, object, created_at)
     select $1, ${idAt('evt')}, 'test', case when n <= 100 then 'dispute.lost' else 'payment.created' end, 'x',
       ${idAt('pay')}, '{}', $2::timestamptz + n * interval '1 second' from generate_series(1, ${ROWS}) n`,
    [OWNER.tenantId, SECOND.toString()],
  );
  await filled.run(
    `insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, payment_id, mode, endpoint_id, trigger,
       status, due_at, attempts_made, last_attempt_at, last_status_code, last_error, created_at)
     select $1, ${idAt('whd')}, case when n <= 100 then 'we_small' else 'we_big' end, ${idAt('evt')},
       case when n <= 100 then 'dispute.lost' else 'payment.created' end, ${idAt('pay')}, 'test',
       case when n <= 100 then 'we_small' else 'we_big' end, case when n <= 20 then 'replay' else 'automatic' end,
       case when n > 100 then 'succeeded' when n % 3 = 0 then 'pending' when n % 3 = 1 then 'exhausted' else 'canceled' end,
       case when n <= 100 and n % 3 = 0 then $2::timestamptz end, 1, $2::timestamptz,
       case when n > 100 then 200 when n % 2 = 0 then 503 end,
       case when n > 100 then null when n % 2 = 0 then 'HTTP 503' when n % 4 = 1 then 'timeout: x' else 'dns_failed: x' end,
       $2::timestamptz + n * interval '1 second' from generate_series(1, ${ROWS}) n`,
    [OWNER.tenantId, SECOND.toString()],
  );
  for (const table of ['events', 'deliveries']) await filled.run(`analyze ${table}`);
  database = openExplainingDatabase(filled.url, ({ plan }) => {
    const [, hit, read] = /Buffers: shared hit=(\d+)(?: read=(\d+))?/.exec(plan.join('\n')) ?? [];
    plans.push({
      pages: Number(hit ?? 0) + Number(read ?? 0),
      plan: plan.join('\n'),
      milliseconds: findIn(plan).milliseconds,
    });
  });
}, 600_000);
afterAll(async () => {
  await database.close();
  await filled.drop();
});

async function explained(work: () => Promise<unknown>) {
  plans = [];
  await work();
  const [first] = plans;
  if (first === undefined) throw new Error('Nothing was asked');
  return first;
}

const id = (prefix: string, n: number) => `${prefix}_${String(n).padStart(26, '0')}`;

describe('a page of deliveries touches few pages, also where what it wants lies at the far end:', () => {
  const filters: readonly (readonly [string, DeliveryFilter, number])[] = [
    ['all', {}, 21],
    ['of a payment', { paymentId: id('pay', 7) }, 1],
    ['of an event', { eventId: id('evt', 7) }, 1],
    ['of an event that was told by itself', { eventId: id('evt', 50) }, 1],
    ['of a rare type', { eventType: 'dispute.lost' }, 21],
    ['of a small endpoint', { endpointId: 'we_small' }, 21],
    ['that wait', { status: 'pending' }, 21],
    ['that are exhausted', { status: 'exhausted' }, 21],
    ['that succeeded', { status: 'succeeded' }, 21],
    ['of a replay', { trigger: 'replay' }, 20],
    ['by themselves', { trigger: 'automatic' }, 21],
    ['answered with 503', { statusCode: { code: 503 } }, 21],
    ['answered with 5xx', { statusCode: { firstDigit: 5 } }, 21],
    ['answered with 2xx', { statusCode: { firstDigit: 2 } }, 21],
    ['refused', { error: 'refused' }, 21],
    ['lost', { error: 'lost' }, 21],
    ['not sent', { error: 'not_sent' }, 21],
    ['made before an instant', { createdBefore: END }, 21],
    [
      'of a rare type to a small endpoint, exhausted',
      { eventType: 'dispute.lost', endpointId: 'we_small', status: 'exhausted' },
      21,
    ],
  ];

  test.each(filters)('%s', async (_, filter, count) => {
    let found = 0;
    const { pages, plan } = await explained(async () => {
      found = (await selectDeliveries(database.query, OWNER, filter, { limit: 20 })).length;
    });
    expect(found).toBe(count);
    expect(pages, plan).toBeLessThan(PAGES_MAX);
  });
});

test('a page of events that nobody acknowledged looks at no more than its share of them', async () => {
  const { pages, plan } = await explained(() =>
    selectEventPage(database.query, OWNER, { undelivered: true }, { limit: 20 }),
  );
  // 5,000 events, a look at two indexes and a row for each.
  expect(pages, plan).toBeLessThan(5_000 * 10);
});

describe('a replay', () => {
  const scope: ReplayScope = {
    ...OWNER,
    endpointId: 'we_small',
    selection: {
      since: SECOND,
      until: END.add({ hours: 1 }),
      eventTypes: EVENT_TYPES,
      statuses: ['exhausted', 'none'],
    },
  };

  test('finds its next batch without a look at what it has passed', async () => {
    const cursor = id('evt', ROWS - 1_000);
    const { pages, plan } = await explained(() =>
      // The ids of these rows carry no time, so that the whole of them is the period.
      selectNextReplayed(database.query, { ...scope, selection: { ...scope.selection, since: EPOCH } }, cursor, {
        limit: 50,
        lookedAtMax: 5_000,
      }),
    );
    expect(pages, plan).toBeLessThan(PAGES_MAX * 10);
  });

  test('counts a whole selection in one pass', async () => {
    let count = 0;
    const { plan, milliseconds } = await explained(async () => {
      const whole = { ...scope, selection: { ...scope.selection, since: EPOCH } };
      count = (await countSelected(database.query, whole, ROWS + 1)).selected;
    });
    expect(count, plan).toBe(ROWS - 100 + 34);
    if (process.env.TOLLGATE_PLAN_ROWS !== undefined) console.log(`${ROWS} events counted in ${milliseconds} ms`);
  });
});

test('recording looks at what it records, and not at what else was sent out in the same seconds', async () => {
  const program = openDatabase({ url: filled.url, connectionsMax: 1, applicationName: 'test', settings: KEYED_PLANS });
  try {
    const sent = (await selectDeliveries(program.query, OWNER, { status: 'succeeded' }, { limit: 100 })).filter(
      (_, place) => place % 10 === 0,
    );
    const [earliest] = await selectDeliveries(program.query, OWNER, { status: 'pending' }, { limit: 1 });
    const recorded = [...sent, ...(earliest === undefined ? [] : [earliest])];
    expect(recorded.length).toBeGreaterThan(10);
    const looked = await program.transaction(async (tx) => {
      const before = await rowsFetched(tx);
      await recordAttempts(
        tx,
        recorded.map((delivery) => ({ delivery, attempt: null })),
      );
      return (await rowsFetched(tx)) - before;
    });
    expect(looked).toBe(recorded.length);
  } finally {
    await program.close();
  }
});

/** Rows of deliveries that indexes led this connection to. */
async function rowsFetched(tx: Queryable): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select sum(idx_tup_fetch)::int as count from pg_stat_xact_user_tables where relname like 'deliveries%'`.execute(tx);
  return rows[0]?.count ?? 0;
}

const EPOCH = Temporal.Instant.fromEpochMilliseconds(0);

test('the ids of the rows lie in the period that they stand for', () => {
  expect(lowestId('evt', EPOCH) <= id('evt', 1) && id('evt', ROWS) < lowestId('evt', END)).toBe(true);
});
