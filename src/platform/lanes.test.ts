import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase } from './database.ts';
import {
  addLaneWork,
  type ClaimedLane,
  claimLanes,
  claimLanesById,
  holdsLane,
  type LaneWork,
  lockHeldLanes,
  putLaneWork,
  releaseLane,
  releaseLanes,
  renewLanes,
} from './lanes.ts';

let test1: TestDatabase;
let database: Database;
const NOW = Temporal.Instant.from('2026-01-01T00:00:00Z');
const LATER = NOW.add({ seconds: 60 });

beforeAll(async () => {
  test1 = await createTestDatabase();
  database = openDatabase({ url: test1.url, connectionsMax: 8, applicationName: 'test' });
});
afterAll(async () => {
  await database.close();
  await test1.drop();
});

let count = 0;
function work(dueAt: Temporal.Instant = NOW): LaneWork {
  return { kind: 'delivery', laneId: `we_${count++}`, tenantId: 'ten_1', dueAt };
}

async function claimOne(item: LaneWork, leaseMs = 60_000) {
  const [lane] = await claimLanesById(database.query, 'delivery', [item.laneId], leaseMs);
  return lane;
}

async function nextDueAt(item: LaneWork) {
  const [row] = await test1.run<{ next_due_at: Date | null }>('select next_due_at from lanes where lane_id = $1', [
    item.laneId,
  ]);
  return row?.next_due_at?.toISOString() ?? null;
}

test('a lane is claimed when it is due, by one claimer at a time', async () => {
  const item = work();
  await addLaneWork(database.query, [item]);
  const claims = await Promise.all(
    Array.from({ length: 8 }, () => claimLanes(database.query, 'delivery', NOW, 10, 60_000)),
  );
  expect(claims.flat().filter(({ laneId }) => laneId === item.laneId)).toHaveLength(1);
});

test('a lane that is not due is left alone', async () => {
  const item = work(LATER);
  await addLaneWork(database.query, [item]);
  const claimed = await claimLanes(database.query, 'delivery', NOW, 100, 60_000);
  expect(claimed.map(({ laneId }) => laneId)).not.toContain(item.laneId);
});

test('a lease that ran out goes to the next claimer, and fences the one before', async () => {
  const item = work();
  await addLaneWork(database.query, [item]);
  const dead = await claimOne(item, 0);
  const living = await claimOne(item);
  if (dead === undefined || living === undefined) throw new Error('both were to be claimed');
  expect(await database.transaction((tx) => holdsLane(tx, dead))).toBe(false);
  await releaseLane(database.query, dead, null, NOW);
  expect(await database.transaction((tx) => holdsLane(tx, living))).toBe(true);
});

test('work added while a lane is worked off is never slept through', async () => {
  const item = work();
  await addLaneWork(database.query, [item]);
  const lane = await claimOne(item);
  if (lane === undefined) throw new Error('the lane was to be claimed');
  await addLaneWork(database.query, [{ ...item, dueAt: LATER }]);
  await releaseLane(database.query, lane, null, NOW);
  expect(await nextDueAt(item)).toBe(NOW.toString().replace('Z', '.000Z'));
});

test('a lane released without more work sleeps until some is added', async () => {
  const item = work();
  await addLaneWork(database.query, [item]);
  const lane = await claimOne(item);
  if (lane === undefined) throw new Error('the lane was to be claimed');
  await releaseLane(database.query, lane, null, NOW);
  expect(await nextDueAt(item)).toBeNull();
  await addLaneWork(database.query, [{ ...item, dueAt: LATER }]);
  expect(await nextDueAt(item)).toBe(LATER.toString().replace('Z', '.000Z'));
});

test('the earliest of several due times wins, in one addition and over several', async () => {
  const item = work(LATER);
  await addLaneWork(database.query, [item, { ...item, dueAt: NOW }, { ...item, dueAt: LATER }]);
  expect(await nextDueAt(item)).toBe(NOW.toString().replace('Z', '.000Z'));
  await addLaneWork(database.query, [{ ...item, dueAt: LATER }]);
  expect(await nextDueAt(item)).toBe(NOW.toString().replace('Z', '.000Z'));
});

