import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Domain } from './domain.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

export async function insertDomain(db: Queryable, domain: Domain): Promise<void> {
  await sql`insert into domains select r.* from ${recordset('domains', [domainToRow(domain)])} r`.execute(db);
}

export async function selectDomain(db: Queryable, tenantId: string, domainId: string): Promise<Domain | null> {
  const row = await db
    .selectFrom('domains')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('domain_id', '=', domainId)
    .executeTakeFirst();
  return row === undefined ? null : domainFromRow(row);
}

/** Newest first; one row more than the limit. */
export async function selectDomains(db: Queryable, owner: Owner, page: PageOptions): Promise<readonly Domain[]> {
  const query = db
    .selectFrom('domains')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('status', '<>', 'removed')
    .$call(newestFirst('domain_id', page));
  return (await query.execute()).map(domainFromRow);
}

/** How many claims stand, and how many were proven since. */
export async function countDomains(
  db: Queryable,
  owner: Owner,
  since: Temporal.Instant,
): Promise<{ readonly claimed: number; readonly provenSince: number }> {
  const { rows } = await sql<{ claimed: number; proven: number }>`
    select count(*) filter (where status <> 'removed')::int as claimed,
      count(*) filter (where verified_at >= ${since})::int as proven
    from domains where tenant_id = ${owner.tenantId} and mode = ${owner.mode}`.execute(db);
  return { claimed: rows[0]?.claimed ?? 0, provenSince: rows[0]?.proven ?? 0 };
}

/** Makes changes to a name one after the other, also those of different tenants, until the transaction ends. */
export async function lockName(tx: Queryable, domain: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`domain ${domain}`}, 0))`.execute(tx);
}

/** Makes a tenant's changes of its claims one after the other, so that its limits hold. */
export async function lockClaims(tx: Queryable, { tenantId, mode }: Owner): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`domains ${tenantId} ${mode}`}, 0))`.execute(tx);
}

export async function updateDomain(tx: Queryable, domain: Domain): Promise<void> {
  await tx
    .updateTable('domains')
    .set({
      status: domain.status,
      problem: domain.problem,
      absences: domain.absences,
      verified_at: domain.verifiedAt,
      checked_at: domain.checkedAt,
      updated_at: domain.updatedAt,
    })
    .where('tenant_id', '=', domain.tenantId)
    .where('domain_id', '=', domain.domainId)
    .execute();
}

export interface HostOwner extends Owner {
  readonly domainId: string;
}

/** Whose the host is; null where nobody has proven it. */
export async function selectHolder(db: Queryable, domain: string): Promise<HostOwner | null> {
  const row = await db.selectFrom('verified_domains').selectAll().where('domain', '=', domain).executeTakeFirst();
  return row === undefined ? null : { tenantId: row.tenant_id, mode: row.mode as Mode, domainId: row.domain_id };
}

/** Whose each of the hosts is, in their order, where that tenant is active; what the proxy and every request for a host ask. */
export async function selectActiveHolders(
  db: Queryable,
  domains: readonly string[],
): Promise<readonly (Owner | null)[]> {
  const { rows } = await sql<{ domain: string; tenant_id: string; mode: string }>`
    select v.domain, v.tenant_id, v.mode from verified_domains v join tenants t on t.tenant_id = v.tenant_id
    where v.domain = any(${domains}::text[]) and t.status = 'active'`.execute(db);
  const owners = new Map(rows.map((row) => [row.domain, { tenantId: row.tenant_id, mode: row.mode as Mode }]));
  return domains.map((domain) => owners.get(domain) ?? null);
}

/** The host at which a tenant's shoppers pay: the one it has had for longest. */
export async function selectHostOf(db: Queryable, owner: Owner): Promise<string | null> {
  const row = await db
    .selectFrom('verified_domains')
    .select('domain')
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .orderBy('verified_at')
    .limit(1)
    .executeTakeFirst();
  return row?.domain ?? null;
}

/** Enters a proven host; whoever had it must have been removed before. */
export async function insertHolder(tx: Queryable, { tenantId, domainId, mode, domain }: Domain, at: Temporal.Instant) {
  const row: WholeRow<'verified_domains'> = {
    ...{ domain, tenant_id: tenantId, domain_id: domainId },
    ...{ mode, verified_at: at },
  };
  await sql`insert into verified_domains select r.* from ${recordset('verified_domains', [row])} r`.execute(tx);
}

export async function deleteHolder(tx: Queryable, { tenantId, domainId }: HostOwner | Domain): Promise<void> {
  await tx.deleteFrom('verified_domains').where('tenant_id', '=', tenantId).where('domain_id', '=', domainId).execute();
}

function domainFromRow(row: Selectable<Tables['domains']>): Domain {
  return {
    tenantId: row.tenant_id,
    domainId: row.domain_id,
    mode: row.mode as Mode,
    domain: row.domain,
    challenge: row.challenge,
    status: row.status as Domain['status'],
    problem: row.problem as Domain['problem'],
    absences: row.absences,
    verifiedAt: row.verified_at,
    checkedAt: row.checked_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function domainToRow(domain: Domain): WholeRow<'domains'> {
  return {
    tenant_id: domain.tenantId,
    domain_id: domain.domainId,
    mode: domain.mode,
    domain: domain.domain,
    challenge: domain.challenge,
    status: domain.status,
    problem: domain.problem,
    absences: domain.absences,
    verified_at: domain.verifiedAt,
    checked_at: domain.checkedAt,
    created_at: domain.createdAt,
    updated_at: domain.updatedAt,
  };
}
