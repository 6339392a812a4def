import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type IdPrefix, lowestId } from '../kernel/id.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { ERASED_AT_ONCE_MAX, eraseExpired } from './erase-expired.ts';
import type { RetentionContext } from './tend-partitions.ts';

const NOW = Temporal.Instant.from('2021-06-01T00:00:00Z');
const daysAgo = (days: number) => NOW.subtract({ hours: 24 * days });

let test1: TestDatabase;
let database: Database;
let clock: ManualClock;
let context: RetentionContext;

beforeEach(async () => {
  test1 = await createTestDatabase();
  database = openDatabase({ url: test1.runtimeUrl, connectionsMax: 4, applicationName: 'test' });
  clock = new ManualClock(NOW);
  context = { database, clock, log: { info() {}, warn() {} }, retention: { days: 100, daysMax: 400 } };
  await putTenant('ten_short', { eventsDays: 10, deliveriesDays: 20, inboundDays: 30 });
  await putTenant('ten_plain', undefined);
});
afterEach(async () => {
  await database.close();
  await test1.drop();
});

function putTenant(tenantId: string, retention: object | undefined) {
  return test1.run(`insert into tenants values ($1, null, $1, $1, 'EUR', 'active', $2, now(), now())`, [
    tenantId,
    JSON.stringify({ retention }),
  ]);
}

const idAt = (prefix: IdPrefix, at: Temporal.Instant, n = 0) =>
  lowestId(prefix, at).slice(0, -6) + String(n).padStart(6, '0');

