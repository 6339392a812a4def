import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventRows } from '../../src/events/event.ts';
import { present } from '../../src/kernel/assert.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { recordset } from '../../src/platform/recordset.ts';
import { type CrashWorld, type Shop, startCrashWorld } from './crash-world.ts';
import { askPatiently } from './order.ts';
import { type RoughReceiver, startRoughReceiver } from './rough-receiver.ts';

const SEED = Number(process.env.TOLLGATE_TEST_SEED ?? 20_261_121);
/** 10,000 take a quarter of an hour on two cores; so many fit a test run. */
const EVENTS = Number(process.env.TOLLGATE_TEST_EVENTS ?? 240);
const EVENTS_OF_A_PAYMENT = 6;
const KILLS = 3;
const KILL_AFTER_MS_MAX = 900;
const REFUSED_SHARE = 0.02;
const RESENDS = 9;
const STEP_MS = 700;
const LIMIT_MS = Math.max(180_000, EVENTS * 120);

let world: CrashWorld;
let database: Database;
let receiver: RoughReceiver;
const random = randomFrom(SEED);

beforeAll(async () => {
  [world, receiver] = await Promise.all([startCrashWorld(2), startRoughReceiver(random)]);
  database = openDatabase({ url: world.database.url, connectionsMax: 2, applicationName: 'test' });
});
afterAll(async () => {
  await receiver.close();
  await database.close();
  await world.close();
});

test(
  `S2.6 of ${EVENTS} events under kills, lost connections and a rough receiver each is acknowledged or dead with its reason, in order where that was asked for (seed ${SEED})`,
  async () => {
    const shop = await world.openShop();
    const [ordered, plain] = [await addEndpoint(shop, true), await addEndpoint(shop, false)];
    for (let part = 0; part < KILLS; part++) {
      // Also where it does not divide evenly, as 10,000 does not: all of them are waited for.
      await writeEvents(shop, Math.floor((EVENTS * (part + 1)) / KILLS) - Math.floor((EVENTS * part) / KILLS));
      const victim = present(world.gateways[part % 2], 'a gateway');
      await victim.whenUp();
      await pause(random() * KILL_AFTER_MS_MAX);
      await victim.kill();
      await cutConnections();
    }
    const deliveries = await untilEnded(shop);
    expect(deliveries).toHaveLength(2 * EVENTS);
    const acknowledged = (lane: string) =>
      receiver.meetings.filter((one) => one.acknowledged && one.path === `/${lane}`).map((one) => one.eventId);
    for (const { endpointId, name } of [ordered, plain]) {
      const taken = new Set(acknowledged(name));
      for (const one of deliveries.filter(({ lane_id }) => lane_id === endpointId)) {
        // Succeeded is what the receiver took, and nothing else.
        if (one.status === 'succeeded') expect(taken).toContain(one.event_id);
        else expect([one.status, one.last_error]).toEqual(['exhausted', 'HTTP 500']);
        expect(one.status === 'exhausted').toBe(receiver.refused.has(one.event_id));
      }
    }
    expect(outOfOrder(ordered.name, new Map(deliveries.map((one) => [one.event_id, one.payment_id])))).toEqual([]);
  },
  LIMIT_MS,
);

async function addEndpoint(shop: Shop, ordered: boolean) {
  const name = ordered ? 'ordered' : 'plain';
  // Not what is told of the endpoints themselves, which fare badly here.
  const eventTypes = ['payment.processing'];
  const body = { url: `${receiver.url}/${name}`, ordered, eventTypes, schedule: Array(RESENDS).fill(1) };
  const request = { path: '/api/v1/webhook-endpoints', idempotencyKey: `endpoint-${name}`, body };
  const { body: made } = await askPatiently(world, shop, request);
  return { endpointId: String(made.id), name };
}

let payments = 0;

/** Events with their outbox rows, as the program commits them; no process is told. */
async function writeEvents(shop: Shop, count: number): Promise<void> {
  const { tenantId } = shop.tenant.tenant;
  const rows = Array.from({ length: count }, (_, n) => {
    if (n % EVENTS_OF_A_PAYMENT === 0) payments++;
    const about = { tenantId, mode: 'test', productId: null, notificationUrl: null, dueAt: null } as const;
    const object = { id: `pay_${payments}` };
    return eventRows({ ...about, type: 'payment.processing', paymentId: `pay_${payments}`, object }, systemClock);
  });
  for (const { event } of rows) if (random() < REFUSED_SHARE) receiver.refused.add(event.event_id);
  await sql`
    with told as (insert into events select r.* from ${recordset(
      'events',
      rows.map(({ event }) => event),
    )} r)
    insert into outbox select r.* from ${recordset(
      'outbox',
      rows.map(({ outbox }) => outbox),
    )} r`.execute(database.query);
}

/** As a restart of the server does it, less the waiting. */
async function cutConnections(): Promise<void> {
  await world.database.run(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name like 'tollgate%'`,
  );
}

async function untilEnded(shop: Shop) {
  const { tenantId } = shop.tenant.tenant;
  const end = performance.now() + LIMIT_MS;
  for (let steps = 0; ; steps++) {
    await Promise.all(world.gateways.map((gateway) => gateway.whenUp()));
    await pause(STEP_MS);
    const rows = await world.database.run<Ended>(
      `select event_id, payment_id, lane_id, status, last_error from deliveries where tenant_id = $1`,
      [tenantId],
    );
    const left = rows.filter(({ status }) => status === 'pending').length;
    if (rows.length >= 2 * EVENTS && left === 0) return rows;
    if (performance.now() > end) throw new Error(`${left} of ${rows.length} are pending`);
    // Half way it recovers, but for what it will never take: nine resends are not for ever.
    if (steps === 4) receiver.calm();
    await world.passOutage();
  }
}

interface Ended {
  readonly event_id: string;
  readonly payment_id: string;
  readonly lane_id: string;
  readonly status: string;
  readonly last_error: string | null;
}

/** Requests about an event that came although an earlier one of its payment was neither taken nor given up. */
function outOfOrder(name: string, paymentOf: ReadonlyMap<string, string>): readonly string[] {
  const eventsOf = Map.groupBy([...paymentOf.keys()].sort(), (id) => paymentOf.get(id));
  const taken = new Set<string>();
  const wrong: string[] = [];
  for (const { path, eventId, acknowledged } of receiver.meetings) {
    if (path !== `/${name}`) continue;
    const all = eventsOf.get(paymentOf.get(eventId)) ?? [];
    const before = all.slice(0, all.indexOf(eventId));
    if (!before.every((id) => taken.has(id) || receiver.refused.has(id))) wrong.push(eventId);
    if (acknowledged) taken.add(eventId);
  }
  return wrong;
}

/** Numbers from 0 to 1, the same for the same seed. A linear congruence with the constants of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
