import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { type Circuit, CLOSED } from './circuit.ts';
import { circuitFromRow } from './circuit-row.ts';

/** Whose circuit. */
export interface CircuitOwner {
  readonly tenantId: string;
  readonly providerAccountId: string;
}

/** Circuits of a tenant's accounts, by account; one without a row is missing. */
export async function selectCircuits(
  db: Queryable,
  tenantId: string,
  providerAccountIds: readonly string[],
): Promise<ReadonlyMap<string, Circuit>> {
  const { rows } = await sql<Selectable<Tables['provider_account_circuits']>>`
    select * from provider_account_circuits
    where tenant_id = ${tenantId} and provider_account_id = any(${[...providerAccountIds]}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.provider_account_id, circuitFromRow(row)]));
}

/** Circuits as they stand, locked until the transaction ends; in one order, so that two writers never wait crosswise. */
export async function lockCircuits(
  tx: Queryable,
  owners: readonly CircuitOwner[],
  now: Temporal.Instant,
): Promise<ReadonlyMap<string, Circuit>> {
  const sorted = [...owners].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const fresh = sorted.map((owner) => circuitToRow(owner, CLOSED, now));
  await sql`
    insert into provider_account_circuits select r.* from ${recordset('provider_account_circuits', fresh)} r
    order by r.tenant_id, r.provider_account_id
    on conflict on constraint provider_account_circuits_pkey do nothing`.execute(tx);
  const { rows } = await sql<Selectable<Tables['provider_account_circuits']>>`
    select c.* from unnest(${sorted.map((one) => one.tenantId)}::text[],
      ${sorted.map((one) => one.providerAccountId)}::text[]) as w (tenant_id, provider_account_id)
    join provider_account_circuits c using (tenant_id, provider_account_id)
    order by c.tenant_id, c.provider_account_id
    for update of c`.execute(tx);
  return new Map(
    rows.map((row) => [
      keyOf({ tenantId: row.tenant_id, providerAccountId: row.provider_account_id }),
      circuitFromRow(row),
    ]),
  );
}

export function keyOf({ tenantId, providerAccountId }: CircuitOwner): string {
  return `${tenantId} ${providerAccountId}`;
}

/** Writes circuits that are locked. */
export async function updateCircuits(
  tx: Queryable,
  changed: readonly (CircuitOwner & { readonly circuit: Circuit })[],
  now: Temporal.Instant,
): Promise<void> {
  const rows = changed.map((one) => circuitToRow(one, one.circuit, now));
  await sql`
    update provider_account_circuits c set
      state = r.state, since = r.since, failures = r.failures, failing_since = r.failing_since, openings = r.openings,
      retry_at = r.retry_at, probe_until = r.probe_until, updated_at = r.updated_at
    from ${recordset('provider_account_circuits', rows)} r
    where c.tenant_id = r.tenant_id and c.provider_account_id = r.provider_account_id`.execute(tx);
}

/** Takes the right to probe an open circuit whose time has come; false where somebody else has it, or it is closed. */
export async function updateProbe(
  db: Queryable,
  { tenantId, providerAccountId }: CircuitOwner,
  { now, until }: { readonly now: Temporal.Instant; readonly until: Temporal.Instant },
): Promise<boolean> {
  const { rows } = await sql`
    update provider_account_circuits set probe_until = ${until}, updated_at = ${now}
    where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and state = 'open'
      and retry_at <= ${now} and (probe_until is null or probe_until <= ${now})
    returning 1`.execute(db);
  return rows.length === 1;
}

/** How many accounts of the installation have an open circuit. */
export async function selectOpenCount(db: Queryable): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from provider_account_circuits where state = 'open'`.execute(db);
  return rows[0]?.n ?? 0;
}

function circuitToRow(
  { tenantId, providerAccountId }: CircuitOwner,
  circuit: Circuit,
  now: Temporal.Instant,
): WholeRow<'provider_account_circuits'> {
  return {
    tenant_id: tenantId,
    provider_account_id: providerAccountId,
    state: circuit.state,
    since: circuit.since,
    failures: circuit.failures,
    failing_since: circuit.failingSince,
    openings: circuit.openings,
    retry_at: circuit.retryAt,
    probe_until: circuit.probeUntil,
    updated_at: now,
  };
}
