import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createTenantClocks } from '../test-clocks/tenant-clock.ts';
import type { Delivery } from './delivery.ts';
import { createHoldPaused } from './hold-paused.ts';
import { INHERITED, PLAIN_NOTIFICATIONS } from './notification-settings.ts';
import { insertDelivery } from './store-deliveries.ts';
import { releaseDeliveries } from './store-held.ts';
import { putSettings } from './store-settings.ts';

const OWNER = { tenantId: 'ten_1', mode: 'test' } as const;
const clock = new ManualClock('2026-01-01T12:00:00Z');
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase({ url: server.url, connectionsMax: 4, applicationName: 'test' });
  await server.run(
    `insert into tenants (tenant_id, name, app_name, currency, status, settings, created_at, updated_at)
     values ('ten_1', 'Shop', 'shop', 'EUR', 'active', '{}', $1, $1)`,
    [clock.now().toString()],
  );
});
afterEach(async () => {
  for (const table of ['deliveries', 'events', 'delivery_attempts', 'notification_settings']) {
    await server.run(`delete from ${table}`);
  }
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

const changed = { at: clock.now(), by: 'test' };

async function setPaused(paused: boolean, productId: string | null = null, db = database.query): Promise<void> {
  const about = { ...OWNER, adminEmailSealed: null, updatedAt: null };
  const settings =
    productId === null
      ? { ...about, productId, ...PLAIN_NOTIFICATIONS, paused }
      : { ...about, productId, ...INHERITED, paused };
  await putSettings(db, settings, changed);
}

let made = 0;

/** A delivery that is due, of an event of a product. */
async function due(changes: Partial<Delivery> = {}, productId: string | null = null): Promise<Delivery> {
  const number = String(++made).padStart(6, '0');
  const delivery: Delivery = {
    ...{
      ...OWNER,
      deliveryId: `whd_${number}`,
      laneId: 'we_1',
      eventId: `evt_${number}`,
      eventType: 'payment.created',
    },
    ...{ paymentId: null, endpointId: 'we_1', urlOverride: null, partnerKeyId: null },
    ...{ trigger: 'automatic', reason: 'tenant', status: 'pending', attemptsMade: 0, dueAt: clock.now() },
    ...{ lastAttemptAt: null, lastStatusCode: null, lastError: null, createdAt: clock.now() },
    ...changes,
  };
  await server.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, product_id, object, created_at)
     values ('ten_1', $1, 'test', 'payment.created', '1', $2, '{}', $3)`,
    [delivery.eventId, productId, clock.now().toString()],
  );
  await insertDelivery(database.query, delivery);
  return delivery;
}

async function statuses(): Promise<Readonly<Record<string, string>>> {
  const rows = await server.run<{ delivery_id: string; status: string }>('select delivery_id, status from deliveries');
  return Object.fromEntries(rows.map((row) => [row.delivery_id, row.status]));
}

/** A fresh one each time, which remembers nothing. */
async function mayBeSent(deliveries: readonly Delivery[]): Promise<readonly string[]> {
  const hook = createHoldPaused({ database, tenantClocks: createTenantClocks(database, clock) });
  return [...((await hook.beforeSend?.(null, deliveries)) ?? [])].sort();
}

const release = (paused: readonly string[] = []) =>
  releaseDeliveries(database.query, OWNER, { dueAt: clock.now(), paused, after: null, limit: 100 });

describe('S3.11 what comes due during a pause', () => {
  test('is sent where nothing is paused', async () => {
    const one = await due();
    expect(await mayBeSent([one])).toEqual([one.deliveryId]);
    expect(await statuses()).toEqual({ [one.deliveryId]: 'pending' });
  });

  test('is set aside with all that is due in its queue, so that nothing has to wait behind it', async () => {
    await setPaused(true, 'prd_1');
    const [one, behind] = [await due({}, 'prd_1'), await due({}, 'prd_1')];
    const later = await due({ dueAt: clock.now().add({ seconds: 1 }) }, 'prd_1');
    const [other, elsewhere] = [await due({}, 'prd_2'), await due({ laneId: 'we_2', endpointId: 'we_2' }, 'prd_1')];
    expect(await mayBeSent([one, other])).toEqual([other.deliveryId]);
    expect(await statuses()).toEqual({
      ...{ [one.deliveryId]: 'held', [behind.deliveryId]: 'held', [later.deliveryId]: 'pending' },
      ...{ [other.deliveryId]: 'pending', [elsewhere.deliveryId]: 'pending' },
    });
  });

  test('is sent to partners all the same', async () => {
    await setPaused(true);
    const partners = await due({ partnerKeyId: 'key_1', endpointId: null, urlOverride: 'https://partner.example/' });
    const one = await due();
    expect(await mayBeSent([partners, one])).toEqual([partners.deliveryId]);
  });

  test('of the other mode is not held', async () => {
    await setPaused(true);
    const live = await due({ mode: 'live' });
    expect(await mayBeSent([live])).toEqual([live.deliveryId]);
  });

  test('is not set aside by who looks while the pause is being ended: it would be left behind', async () => {
    await setPaused(true);
    const one = await due();
    let looked: Promise<readonly string[]> = Promise.resolve([]);
    await database.transaction(async (tx) => {
      await setPaused(false, null, tx);
      looked = mayBeSent([one]);
      await expect
        .poll(async () => (await server.run('select from pg_locks where not granted')).length)
        .toBeGreaterThan(0);
    });
    expect(await looked).toEqual([one.deliveryId]);
    expect(await statuses()).toEqual({ [one.deliveryId]: 'pending' });
  });
});

describe('S3.11 what is let go', () => {
  test('is due at once, except what belongs to a product that is still paused', async () => {
    await setPaused(true);
    const [one, other] = [await due({}, 'prd_1'), await due({}, 'prd_2')];
    await mayBeSent([one, other]);
    expect(await release(['prd_1'])).toMatchObject({ laneIds: ['we_1'] });
    expect(await statuses()).toEqual({ [one.deliveryId]: 'held', [other.deliveryId]: 'pending' });
  });

  test('is passed over in pieces to the end', async () => {
    await setPaused(true);
    const all = [await due(), await due(), await due()];
    await mayBeSent(all);
    const first = await releaseDeliveries(database.query, OWNER, {
      dueAt: clock.now(),
      paused: [],
      after: null,
      limit: 2,
    });
    expect(first.last).toBe(all[1]?.deliveryId);
    const second = await releaseDeliveries(database.query, OWNER, {
      dueAt: clock.now(),
      paused: [],
      after: first.last,
      limit: 2,
    });
    expect(second.last).toBe(all[2]?.deliveryId);
    expect(Object.values(await statuses())).toEqual(['pending', 'pending', 'pending']);
  });

  test.each([
    ['refused', 'pending', 3],
    ['acknowledged', 'succeeded', 3],
  ])(
    'was under way when it was set aside: what was %s is %s, its attempts counted',
    async (outcome, status, attempts) => {
      await setPaused(true);
      const one = await due({ attemptsMade: 2 });
      await mayBeSent([one]);
      await server.run(
        `insert into delivery_attempts (tenant_id, delivery_id, attempt_number, attempted_at, duration_ms, url, outcome)
       values ('ten_1', $1, 3, $2, 5, 'https://shop.example/', $3)`,
        [one.deliveryId, clock.now().toString(), outcome],
      );
      await release();
      const rows = await server.run('select status, attempts_made, due_at is null as ended from deliveries');
      expect(rows).toEqual([{ status, attempts_made: attempts, ended: status === 'succeeded' }]);
    },
  );
});
