import { type RawBuilder, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';

/** One tenant's of a mode, or everybody's of it. */
export interface Owners {
  readonly tenantId: string | null;
  readonly mode: Mode;
}

/** What wants somebody now. */
export interface AttentionRow {
  readonly stuck_payments: number;
  readonly stuck_operations: number;
  readonly open_exceptions: number;
  readonly set_aside: number;
  readonly open_fuses: number;
  readonly open_circuits: number;
  readonly unwell_endpoints: number;
  readonly deliveries_waiting: number;
  readonly oldest_waiting_id: string | null;
}

/** Nobody needs to know how many more there are. */
const COUNTED_MAX = 10_000;
/** Longer than providers take, and than a shopper at a bank is given. */
const STUCK_MINUTES = 15;

/** Counts what is stuck, open or waiting; each count by an index of what is so and nothing else. */
export async function selectAttention(db: Queryable, owners: Owners, now: Temporal.Instant): Promise<AttentionRow> {
  const before = now.subtract({ minutes: STUCK_MINUTES });
  const of = (table: string) =>
    owners.tenantId === null ? sql`true` : sql`${sql.ref(`${table}.tenant_id`)} = ${owners.tenantId}`;
  const operations = ['captures', 'refunds', 'reversals'].map(
    (table) => sql`select 1 from ${sql.table(table)} r
      where ${of('r')} and r.sync_due_at is not null and r.status = 'pending' and r.mode = ${owners.mode} and r.created_at < ${before}`,
  );
  const { rows } = await sql<AttentionRow>`select
    ${counted(sql`select 1 from attempts a join payments p using (tenant_id, payment_id)
      where ${of('a')} and a.state in ('dispatched', 'requires_action', 'completing', 'pending', 'unknown')
        and a.attempt_id < ${lowestId('att', before)} and p.mode = ${owners.mode}
        and (a.state <> 'requires_action' or p.expires_at < ${now})`)} as stuck_payments,
    ${counted(sql.join(operations, sql` union all `))} as stuck_operations,
    ${counted(sql`select 1 from reconciliation_exceptions x
      where ${of('x')} and x.state = 'open' and x.mode = ${owners.mode}`)} as open_exceptions,
    ${counted(sql`select 1 from inbound_events i join provider_accounts a using (tenant_id, provider_account_id)
      where ${of('i')} and i.state in ('quarantined', 'unmatched', 'failed') and a.mode = ${owners.mode}`)} as set_aside,
    ${counted(sql`select 1 from ack_fuses f where ${of('f')} and f.state = 'open' and f.mode = ${owners.mode}`)} as open_fuses,
    ${counted(sql`select 1 from provider_account_circuits c join provider_accounts a using (tenant_id, provider_account_id)
      where ${of('c')} and c.state = 'open' and a.mode = ${owners.mode}`)} as open_circuits,
    ${counted(sql`select 1 from endpoint_health h join webhook_endpoints e using (tenant_id, endpoint_id)
      where ${of('h')} and h.state <> 'healthy' and e.status <> 'deleted' and e.mode = ${owners.mode}`)} as unwell_endpoints,
    waiting.count as deliveries_waiting, waiting.oldest as oldest_waiting_id
    from (select count(*)::int as count, min(delivery_id) as oldest from (
      select d.delivery_id from deliveries d
      where ${of('d')} and d.status = 'pending' and d.mode = ${owners.mode} limit ${COUNTED_MAX}) bounded) waiting`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('Counting brings one row');
  return row;
}

function counted(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select count(*)::int from (select from (${rows}) all_rows limit ${COUNTED_MAX}) bounded)`;
}

/** Tries to tell endpoints and how many were acknowledged, by hour. */
export async function selectAcknowledgments(
  db: Queryable,
  { tenantId, mode }: Owners,
  since: Temporal.Instant,
  until: Temporal.Instant,
): Promise<readonly { readonly hour: Temporal.Instant; readonly attempts: bigint; readonly acknowledged: bigint }[]> {
  const { rows } = await sql<{ hour: Temporal.Instant; attempts: bigint; acknowledged: bigint }>`
    select h.hour, sum(h.attempts) as attempts, sum(h.acknowledged) as acknowledged
    from webhook_endpoints e
    join endpoint_health_hours h on h.tenant_id = e.tenant_id and h.endpoint_id = e.endpoint_id
    where ${tenantId === null ? sql`true` : sql`e.tenant_id = ${tenantId}`} and e.mode = ${mode}
      and h.hour >= ${since} and h.hour < ${until}
    group by h.hour order by h.hour`.execute(db);
  return rows;
}
