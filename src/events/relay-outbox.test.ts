import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { recordset } from '../platform/recordset.ts';
import { type EventHead, OUTBOX_SHARDS, type OutboxWork, outboxRow, shardOf } from './event.ts';
import { type HandedOver, RelayInbox } from './relay-inbox.ts';
import { RELAYED_MAX, type RelayContext, relayHandedOver, relayOutbox } from './relay-outbox.ts';

let test1: TestDatabase;
let database: Database;
const clock = new ManualClock('2026-01-01T12:00:00Z');

beforeAll(async () => {
  test1 = await createTestDatabase();
  database = openDatabase({ url: test1.url, connectionsMax: 8, applicationName: 'test' });
});
afterAll(async () => {
  await database.close();
  await test1.drop();
});

/** Writes the rows, and the events they are about. */
async function put(...work: OutboxWork[]): Promise<readonly HandedOver[]> {
  const handed = work.map((one): HandedOver => {
    const row = outboxRow(one, clock);
    return { row, event: one.topic === 'event' ? eventHead(one) : null };
  });
  const rows = handed.map(({ row }) => row);
  const events = handed.flatMap(({ event }) => event ?? []).map((head) => ({ ...head, api_version: '1', object: {} }));
  await sql`
    with told as (insert into events select r.* from ${recordset('events', events)} r)
    insert into outbox select r.* from ${recordset('outbox', rows)} r`.execute(database.query);
  return handed;
}

function eventHead({ tenantId, subjectId }: OutboxWork): EventHead {
  return {
    tenant_id: tenantId,
    event_id: subjectId,
    mode: 'test',
    type: 'payment.created',
    payment_id: null,
    product_id: null,
    notification_url: null,
    created_at: clock.now(),
  };
}

/** Counts in a lane of its own how often each event was passed on. */
function contextOf(fannedOut: string[] = [], fail = false, woken: string[] = []): RelayContext {
  return {
    database,
    clock,
    fanOut: async (_db, events) => {
      if (fail) throw new Error('fan-out broke');
      fannedOut.push(...events.map((event) => event.event_id));
      const insert = sql`
        insert into lanes (kind, lane_id, tenant_id)
        select 'delivery', subject_id, tenant_id from taken where subject_id like 'evt%'
        on conflict (kind, lane_id) do update set generation = lanes.generation + 1`;
      return { insert, work: [] };
    },
    wake: (kind) => woken.push(kind),
  };
}

const EMPTY_INBOX = { holds: () => false };

function relay(fannedOut: string[] = [], fail = false, woken: string[] = []): Promise<number> {
  return relayOutbox(contextOf(fannedOut, fail, woken), EMPTY_INBOX);
}

/** The events that were passed on; the same one as often as it was. */
async function passedOn(prefix: string): Promise<readonly string[]> {
  const lanes = await test1.run<{ lane_id: string; generation: string }>(
    `select lane_id, generation from lanes where kind = 'delivery' and lane_id like '${prefix}%' order by lane_id`,
  );
  return lanes.flatMap(({ lane_id: id, generation }) => Array.from({ length: 1 + Number(generation) }, () => id));
}

async function outboxCount() {
  const [row] = await test1.run<{ n: number }>('select count(*)::int as n from outbox');
  return row?.n;
}

function events(prefix: string, count: number): readonly OutboxWork[] {
  return Array.from({ length: count }, (_, index) => ({
    tenantId: `ten_${index % 23}`,
    topic: 'event' as const,
    subjectId: `evt_${prefix}_${String(index).padStart(3, '0')}`,
    dueAt: null,
  }));
}

test('every row is passed on once, also by several relays at the same time', async () => {
  const work = events('many', 200);
  await put(...work);
  await Promise.all(Array.from({ length: 4 }, () => relay()));
  while ((await relay()) > 0);
  expect(await passedOn('evt_many')).toEqual(work.map(({ subjectId }) => subjectId));
  expect(await outboxCount()).toBe(0);
});

test('every row is passed on once where it is handed over to one relay and found by others', async () => {
  const work = events('both', 200);
  const handed = await put(...work);
  const halves = [handed.slice(0, 120), handed.slice(80)];
  await Promise.all([...halves.map((half) => relayHandedOver(contextOf(), half)), relay(), relay()]);
  while ((await relay()) > 0);
  expect(await passedOn('evt_both')).toEqual(work.map(({ subjectId }) => subjectId));
  expect(await outboxCount()).toBe(0);
});

