import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

/** How many of a tenant's payments, captures, refunds and reversals have no outcome yet, in either mode. */
export async function countOpenWork(db: Queryable, tenantId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select ((select count(*) from payments p where p.tenant_id = ${tenantId}
          and p.status in ('created', 'processing', 'authorized'))
      + (select count(*) from attempts a where a.tenant_id = ${tenantId} and a.sync_due_at is not null)
      + (select count(*) from captures c where c.tenant_id = ${tenantId} and c.status = 'pending')
      + (select count(*) from refunds r where r.tenant_id = ${tenantId} and r.status = 'pending')
      + (select count(*) from reversals r where r.tenant_id = ${tenantId} and r.status = 'pending'))::int as n`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
