import { type RawBuilder, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { type ActivityRow, COUNTED, type Period, SUMMED } from './activity.ts';

const COLUMNS = sql.raw([...COUNTED, ...SUMMED].join(', '));
const SUMS = sql.raw([...COUNTED, ...SUMMED].map((name) => `sum(${name})::bigint as ${name}`).join(', '));

/**
 * What happened to each `w` of WITH_BOUNDS, by mode, hour and currency, from rows that never change. Ids carry
 * their time, so that each row is in exactly one stretch of it.
 */
const ACTIVITY: RawBuilder<unknown> = sql`
  select e.mode, date_trunc('hour', e.created_at) as hour, p.currency,
    (e.type = 'payment.created')::int as created,
    (e.type = case p.capture_method when 'automatic' then 'payment.succeeded' else 'payment.authorized' end)::int as approved,
    (e.type = 'payment.failed' or (e.type in ('payment.expired', 'payment.canceled')
      and p.last_attempt_id is not null and p.amount_authorized = 0))::int as declined,
    0 as captures, 0 as refunds, (e.type = 'dispute.opened')::int as disputes,
    0::bigint as captured, 0::bigint as refunded, 0::bigint as reversed, 0::bigint as disputed
  from events e join payments p on p.tenant_id = e.tenant_id and p.payment_id = e.payment_id
  where e.tenant_id = w.tenant_id and e.event_id >= w.first_event and e.event_id < w.end_event
    and e.type in ('payment.created', 'payment.succeeded', 'payment.authorized', 'payment.failed', 'payment.expired',
      'payment.canceled', 'dispute.opened')
  union all
  select t.mode, date_trunc('hour', t.created_at), t.currency, 0, 0, 0,
    (t.kind = 'capture')::int, (t.kind = 'refund')::int, 0,
    case t.kind when 'capture' then t.amount when 'capture_failed' then -t.amount else 0 end,
    case t.kind when 'refund' then t.amount when 'refund_failed' then -t.amount else 0 end,
    case t.kind when 'reversal' then t.amount else 0 end,
    case t.kind when 'dispute_withdrawn' then t.amount when 'dispute_reinstated' then -t.amount else 0 end
  from ledger_transfers t
  where t.tenant_id = w.tenant_id and t.transfer_id >= w.first_transfer and t.transfer_id < w.end_transfer
    and t.kind in ('capture', 'capture_failed', 'refund', 'refund_failed', 'reversal', 'dispute_withdrawn', 'dispute_reinstated')`;

/**
 * `wanted` (tenant_id, since, until) with the ids at both ends. Most tenants share them, and the function that makes them
 * costs more than looking into an index.
 */
const WITH_BOUNDS: RawBuilder<unknown> = sql`ends as materialized (
  select since, until, id_floor('evt', since) as first_event, id_floor('evt', until) as end_event,
    id_floor('tr', since) as first_transfer, id_floor('tr', until) as end_transfer
  from (select distinct since, until from wanted) each_end
), w as materialized (
  select wanted.tenant_id, ends.* from wanted join ends on ends.since = wanted.since and ends.until = wanted.until
)`;

/**
 * A tenant's hours: those that were summed up, and what came since from the rows themselves. A tenant that ever had a test
 * clock is read from the rows alone in test mode: under it things happen in hours that were over.
 */
export async function selectActivity(
  db: Queryable,
  { tenantId, mode }: { readonly tenantId: string; readonly mode: Mode },
  { since, until }: Period,
  currency: string | null,
): Promise<readonly ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    with wanted as materialized (
      select ${tenantId}::text as tenant_id, ${until}::timestamptz as until,
        greatest(${since}::timestamptz, case when not (${mode} = 'test' and exists (
          select from test_clocks c where c.tenant_id = ${tenantId})) then (
            select rolled_until from activity_positions a where a.tenant_id = ${tenantId}) end) as since
    ), ${WITH_BOUNDS}
    select hour, currency, ${SUMS} from (
      select hour, currency, ${COLUMNS} from activity_hours, w
      where activity_hours.tenant_id = ${tenantId} and mode = ${mode} and hour >= ${since} and hour < ${until}
        and w.since > ${since}
      union all
      select f.hour, f.currency, ${COLUMNS} from w cross join lateral (${ACTIVITY}) f where f.mode = ${mode}
    ) parts where currency = coalesce(${currency}, currency)
    group by hour, currency`.execute(db);
  return rows;
}

/** The same of all tenants: their sums are summed up as well. */
export async function selectWholeActivity(
  db: Queryable,
  mode: Mode,
  { since, until }: Period,
  currency: string | null,
): Promise<readonly ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    with wanted as materialized (
      select t.tenant_id, ${until}::timestamptz as until, greatest(${since}::timestamptz, a.rolled_until) as since
      from tenants t left join activity_positions a using (tenant_id)
    ), ${WITH_BOUNDS}
    select hour, currency, ${SUMS} from (
      select hour, currency, ${COLUMNS} from activity_hours
      where tenant_id = ${SYSTEM} and mode = ${mode} and hour >= ${since} and hour < ${until}
      union all
      select f.hour, f.currency, ${COLUMNS} from w cross join lateral (${ACTIVITY}) f where f.mode = ${mode}
    ) parts where currency = coalesce(${currency}, currency)
    group by hour, currency`.execute(db);
  return rows;
}