test('a row that was handed over and never written leads to nothing', async () => {
  const row = outboxRow({ tenantId: 'ten_1', topic: 'event', subjectId: 'evt_never', dueAt: null }, clock);
  const event = eventHead({ tenantId: 'ten_1', topic: 'event', subjectId: 'evt_never', dueAt: null });
  expect(await relayHandedOver(contextOf(), [{ row, event }])).toBe(0);
  expect(await passedOn('evt_never')).toEqual([]);
});

test('rows that wait in the inbox are left to it', async () => {
  const handed = await put(...events('held', 3));
  const inbox = new RelayInbox(() => {});
  inbox.open();
  inbox.handOver(
    handed.slice(0, 2).map(({ row }) => row),
    handed.flatMap(({ event }) => event ?? []),
  );
  expect(await relayOutbox(contextOf(), inbox)).toBe(1);
  expect(await relayHandedOver(contextOf(), inbox.take(RELAYED_MAX))).toBe(2);
  expect(await passedOn('evt_held')).toEqual(['evt_held_000', 'evt_held_001', 'evt_held_002']);
});

test('rows whose fan-out broke stay, and the shard is free for the next try', async () => {
  const handed = await put({ tenantId: 'ten_1', topic: 'event', subjectId: 'evt_broken', dueAt: null });
  await expect(relay([], true)).rejects.toThrow('fan-out broke');
  await expect(relayHandedOver(contextOf([], true), handed)).rejects.toThrow('fan-out broke');
  expect(await outboxCount()).toBe(1);
  await relay();
  expect(await passedOn('evt_broken')).toEqual(['evt_broken']);
});

test('a shard that another relay is at is left to it', async () => {
  const tenantId = 'ten_held';
  await put({ tenantId, topic: 'event', subjectId: 'evt_shard', dueAt: null });
  await database.transaction(async (other) => {
    await sql`select 1 from lanes where kind = 'relay' and lane_id = ${String(shardOf(tenantId))} for update`.execute(
      other,
    );
    expect(await relay()).toBe(0);
  });
  expect(await passedOn('evt_shard')).toEqual([]);
  expect(await relay()).toBe(1);
  expect(await passedOn('evt_shard')).toEqual(['evt_shard']);
});

test('rows are passed on in the order they were written', async () => {
  const subjects = Array.from({ length: 50 }, (_, index) => `evt_ordered_${index}`);
  for (const subjectId of subjects) {
    clock.advance({ milliseconds: 1 });
    await put({ tenantId: 'ten_1', topic: 'event', subjectId, dueAt: null });
  }
  const fannedOut: string[] = [];
  await relay(fannedOut);
  expect(fannedOut).toEqual(subjects);
});

test('an event of a payment that can expire gives its tenant a lane that is due then', async () => {
  const dueAt = clock.now().add({ minutes: 15 });
  await put({ tenantId: 'ten_expiring', topic: 'event', subjectId: 'evt_x', dueAt });
  await relay([]);
  const rows = await test1.run(`select lane_id, next_due_at from lanes where kind = 'expiry'`);
  expect(rows).toEqual([{ lane_id: 'ten_expiring', next_due_at: new Date(dueAt.epochMilliseconds) }]);
});

test('work for an account wakes its lane now, or when it is due', async () => {
  const dueAt = clock.now().add({ seconds: 35 });
  await put(
    { tenantId: 'ten_1', topic: 'inbound', subjectId: 'pa_1', dueAt: null },
    { tenantId: 'ten_1', topic: 'sync', subjectId: 'pa_1', dueAt },
  );
  await relay([]);
  const rows = await test1.run(`select kind, next_due_at from lanes where lane_id = 'pa_1' order by kind`);
  expect(rows).toEqual([
    { kind: 'inbound', next_due_at: new Date(clock.now().epochMilliseconds) },
    { kind: 'sync', next_due_at: new Date(dueAt.epochMilliseconds) },
  ]);
});

test('only the kinds of lane that have work now are woken', async () => {
  const later = clock.now().add({ seconds: 35 });
  await put(
    { tenantId: 'ten_waking', topic: 'inbound', subjectId: 'pa_2', dueAt: null },
    { tenantId: 'ten_waking', topic: 'inbound', subjectId: 'pa_3', dueAt: null },
    { tenantId: 'ten_waking', topic: 'sync', subjectId: 'pa_2', dueAt: later },
  );
  const woken: string[] = [];
  await relay([], false, woken);
  expect(woken).toEqual(['inbound']);
});

test('tenants spread over the shards, each always on the same one', () => {
  const shards = Array.from({ length: 1_600 }, (_, index) => shardOf(`ten_${index}`));
  expect(shardOf('ten_7')).toBe(shardOf('ten_7'));
  for (let shard = 0; shard < OUTBOX_SHARDS; shard++) {
    expect(shards.filter((one) => one === shard).length).toBeGreaterThan(50);
  }
});
