import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

/**
 * Counts one more of a tenant's trials in a minute and returns the count. The clocks of two processes may differ: a minute
 * that is over already counts as the one that stands.
 */
export async function countTrial(db: Queryable, tenantId: string, minute: Temporal.Instant): Promise<number> {
  const { rows } = await sql<{ used: number }>`
    insert into simulation_budgets as b (tenant_id, minute, used) values (${tenantId}, ${minute}, 1)
    on conflict (tenant_id) do update set
      used = case when excluded.minute > b.minute then 1 else b.used + 1 end,
      minute = greatest(b.minute, excluded.minute)
    returning used`.execute(db);
  return rows[0]?.used ?? 1;
}
