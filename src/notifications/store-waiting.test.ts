import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { Delivery } from './delivery.ts';
import { insertDelivery } from './store-deliveries.ts';
import { type LanePlace, selectWaitingDeliveries, type WaitingDelivery } from './store-waiting.ts';

const LANE = { tenantId: 'ten_1', laneId: 'we_1' } as const;
const clock = new ManualClock('2026-01-01T12:00:00Z');
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase({ url: server.url, connectionsMax: 2, applicationName: 'test' });
});
afterEach(async () => {
  for (const table of ['deliveries', 'lanes']) await server.run(`delete from ${table}`);
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

/** A delivery that waits in the lane, and the lane's work with it. */
async function add(number: number, dueAt = clock.now()): Promise<void> {
  const delivery: Delivery = {
    ...{ ...LANE, deliveryId: `whd_${number}`, eventId: `evt_${number}`, eventType: 'payment.created', mode: 'test' },
    ...{ paymentId: null, endpointId: 'we_1', urlOverride: null, partnerKeyId: null },
    ...{ trigger: 'automatic', reason: 'tenant', status: 'pending', attemptsMade: 0, dueAt },
    ...{ lastAttemptAt: null, lastStatusCode: null, lastError: null, createdAt: clock.now() },
  };
  await insertDelivery(database.query, delivery);
  await addLaneWork(database.query, [{ kind: 'delivery', ...LANE, dueAt }]);
}

const read = (rowsMax: number, after: LanePlace | null = null, rowsKnown = 0) =>
  selectWaitingDeliveries(database.query, [{ ...LANE, rowsMax, after, rowsKnown }]);

const idsOf = (rows: readonly WaitingDelivery[]) => rows.map(({ delivery }) => delivery.deliveryId);

function placeOf(rows: readonly WaitingDelivery[]): LanePlace | null {
  const last = rows.at(-1);
  if (last === undefined || last.delivery.dueAt === null) return null;
  return { dueAt: last.delivery.dueAt, deliveryId: last.delivery.deliveryId, generation: last.generation };
}

test('a reading goes on behind the place where the last one ended', async () => {
  for (const number of [1, 2, 3]) await add(number);
  const first = await read(2);
  expect(idsOf(first)).toEqual(['whd_1', 'whd_2']);
  expect(idsOf(await read(2, placeOf(first), 2))).toEqual(['whd_3']);
});

test('a reading begins anew once something was added, since that may have come up before the place', async () => {
  for (const number of [3, 4]) await add(number);
  const place = placeOf(await read(2));
  expect(await read(2, place, 2)).toEqual([]);
  await add(2);
  await add(1, clock.now().subtract({ seconds: 1 }));
  // As many more as are known already, so that what is new has room.
  expect(idsOf(await read(1, place, 2))).toEqual(['whd_1', 'whd_2', 'whd_3']);
});

test('a lane that nobody wrote a row for is read from the beginning', async () => {
  await add(1);
  await server.run('delete from lanes');
  expect(idsOf(await read(1))).toEqual(['whd_1']);
});