/** Gives tenants without a position theirs: where their first event is, or they themselves. Returns how many. */
export async function insertPositions(db: Queryable): Promise<number> {
  const insert = sql`
    insert into activity_positions (tenant_id, rolled_until)
    select t.tenant_id, date_trunc('hour', least(t.created_at, (
      select e.created_at from events e where e.tenant_id = t.tenant_id order by e.event_id limit 1)))
    from tenants t where not exists (select from activity_positions a where a.tenant_id = t.tenant_id)
    order by t.tenant_id on conflict do nothing returning 1`;
  return (await forInstallation('overview', () => insert.execute(db))).rows.length;
}

/**
 * Sums up the hours of some tenants up to one that is over, and of all tenants together, and moves their positions: one
 * statement, so that each row is counted once whatever is cut short. Returns how many tenants it moved.
 */
export async function rollUp(
  tx: Queryable,
  {
    until,
    tenantsMax,
    daysMax,
  }: { readonly until: Temporal.Instant; readonly tenantsMax: number; readonly daysMax: number },
): Promise<number> {
  const move = sql<{ moved: number }>`
    with wanted as materialized (
      select tenant_id, rolled_until as since, least(rolled_until + ${daysMax}::int * interval '24 hours', ${until}::timestamptz) as until
      from activity_positions where rolled_until < ${until}
      order by rolled_until, tenant_id limit ${tenantsMax} for update skip locked
    ), ${WITH_BOUNDS}, sums as (
      select coalesce(w.tenant_id, ${SYSTEM}) as tenant_id, f.mode, f.hour, f.currency, ${SUMS}
      from w cross join lateral (${ACTIVITY}) f
      group by grouping sets ((w.tenant_id, f.mode, f.hour, f.currency), (f.mode, f.hour, f.currency))
    ), added as (
      insert into activity_hours as h (tenant_id, mode, hour, currency, ${COLUMNS})
      select tenant_id, mode, hour, currency, ${COLUMNS} from sums order by tenant_id, mode, hour, currency
      on conflict (tenant_id, mode, hour, currency) do update set
        ${sql.raw([...COUNTED, ...SUMMED].map((name) => `${name} = h.${name} + excluded.${name}`).join(', '))}
    ), moved as (
      update activity_positions a set rolled_until = w.until from w where a.tenant_id = w.tenant_id returning 1
    )
    select count(*)::int as moved from moved`;
  return (await forInstallation('overview', () => move.execute(tx))).rows[0]?.moved ?? 0;
}
