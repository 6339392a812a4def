import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../test/support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type IdPrefix, lowestId } from '../kernel/id.ts';
import { copyDatabase } from '../platform/copy-database.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { detachPartitions, selectPartitions, splitPartition } from './store.ts';
import { type RetentionContext, tendPartitions } from './tend-partitions.ts';

/** Years ago: what is younger than a month by the server's clock is not dropped. */
const BEGIN = '2021-01-15T12:00:00Z';

let test1: TestDatabase;
let database: Database;
let clock: ManualClock;
let context: RetentionContext;

beforeEach(async () => {
  test1 = await createTestDatabase();
  // As the role that gateways run as: it owns no table.
  database = openDatabase({ url: test1.runtimeUrl, connectionsMax: 6, applicationName: 'test' });
  clock = new ManualClock(BEGIN);
  const log = { info() {}, warn() {} };
  context = { database, clock, log, retention: { days: 60, daysMax: 100 } };
});
afterEach(async () => {
  await database.close();
  await test1.drop();
});

let made = 0;
function idAt(prefix: IdPrefix, at: Temporal.Instant | string): string {
  return lowestId(prefix, Temporal.Instant.from(at)).slice(0, -6) + String(made++).padStart(6, '0');
}

/** An event with a delivery of it and an attempt. */
async function put(at: Temporal.Instant | string, status = 'succeeded', eventId = idAt('evt', at)): Promise<string> {
  const deliveryId = idAt('whd', at);
  await test1.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
     values ('ten_1', $1, 'live', 'payment.succeeded', 'x', '{}', $2) on conflict do nothing`,
    [eventId, String(at)],
  );
  await test1.run(
    `insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, mode, url_override, trigger, status, due_at,
       created_at)
     values ('ten_1', $1, 'we_1', $2, 'payment.succeeded', 'live', 'https://shop.example', 'automatic', $3,
       case when $3 = 'pending' then $4::timestamptz end, $4)`,
    [deliveryId, eventId, status, String(at)],
  );
  await test1.run(
    `insert into delivery_attempts (tenant_id, delivery_id, attempt_number, attempted_at, duration_ms, url, outcome)
     values ('ten_1', $1, 1, $2, 1, 'https://shop.example', 'acknowledged')`,
    [deliveryId, String(at)],
  );
  return deliveryId;
}

async function partitionsOf(table: string): Promise<readonly string[]> {
  const all = await selectPartitions(database.query);
  return all.filter((one) => one.table === table).map(({ name }) => name.slice(table.length + 1));
}

async function rowsOf(table: string): Promise<number> {
  const [row] = await test1.run<{ n: number }>(`select count(*)::int as n from ${table}`);
  return row?.n ?? -1;
}

/** Where each row of a table stands. */
async function placesOf(table: string): Promise<readonly string[]> {
  const rows = await test1.run<{ place: string }>(`select tableoid::regclass::text as place from ${table} order by 1`);
  return rows.map(({ place }) => place.slice(table.length + 1));
}

/** A turn in the middle of each month, as the worker would take them. */
async function liveUntil(end: string): Promise<void> {
  while (Temporal.Instant.compare(clock.now(), Temporal.Instant.from(end)) < 0) {
    clock.advance({ hours: 24 * 20 });
    await put(clock.now());
    await tendPartitions(context);
  }
}

test('before anything was done one partition holds everything', async () => {
  await put(BEGIN);
  await put('2026-01-01T00:00:00Z');
  expect(await partitionsOf('events')).toEqual(['beyond']);
  expect(await rowsOf('events')).toBe(2);
});

test('the coming two months are opened once, whoever looks', async () => {
  await put(BEGIN);
  const turns = await Promise.all([1, 2, 3].map(() => tendPartitions(context)));
  await tendPartitions(context);
  expect(await partitionsOf('events')).toEqual(['2021_01', '2021_02', 'beyond']);
  expect(await partitionsOf('delivery_attempts')).toEqual(['2021_01', '2021_02', 'beyond']);
  expect(turns.reduce((sum, { opened }) => sum + opened, 0)).toBeLessThanOrEqual(12);
  expect((await tendPartitions(context)).opened).toBe(0);
});

test('months come and go with the clock, and rows go with their month', async () => {
  await put(BEGIN);
  await tendPartitions(context);
  await liveUntil('2021-06-20T00:00:00Z');
  // 60 days before the end of June lies in April: what ended before is gone.
  expect(await partitionsOf('events')).toEqual(['before', '2021_04', '2021_05', '2021_06', '2021_07', 'beyond']);
  expect(await partitionsOf('deliveries')).toEqual(['before', '2021_04', '2021_05', '2021_06', '2021_07', 'beyond']);
  expect(new Set(await placesOf('events'))).toEqual(new Set(['2021_04', '2021_05', '2021_06']));
  expect(await rowsOf('delivery_attempts')).toBe(await rowsOf('deliveries'));
  const left = await test1.run(`select relname from pg_class where relname like 'detached%'`);
  expect(left).toEqual([]);
});

test('a row is of its month, also one at its first or last instant', async () => {
  await tendPartitions(context);
  await put('2021-01-31T23:59:59.999Z');
  await put('2021-02-01T00:00:00Z');
  expect(await placesOf('events')).toEqual(['2021_01', '2021_02']);
  expect(await placesOf('delivery_attempts')).toEqual(['2021_01', '2021_02']);
});

test('what is dated years ahead is written, and moves on until its month comes', async () => {
  await tendPartitions(context);
  await put('2021-08-10T00:00:00Z');
  await put('2025-01-01T00:00:00Z');
  expect(await placesOf('deliveries')).toEqual(['beyond', 'beyond']);
  await liveUntil('2021-07-10T00:00:00Z');
  expect(await placesOf('deliveries')).toEqual(expect.arrayContaining(['2021_08', 'beyond']));
});

test('what is dated before everything is written too', async () => {
  await tendPartitions(context);
  await liveUntil('2021-06-20T00:00:00Z');
  await put('2019-01-01T00:00:00Z');
  expect(await placesOf('events')).toContain('before');
});

test.each(['pending', 'held'])('a %s delivery keeps its month and the month of its event', async (status) => {
  const eventId = idAt('evt', '2021-01-20T00:00:00Z');
  await put(BEGIN);
  await tendPartitions(context);
  const waiting = await put('2021-02-20T00:00:00Z', status, eventId);
  await test1.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
     values ('ten_1', $1, 'live', 'x', 'x', '{}', now()) on conflict do nothing`,
    [eventId],
  );
  await liveUntil('2021-07-10T00:00:00Z');
  expect((await tendPartitions(context)).held).toEqual([
    { family: 'events', month: '2021-05-01' },
    { family: 'deliveries', month: '2021-05-01' },
  ]);
  expect(await partitionsOf('events')).toContain('2021_01');
  expect(await partitionsOf('delivery_attempts')).toContain('2021_02');
  await test1.run(`update deliveries set status = 'canceled', due_at = null where delivery_id = $1`, [waiting]);
  expect((await tendPartitions(context)).held).toEqual([]);
  expect(await partitionsOf('events')).not.toContain('2021_01');
  expect(await partitionsOf('delivery_attempts')).not.toContain('2021_02');
});

