import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

/** How far a pass over a tenant's sealed values has come. */
export interface ResealPass {
  readonly columnName: string;
  /** The key of the last row that was looked at; empty at the beginning of a column. */
  readonly position: readonly string[];
  /** Values under older versions that the pass has come upon. */
  readonly found: bigint;
  readonly beganAt: Temporal.Instant;
}

/** Begins a pass at an instant, also where one is under way: what it has passed may be under an older version by now. */
export async function putPass(
  tx: Queryable,
  tenantId: string,
  columnName: string,
  dueAt: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into reseals (tenant_id, column_name, position, found, began_at, due_at)
    values (${tenantId}, ${columnName}, '{}', 0, ${dueAt}, ${dueAt})
    on conflict (tenant_id) do update set column_name = excluded.column_name, position = '{}', found = 0,
      began_at = excluded.began_at, due_at = excluded.due_at`.execute(tx);
}

/** Tenants whose pass is due, the longest due first. */
export async function selectDuePasses(db: Queryable, now: Temporal.Instant, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('reseals')
    .select('tenant_id')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.tenant_id);
}

/** A due pass, locked until the transaction ends; null where another worker has it, or it is not due. */
export async function lockPass(tx: Queryable, tenantId: string, now: Temporal.Instant): Promise<ResealPass | null> {
  const row = await tx
    .selectFrom('reseals')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('due_at', '<=', now)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (row === undefined) return null;
  return { columnName: row.column_name, position: row.position, found: row.found, beganAt: row.began_at };
}

/** Notes how far the pass has come, and since when others are due before it. */
export async function movePass(
  tx: Queryable,
  tenantId: string,
  { columnName, position, found }: Omit<ResealPass, 'beganAt'>,
  dueAt: Temporal.Instant,
): Promise<void> {
  await tx
    .updateTable('reseals')
    .set({ column_name: columnName, position: [...position], found, due_at: dueAt })
    .where('tenant_id', '=', tenantId)
    .execute();
}

export async function deletePass(tx: Queryable, tenantId: string): Promise<void> {
  await tx.deleteFrom('reseals').where('tenant_id', '=', tenantId).execute();
}
