import { type Selectable, sql } from 'kysely';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { TestClock } from './test-clock.ts';

/** Breaks test_clocks_held_key where one is held already. */
export async function insertTestClock(db: Queryable, one: TestClock): Promise<void> {
  await db
    .insertInto('test_clocks')
    .values({
      tenant_id: one.tenantId,
      test_clock_id: one.testClockId,
      name: one.name,
      stands_at: one.standsAt,
      status: one.status,
      created_at: one.createdAt,
      updated_at: one.updatedAt,
    })
    .execute();
}

/** Moves or releases a held clock, if it still stands where it was read. */
export async function updateTestClock(
  db: Queryable,
  before: TestClock,
  after: Pick<TestClock, 'standsAt' | 'status' | 'updatedAt'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('test_clocks')
    .set({ stands_at: after.standsAt, status: after.status, updated_at: after.updatedAt })
    .where('tenant_id', '=', before.tenantId)
    .where('test_clock_id', '=', before.testClockId)
    .where('status', '=', 'held')
    .where('stands_at', '=', before.standsAt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function selectTestClock(db: Queryable, tenantId: string, testClockId: string): Promise<TestClock | null> {
  const row = await db
    .selectFrom('test_clocks')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('test_clock_id', '=', testClockId)
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectTestClocks(
  db: Queryable,
  tenantId: string,
  page: PageOptions,
): Promise<readonly TestClock[]> {
  const query = db
    .selectFrom('test_clocks')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .$call(newestFirst('test_clock_id', page));
  return (await query.execute()).map(fromRow);
}

/** Where the tenant's test clock stands; null where none is held. */
export async function selectHeldAt(db: Queryable, tenantId: string): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('test_clocks')
    .select('stands_at')
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'held')
    .executeTakeFirst();
  return row?.stands_at ?? null;
}

/** Where the held test clocks of several tenants stand. */
export async function selectHeldAtOf(
  db: Queryable,
  tenantIds: readonly string[],
): Promise<ReadonlyMap<string, Temporal.Instant>> {
  const { rows } = await sql<{ tenant_id: string; stands_at: Temporal.Instant }>`
    select tenant_id, stands_at from test_clocks
    where tenant_id = any(${tenantIds}::text[]) and status = 'held'`.execute(db);
  return new Map(rows.map((row) => [row.tenant_id, row.stands_at]));
}

function fromRow(row: Selectable<Tables['test_clocks']>): TestClock {
  return {
    tenantId: row.tenant_id,
    testClockId: row.test_clock_id,
    name: row.name,
    standsAt: row.stands_at,
    status: row.status as TestClock['status'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