test('an event that was not passed on keeps its month', async () => {
  await tendPartitions(context);
  const eventId = idAt('evt', BEGIN);
  await put(BEGIN, 'succeeded', eventId);
  await test1.run(`insert into outbox values ('ten_1', 'ob_1', 1, 'event', $1)`, [eventId]);
  await liveUntil('2021-06-20T00:00:00Z');
  expect(await partitionsOf('events')).toContain('2021_01');
  expect(await partitionsOf('deliveries')).not.toContain('2021_01');
});

test('a month that was taken out and not dropped, because the worker died, is dropped by the next', async () => {
  await put(BEGIN);
  await tendPartitions(context);
  clock.advance({ hours: 24 * 120 });
  expect(await detachPartitions(database.query, 'deliveries', '2021-02-01')).toBe(2);
  expect(await rowsOf('deliveries')).toBe(0);
  const aside = await test1.run(`select relname from pg_class where relname like 'detached%' and relkind = 'r'`);
  expect(aside).toHaveLength(2);
  const { dropped } = await tendPartitions(context);
  expect(dropped).toEqual(expect.arrayContaining([expect.stringMatching(/^detached_delivery_attempts_2021_01_\d+$/)]));
  expect(await test1.run(`select relname from pg_class where relname like 'detached%'`)).toEqual([]);
});