test('additions of the same lanes in opposite orders do not deadlock', async () => {
  const items = Array.from({ length: 50 }, () => work());
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      database.transaction((tx) => addLaneWork(tx, index % 2 === 0 ? items : [...items].reverse())),
    ),
  );
  const [row] = await test1.run<{ generation: string }>('select generation from lanes where lane_id = $1', [
    items[0]?.laneId,
  ]);
  expect(Number(row?.generation)).toBe(7);
});

async function mustClaim(item: LaneWork, leaseMs = 60_000): Promise<ClaimedLane> {
  const lane = await claimOne(item, leaseMs);
  if (lane === undefined) throw new Error('It was to be claimed');
  return lane;
}

describe('a lease that is renewed', () => {
  test('holds on, and one that somebody else has claimed since is reported as lost', async () => {
    const [kept, lost] = [work(), work()];
    await addLaneWork(database.query, [kept, lost]);
    const ours = [await mustClaim(kept, 0), await mustClaim(lost, 0)];
    const other = await mustClaim(lost);
    expect([...(await renewLanes(database.query, 'delivery', ours, 60_000))]).toEqual([kept.laneId]);
    expect(await claimOne(kept)).toBeUndefined();
    expect([...(await renewLanes(database.query, 'delivery', [other], 60_000))]).toEqual([lost.laneId]);
  });
});

describe('lanes that are given back together', () => {
  test('are those that are still ours; the others stay as their holder has them', async () => {
    const [kept, lost] = [work(), work()];
    await addLaneWork(database.query, [kept, lost]);
    const ours = [await mustClaim(kept), await mustClaim(lost, 0)];
    await mustClaim(lost);
    await database.transaction(async (tx) => {
      expect([...(await lockHeldLanes(tx, 'delivery', ours))]).toEqual([kept.laneId]);
      const releases = ours.map((lane) => ({ lane, nextDueAt: LATER, heldUntil: null }));
      await releaseLanes(tx, 'delivery', releases, NOW);
    });
    expect(await nextDueAt(kept)).toBe('2026-01-01T00:01:00.000Z');
    expect(await nextDueAt(lost)).toBe('2026-01-01T00:00:00.000Z');
    expect(await claimOne(lost)).toBeUndefined();
  });

  test('are due at once where work came meanwhile', async () => {
    const item = work();
    await addLaneWork(database.query, [item]);
    const lane = await mustClaim(item);
    await addLaneWork(database.query, [item]);
    await releaseLanes(database.query, 'delivery', [{ lane, nextDueAt: null, heldUntil: null }], NOW);
    expect(await nextDueAt(item)).toBe('2026-01-01T00:00:00.000Z');
  });
});

describe('a lane that is held', () => {
  async function held(): Promise<LaneWork> {
    const item = work();
    await addLaneWork(database.query, [item]);
    const release = { lane: await mustClaim(item), nextDueAt: null, heldUntil: LATER };
    await releaseLanes(database.query, 'delivery', [release], NOW);
    return item;
  }

  test('is not brought forward by what happens meanwhile, nor by what came while it was given back', async () => {
    const item = await held();
    await putLaneWork([item])?.execute(database.query);
    expect(await nextDueAt(item)).toBe('2026-01-01T00:01:00.000Z');
    const lane = await mustClaim(item);
    await putLaneWork([item])?.execute(database.query);
    await releaseLanes(database.query, 'delivery', [{ lane, nextDueAt: null, heldUntil: LATER }], NOW);
    expect(await nextDueAt(item)).toBe('2026-01-01T00:01:00.000Z');
  });

  test('is due at once where a person asks for it', async () => {
    const item = await held();
    await addLaneWork(database.query, [item]);
    expect(await nextDueAt(item)).toBe('2026-01-01T00:00:00.000Z');
    await putLaneWork([item])?.execute(database.query);
    expect(await nextDueAt(item)).toBe('2026-01-01T00:00:00.000Z');
  });
});
