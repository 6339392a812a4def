import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { recordset } from '../platform/recordset.ts';
import { OUTBOX_SHARDS, type OutboxWork, outboxRow, shardOf } from './event.ts';
import { relayOutbox } from './relay-outbox.ts';

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

async function put(...work: OutboxWork[]): Promise<void> {
  const rows = work.map((one) => outboxRow(one, clock));
  await sql`insert into outbox select r.* from ${recordset('outbox', rows)} r`.execute(database.query);
}

function relay(seen: string[], fail = false, woken: string[] = []) {
  return relayOutbox({
    database,
    clock,
    fanOut: async (_tx, events) => {
      seen.push(...events.map(({ eventId }) => eventId));
      if (fail) throw new Error('fan-out broke');
      return [];
    },
    wake: (kind) => woken.push(kind),
  });
}

async function outboxCount() {
  const [row] = await test1.run<{ n: number }>('select count(*)::int as n from outbox');
  return row?.n;
}

test('every row is passed on once, also by several relays at the same time', async () => {
  const work = Array.from({ length: 200 }, (_, index) => ({
    tenantId: `ten_${index % 23}`,
    topic: 'event' as const,
    subjectId: `evt_${index}`,
    dueAt: null,
  }));
  await put(...work);
  const seen: string[] = [];
  await Promise.all(Array.from({ length: 4 }, () => relay(seen)));
  while ((await relay(seen)) > 0);
  expect(seen.sort()).toEqual(work.map(({ subjectId }) => subjectId).sort());
  expect(await outboxCount()).toBe(0);
});

test('rows whose fan-out broke stay, and the shard is free for the next try', async () => {
  await put({ tenantId: 'ten_1', topic: 'event', subjectId: 'evt_broken', dueAt: null });
  await expect(relay([], true)).rejects.toThrow('fan-out broke');
  expect(await outboxCount()).toBe(1);
  const seen: string[] = [];
  await relay(seen);
  expect(seen).toEqual(['evt_broken']);
});

test('a shard that another relay is at is left to it', async () => {
  const tenantId = 'ten_held';
  await put({ tenantId, topic: 'event', subjectId: 'evt_held', dueAt: null });
  const seen: string[] = [];
  await database.transaction(async (other) => {
    await sql`select 1 from lanes where kind = 'relay' and lane_id = ${String(shardOf(tenantId))} for update`.execute(
      other,
    );
    expect(await relay(seen)).toBe(0);
  });
  expect(seen).toEqual([]);
  expect(await relay(seen)).toBe(1);
  expect(seen).toEqual(['evt_held']);
});

test('rows are passed on in the order they were written', async () => {
  const subjects = Array.from({ length: 50 }, (_, index) => `evt_ordered_${index}`);
  for (const subjectId of subjects) {
    clock.advance({ milliseconds: 1 });
    await put({ tenantId: 'ten_1', topic: 'event', subjectId, dueAt: null });
  }
  const seen: string[] = [];
  await relay(seen);
  expect(seen).toEqual(subjects);
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