/** An event with a delivery, an attempt and a provider's notification, all of one day. */
async function put(tenantId: string, days: number, status = 'succeeded'): Promise<void> {
  const at = daysAgo(days);
  const [event, delivery, inbound] = (['evt', 'whd', 'in'] as const).map((prefix) => idAt(prefix, at));
  await test1.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
     values ($1, $2, 'live', 'payment.succeeded', 'x', '{"id": "pay_1"}', $3)`,
    [tenantId, event, at.toString()],
  );
  await test1.run(
    `insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, mode, url_override, trigger, status,
       created_at) values ($1, $2, 'we_1', $3, 'payment.succeeded', 'live', 'https://shop.example', 'automatic', $4, $5)`,
    [tenantId, delivery, event, status, at.toString()],
  );
  await test1.run(
    `insert into delivery_attempts (tenant_id, delivery_id, attempt_number, attempted_at, duration_ms, url, outcome,
       response_body, response_headers, request_headers)
     values ($1, $2, 1, $3, 1, 'https://shop.example', 'acknowledged', 'thanks', '{}', '{}')`,
    [tenantId, delivery, at.toString()],
  );
  await test1.run(
    `insert into inbound_events (tenant_id, inbound_event_id, provider_account_id, provider, received_at, remote_address,
       request_sealed, verdict, facts) values ($1, $2, 'pa_1', 'sandbox', $3, '127.0.0.1', 'sealed', 'bad_signature', '[]')`,
    [tenantId, inbound, at.toString()],
  );
}

/** The ages in days of what still says something. */
async function kept(tenantId: string) {
  const ages = async (text: string) => {
    const rows = await test1.run<{ at: Date }>(`${text} order by 1 desc`, [tenantId]);
    return rows.map(({ at }) => (NOW.epochMilliseconds - at.getTime()) / 86_400_000);
  };
  return {
    events: await ages(`select created_at as at from events where tenant_id = $1 and json_typeof(object) <> 'null'`),
    attempts: await ages(`select attempted_at as at from delivery_attempts where tenant_id = $1
      and (response_body is not null or response_headers is not null or request_headers is not null)`),
    inbound: await ages(`select received_at as at from inbound_events where tenant_id = $1 and request_sealed <> ''`),
  };
}

test('what a tenant keeps for less long is emptied, each kind after its own days, and the rows stay', async () => {
  for (const days of [5, 15, 25, 35]) {
    await put('ten_short', days);
    await put('ten_plain', days);
  }
  expect(await eraseExpired(context)).toEqual({ erased: 3 + 2 + 1, hasMore: false });
  expect(await kept('ten_short')).toEqual({ events: [5], attempts: [5, 15], inbound: [5, 15, 25] });
  expect(await kept('ten_plain')).toEqual({
    events: [5, 15, 25, 35],
    attempts: [5, 15, 25, 35],
    inbound: [5, 15, 25, 35],
  });
  const counted = await test1.run(`select
    (select count(*)::int from events) as events, (select count(*)::int from delivery_attempts) as attempts`);
  expect(counted).toEqual([{ events: 8, attempts: 8 }]);
});

test('a second turn changes nothing, and what comes of age later is emptied then', async () => {
  await put('ten_short', 5);
  await put('ten_short', 15);
  expect((await eraseExpired(context)).erased).toBe(1);
  expect((await eraseExpired(context)).erased).toBe(0);
  clock.advance({ hours: 24 * 6 });
  expect((await eraseExpired(context)).erased).toBe(2);
  expect((await kept('ten_short')).events).toEqual([]);
});

test('where one tenant keeps more than the others, theirs is emptied when the installation’s days are over', async () => {
  await putTenant('ten_long', { eventsDays: 300 });
  await put('ten_plain', 150);
  await put('ten_long', 150);
  await eraseExpired(context);
  expect((await kept('ten_plain')).events).toEqual([]);
  expect((await kept('ten_long')).events).toEqual([150]);
});

test.each(['pending', 'held'])(
  'what a %s delivery still needs is left, and emptied within a week after it',
  async (status) => {
    await put('ten_short', 40, 'held');
    if (status === 'pending') await test1.run(`update deliveries set status = 'pending', due_at = now()`);
    await eraseExpired(context);
    expect(await kept('ten_short')).toMatchObject({ events: [40], attempts: [40] });
    await test1.run(`update deliveries set status = 'succeeded', due_at = null`);
    expect((await eraseExpired(context)).erased).toBe(0);
    clock.advance({ hours: 24 * 7 });
    expect((await eraseExpired(context)).erased).toBe(2);
    expect(await kept('ten_short')).toMatchObject({ events: [], attempts: [] });
  },
);

test('a turn is bounded, and the next goes on where it ended', async () => {
  const rows = 40 * ERASED_AT_ONCE_MAX + 7;
  await test1.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
     select 'ten_short', left($1, -6) || lpad(n::text, 6, '0'), 'live', 'x', 'x', '{}', $2 from generate_series(1, $3) n`,
    [idAt('evt', daysAgo(50)), daysAgo(50).toString(), rows],
  );
  expect(await eraseExpired(context)).toEqual({ erased: 40 * ERASED_AT_ONCE_MAX, hasMore: true });
  expect(await eraseExpired(context)).toEqual({ erased: 7, hasMore: false });
});

test('two workers at once do each step once', async () => {
  for (const days of [15, 16, 17]) await put('ten_short', days);
  const turns = await Promise.all([eraseExpired(context), eraseExpired(context)]);
  expect(turns.reduce((sum, { erased }) => sum + erased, 0)).toBe(3);
});

test('the database empties nothing of the last day, whatever it is told', async () => {
  const today = Temporal.Now.instant();
  await test1.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
     values ('ten_short', $1, 'live', 'x', 'x', '{}', now())`,
    [idAt('evt', today)],
  );
  clock.set(today.add({ hours: 24 * 1_000 }));
  expect((await eraseExpired(context)).erased).toBe(0);
});

test('a turn that ends early passes over nobody: those who are done make room for the others', async () => {
  await test1.run(
    `insert into tenants select 'ten_' || n, null, 'x', 'app-' || n, 'EUR', 'active', '{"retention": {"eventsDays": 10}}', now(), now()
     from generate_series(1, 50) n`,
  );
  await test1.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
     select 'ten_' || n, $1, 'live', 'x', 'x', '{}', $2 from generate_series(1, 50) n`,
    [idAt('evt', daysAgo(15)), daysAgo(15).toString()],
  );
  let erased = 0;
  for (let hasMore = true; hasMore; ) {
    const turn = await eraseExpired(context);
    erased += turn.erased;
    ({ hasMore } = turn);
  }
  expect(erased).toBe(50);
});
