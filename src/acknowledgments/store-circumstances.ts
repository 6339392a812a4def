import { type Selectable, sql } from 'kysely';
import { idRange } from '../kernel/id.ts';
import { SYSTEM } from '../keys/sealer.ts';
import { type AckPolicy, ackPolicy } from '../notifications/ack-policy.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { alsoForTenants } from '../platform/tenant-scope.ts';

/** An endpoint as it is at this moment, which a receiver that was opened before may not know. */
export interface CurrentEndpoint {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly policy: AckPolicy;
  readonly isActive: boolean;
  readonly isTested: boolean;
}

/** Endpoints by their ids, the deleted ones left out. Share-locked: nobody changes the policy under what is decided on it. */
export async function selectCurrentEndpoints(
  tx: Queryable,
  named: readonly { readonly tenantId: string; readonly endpointId: string }[],
): Promise<ReadonlyMap<string, CurrentEndpoint>> {
  const { rows } = await sql<{
    tenant_id: string;
    endpoint_id: string;
    ack_policy: unknown;
    status: string;
    test_passed_at: Temporal.Instant | null;
  }>`
    select e.tenant_id, e.endpoint_id, e.ack_policy, e.status, e.test_passed_at from webhook_endpoints e
    join (
      select distinct * from unnest(
        ${named.map(({ tenantId }) => tenantId)}::text[], ${named.map(({ endpointId }) => endpointId)}::text[])
    ) as wanted (tenant_id, endpoint_id) using (tenant_id, endpoint_id)
    where e.status <> 'deleted'
    order by e.tenant_id, e.endpoint_id
    for share of e`.execute(tx);
  const endpoints = rows.map((row) => ({
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    policy: ackPolicy.parse(row.ack_policy),
    isActive: row.status === 'active',
    isTested: row.test_passed_at !== null,
  }));
  return new Map(endpoints.map((endpoint) => [endpoint.endpointId, endpoint]));
}

/** What an event says that decides whether its notification arms anything. */
export interface ArmingEvent {
  readonly eventId: string;
  readonly type: string;
  readonly captureMethod: string | null;
  readonly createdAt: Temporal.Instant;
}

export async function selectArmingEvents(
  db: Queryable,
  named: readonly { readonly tenantId: string; readonly eventId: string }[],
): Promise<ReadonlyMap<string, ArmingEvent>> {
  const { first, last } = idRange(named.map(({ eventId }) => eventId));
  const { rows } = await sql<{
    event_id: string;
    type: string;
    capture_method: string | null;
    created_at: Temporal.Instant;
  }>`
    select e.event_id, e.type, e.object ->> 'captureMethod' as capture_method, e.created_at from events e
    join unnest(${named.map(({ tenantId }) => tenantId)}::text[], ${named.map(({ eventId }) => eventId)}::text[])
      as wanted (tenant_id, event_id) using (tenant_id, event_id)
    where e.event_id between ${first} and ${last}`.execute(db);
  const events = rows.map((row) => ({
    eventId: row.event_id,
    type: row.type,
    captureMethod: row.capture_method,
    createdAt: row.created_at,
  }));
  return new Map(events.map((event) => [event.eventId, event]));
}

/** The switch of one tenant, or with SYSTEM of all. */
export interface AckSwitch {
  readonly tenantId: string;
  readonly enabled: boolean;
  readonly reason: string;
  readonly changedBy: string;
  readonly changedAt: Temporal.Instant;
}

/** Those of the tenants among these whose reversals are switched off; all of them where the installation's are. */
export async function selectSwitchedOff(db: Queryable, tenantIds: readonly string[]): Promise<ReadonlySet<string>> {
  const off = sql<{ tenant_id: string }>`
    select wanted.tenant_id from unnest(${[...new Set(tenantIds)]}::text[]) as wanted (tenant_id)
    where exists (
      select from ack_switches s where s.tenant_id in (wanted.tenant_id, ${SYSTEM}) and not s.enabled)`;
  const { rows } = await alsoForTenants([SYSTEM], () => off.execute(db));
  return new Set(rows.map((row) => row.tenant_id));
}

/** Every switch that was ever moved, the installation's first. */
export async function selectSwitches(db: Queryable): Promise<readonly AckSwitch[]> {
  const { rows } = await sql<Selectable<Tables['ack_switches']>>`
    select * from ack_switches order by tenant_id <> ${SYSTEM}, tenant_id`.execute(db);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    enabled: row.enabled,
    reason: row.reason,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  }));
}

export async function saveSwitch(tx: Queryable, { tenantId, enabled, reason, changedBy, changedAt }: AckSwitch) {
  const row: WholeRow<'ack_switches'> = {
    ...{ tenant_id: tenantId, enabled, reason },
    ...{ changed_by: changedBy, changed_at: changedAt },
  };
  await sql`
    insert into ack_switches select r.* from ${recordset('ack_switches', [row])} r
    on conflict (tenant_id) do update set
      enabled = excluded.enabled, reason = excluded.reason, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at`.execute(tx);
}

/** One life of the installation. */
export interface Epoch {
  readonly epoch: number;
  readonly fingerprint: string;
  readonly reason: string;
  readonly startedAt: Temporal.Instant;
  readonly lastSeenAt: Temporal.Instant;
}

const LOCKS = { none: sql``, share: sql`for share`, update: sql`for update` } as const;

/** The epoch that stands in the database; null before the first. Its row is locked as asked, so that it stays the last. */
export async function selectEpoch(tx: Queryable, lock: 'none' | 'share' | 'update'): Promise<Epoch | null> {
  const { rows } = await sql<Selectable<Tables['installation_epochs']>>`
    select * from installation_epochs where tenant_id = ${SYSTEM} order by epoch desc limit 1
    ${LOCKS[lock]}`.execute(tx);
  const [row] = rows;
  if (row === undefined) return null;
  const { epoch, fingerprint, reason, started_at: startedAt, last_seen_at: lastSeenAt } = row;
  return { epoch, fingerprint, reason, startedAt, lastSeenAt };
}

/** Begins an epoch; false where somebody else has just begun it. */
export async function insertEpoch(tx: Queryable, { epoch, fingerprint, reason, startedAt, lastSeenAt }: Epoch) {
  const row: WholeRow<'installation_epochs'> = {
    ...{ tenant_id: SYSTEM, epoch, fingerprint, reason },
    ...{ started_at: startedAt, last_seen_at: lastSeenAt },
  };
  const { rows } = await sql`
    insert into installation_epochs select r.* from ${recordset('installation_epochs', [row])} r
    on conflict do nothing returning 1`.execute(tx);
  return rows.length === 1;
}

export async function touchEpoch(tx: Queryable, epoch: number, now: Temporal.Instant): Promise<void> {
  await sql`
    update installation_epochs set last_seen_at = greatest(last_seen_at, ${now})
    where tenant_id = ${SYSTEM} and epoch = ${epoch}`.execute(tx);
}

/**
 * What a restore, a promotion or a move changes: the cluster, the database in it, and the timeline its log is written on.
 * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA
 */
export async function selectFingerprint(db: Queryable): Promise<string> {
  const { rows } = await sql<{ fingerprint: string }>`
    select concat_ws(' ', s.system_identifier, (select oid from pg_database where datname = current_database()),
      c.timeline_id) as fingerprint
    from pg_control_system() s, pg_control_checkpoint() c`.execute(db);
  return rows[0]?.fingerprint ?? '';
}
