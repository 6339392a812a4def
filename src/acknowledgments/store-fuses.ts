import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { AckFuse } from './ack-fuse.ts';

interface EndpointName {
  readonly tenantId: string;
  readonly endpointId: string;
}

/** The fuses of endpoints, locked until the transaction ends; of endpoints that have none yet, new rows are made first. */
export async function lockFuses(
  tx: Queryable,
  wanted: readonly AckFuse[],
): Promise<ReadonlyMap<AckFuse['endpointId'], AckFuse>> {
  if (wanted.length === 0) return new Map();
  await sql`
    insert into ack_fuses select r.* from ${recordset('ack_fuses', wanted.map(fuseToRow))} r
    order by r.tenant_id, r.endpoint_id
    on conflict do nothing`.execute(tx);
  const { rows } = await sql<Selectable<Tables['ack_fuses']>>`
    select f.* from ack_fuses f
    join unnest(${wanted.map(({ tenantId }) => tenantId)}::text[], ${wanted.map(({ endpointId }) => endpointId)}::text[])
      as wanted (tenant_id, endpoint_id) using (tenant_id, endpoint_id)
    order by f.tenant_id, f.endpoint_id
    for update of f`.execute(tx);
  return new Map(rows.map((row) => [row.endpoint_id, fuseFromRow(row)]));
}

/** Writes fuses that are locked. */
export async function saveFuses(tx: Queryable, fuses: readonly AckFuse[]): Promise<void> {
  if (fuses.length === 0) return;
  await sql`
    update ack_fuses f set
      state = r.state, recent = r.recent, reason = r.reason, opened_at = r.opened_at, updated_at = r.updated_at
    from ${recordset('ack_fuses', fuses.map(fuseToRow))} r
    where f.tenant_id = r.tenant_id and f.endpoint_id = r.endpoint_id`.execute(tx);
}

export async function selectFuse(db: Queryable, { tenantId, endpointId }: EndpointName): Promise<AckFuse | null> {
  const row = await db
    .selectFrom('ack_fuses')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('endpoint_id', '=', endpointId)
    .executeTakeFirst();
  return row === undefined ? null : fuseFromRow(row);
}

/** An endpoint that reverses nothing any more, and which payments are its. */
export interface OpenFuse {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly endpointId: string;
  /** null: of all products but those that have an endpoint of their own. */
  readonly productId: string | null;
  readonly otherProducts: readonly string[];
  readonly whenOpen: 'refuse' | 'hold';
}

/** Those of some tenants, or of all. Few: each is an incident. */
export async function selectOpenFuses(
  db: Queryable,
  tenantIds: readonly string[] | null,
): Promise<readonly OpenFuse[]> {
  const { rows } = await sql<{
    tenant_id: string;
    mode: string;
    endpoint_id: string;
    product_id: string | null;
    other_products: string[] | null;
    when_open: string;
  }>`
    select f.tenant_id, f.mode, f.endpoint_id, e.product_id, e.ack_policy ->> 'whenOpen' as when_open,
      case when e.product_id is null then (
        select array_agg(distinct o.product_id) from webhook_endpoints o
        where o.tenant_id = f.tenant_id and o.mode = f.mode and o.product_id is not null and not o.additional
          and o.status <> 'deleted'
      ) end as other_products
    from ack_fuses f join webhook_endpoints e using (tenant_id, endpoint_id)
    where f.state = 'open' and (${tenantIds}::text[] is null or f.tenant_id = any(${tenantIds}::text[]))
      and e.status <> 'deleted' and e.ack_policy ->> 'type' = 'reverse_on_no_ack'`.execute(db);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    mode: row.mode as Mode,
    endpointId: row.endpoint_id,
    productId: row.product_id,
    otherProducts: row.other_products ?? [],
    whenOpen: row.when_open === 'hold' ? 'hold' : 'refuse',
  }));
}

function fuseFromRow(row: Selectable<Tables['ack_fuses']>): AckFuse {
  return {
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    mode: row.mode as Mode,
    state: row.state as AckFuse['state'],
    recent: row.recent,
    reason: row.reason as AckFuse['reason'],
    openedAt: row.opened_at,
    updatedAt: row.updated_at,
  };
}

function fuseToRow(fuse: AckFuse): WholeRow<'ack_fuses'> {
  return {
    tenant_id: fuse.tenantId,
    endpoint_id: fuse.endpointId,
    mode: fuse.mode,
    state: fuse.state,
    recent: fuse.recent,
    reason: fuse.reason,
    opened_at: fuse.openedAt,
    updated_at: fuse.updatedAt,
  };
}