test('a table that is read for long is left alone, and its turn comes later', async () => {
  await put(BEGIN);
  let readOn = (): void => {};
  const done = database.transaction(async (tx) => {
    await tx.selectFrom('deliveries').selectAll().execute();
    await new Promise<void>((resolve) => {
      readOn = resolve;
    });
  });
  await until(async () => (await test1.run(`select from pg_locks where relation = 'deliveries'::regclass`)).length > 0);
  const turn = await tendPartitions(context);
  expect(turn.isBusy).toBe(true);
  expect(await partitionsOf('deliveries')).toEqual(['beyond']);
  expect(await partitionsOf('events')).toEqual(['2021_01', '2021_02', 'beyond']);
  readOn();
  await done;
  expect(await tendPartitions(context)).toMatchObject({ isBusy: false, opened: 2 });
});

test('one event gets one delivery a lane, whichever partition they stand in', async () => {
  await tendPartitions(context);
  for (const at of [BEGIN, '2021-02-15T00:00:00Z', '2025-01-01T00:00:00Z']) {
    const eventId = idAt('evt', at);
    await put(at, 'succeeded', eventId);
    await expect(put(at, 'succeeded', eventId), at).rejects.toThrow(/duplicate key/);
  }
});

test('a tenant that wants more keeps everybody’s months, up to what the installation allows', async () => {
  const tenant = (id: string, days: number) =>
    test1.run(`insert into tenants values ($1, null, $1, $1, 'EUR', 'active', $2, now(), now())`, [
      id,
      JSON.stringify({ retention: { eventsDays: days } }),
    ]);
  await tenant('ten_1', 10);
  await tenant('ten_2', 5_000);
  await put(BEGIN);
  await tendPartitions(context);
  await liveUntil('2021-06-20T00:00:00Z');
  // 100 days before lies in March.
  expect((await partitionsOf('events'))[1]).toBe('2021_03');
  expect((await partitionsOf('deliveries'))[1]).toBe('2021_04');
});

test('the database refuses to drop what has just happened, whoever asks', async () => {
  const now = Temporal.Now.plainDateISO('UTC').with({ day: 1 });
  for (const month of [now, now.add({ months: 1 }), now.add({ years: 20 })]) {
    await splitPartition(database.query, 'events', month.toString());
    await expect(detachPartitions(database.query, 'events', month.toString())).rejects.toThrow(/younger than 30 days/);
  }
  await expect(splitPartition(database.query, 'payments', '2021-01-01')).rejects.toThrow();
  await expect(splitPartition(database.query, 'events', '2021-01-02')).rejects.toThrow(/begin with a month/);
});

test('what moves to another database stands in the same months there', async () => {
  await put(BEGIN);
  await tendPartitions(context);
  await put('2021-02-20T00:00:00Z');
  const other = await createTestDatabase();
  try {
    await copyDatabase({ source: test1.url, target: other.url, log: { info() {}, warn() {} } });
    const places = `select tableoid::regclass::text as place, event_id from events order by event_id`;
    expect(await other.run(places)).toEqual(await test1.run(places));
    expect(await placesOf('events')).toEqual(['2021_01', '2021_02']);
  } finally {
    await other.drop();
  }
});
