import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Circuit } from '../routing/circuit.ts';
import { circuitFromRow } from '../routing/circuit-row.ts';
import { rulesFromJson } from '../routing/routing-rules.ts';
import type { ProviderAccount } from './account.ts';
import { reversalCutOff } from './reversal-cut-off.ts';

/** Whose accounts: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** Stores an account, with the lane in which its provider's statements are read. */
export async function insertAccount(db: Queryable, account: ProviderAccount): Promise<void> {
  await db
    .insertInto('provider_accounts')
    .values({
      tenant_id: account.tenantId,
      provider_account_id: account.providerAccountId,
      mode: account.mode,
      provider: account.provider,
      created_at: account.createdAt,
      ...changeable(account),
    })
    .execute();
  await db
    .insertInto('provider_account_tenants')
    .values({ provider_account_id: account.providerAccountId, tenant_id: account.tenantId })
    .execute();
  const { tenantId, providerAccountId: laneId, createdAt } = account;
  // There is nothing on any statement yet.
  await addLaneWork(db, [{ kind: 'reconcile', laneId, tenantId, dueAt: createdAt.add({ hours: 24 }) }]);
}

export async function selectAccount(
  db: Queryable,
  tenantId: string,
  providerAccountId: string,
): Promise<ProviderAccount | null> {
  const row = await db
    .selectFrom('provider_accounts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .executeTakeFirst();
  return row === undefined ? null : accountFromRow(row);
}

/** Writes what may change of an account. */
export async function updateAccount(db: Queryable, account: ProviderAccount): Promise<void> {
  await db
    .updateTable('provider_accounts')
    .set(changeable(account))
    .where('tenant_id', '=', account.tenantId)
    .where('provider_account_id', '=', account.providerAccountId)
    .execute();
}

/** An account of the tenant and mode. */
export async function selectOwnAccount(
  db: Queryable,
  owner: Owner,
  providerAccountId: string,
): Promise<ProviderAccount | null> {
  const row = await ownAccount(db, owner, providerAccountId).executeTakeFirst();
  return row === undefined ? null : accountFromRow(row);
}

/** The same, locked until the transaction ends, so that two changes do not lose one. */
export async function lockOwnAccount(
  tx: Queryable,
  owner: Owner,
  providerAccountId: string,
): Promise<ProviderAccount | null> {
  const row = await ownAccount(tx, owner, providerAccountId).forUpdate().executeTakeFirst();
  return row === undefined ? null : accountFromRow(row);
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectOwnAccounts(
  db: Queryable,
  owner: Owner,
  page: PageOptions,
): Promise<readonly ProviderAccount[]> {
  const query = db
    .selectFrom('provider_accounts')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('provider_account_id', page));
  return (await query.execute()).map(accountFromRow);
}

/** An account with how it has lately answered. */
export interface AccountWithCircuit {
  readonly account: ProviderAccount;
  /** null: it has never failed. */
  readonly circuit: Circuit | null;
}

/**
 * The accounts of tenants and modes that payments may go to, in the order wanted, each with its circuit: one statement,
 * since every confirmation waits for it. `all`: also disabled ones. The offset keeps the planner from turning the join
 * round, which it likes while there are few accounts, and then every account of the installation is read.
 */
export async function selectRoutableAccounts(
  db: Queryable,
  wanted: readonly (Owner & { readonly all: boolean })[],
): Promise<readonly (readonly AccountWithCircuit[])[]> {
  const { rows } = await sql<RoutableRow>`
    select found.*, w.all_of
    from (
      select distinct * from unnest(${wanted.map((one) => one.tenantId)}::text[],
        ${wanted.map((one) => one.mode)}::text[], ${wanted.map((one) => one.all)}::boolean[])
    ) w (tenant_id, mode, all_of)
    cross join lateral (
      select a.*, c.state as circuit_state, c.since, c.failures, c.failing_since, c.openings, c.retry_at, c.probe_until
      from provider_accounts a
      left join provider_account_circuits c using (tenant_id, provider_account_id)
      where a.tenant_id = w.tenant_id and a.mode = w.mode and (a.status = 'active' or w.all_of)
      offset 0
    ) found
    order by found.provider_account_id`.execute(db);
  const found = rows.map((row) => ({ row, account: accountFromRow(row), circuit: circuitOfRow(row) }));
  return wanted.map(({ tenantId, mode, all }) =>
    found.filter(({ row, account }) => {
      return row.all_of === all && account.tenantId === tenantId && account.mode === mode;
    }),
  );
}

/** Accounts by their ids alone, which is all that a notification knows of them; in the order wanted, null where there is none. */
export async function selectNamedAccounts(
  db: Queryable,
  providerAccountIds: readonly string[],
): Promise<readonly (ProviderAccount | null)[]> {
  const { rows } = await sql<Selectable<Tables['provider_accounts']>>`
    select a.* from (select distinct id from unnest(${[...providerAccountIds]}::text[]) as u (id)) w
    join provider_account_tenants t on t.provider_account_id = w.id
    join provider_accounts a using (tenant_id, provider_account_id)`.execute(db);
  const byId = new Map(rows.map((row) => [row.provider_account_id, accountFromRow(row)]));
  return providerAccountIds.map((id) => byId.get(id) ?? null);
}

/** Adds records of calls, of any number of tenants. */
export async function insertProviderCalls(db: Queryable, calls: readonly WholeRow<'provider_calls'>[]): Promise<void> {
  await sql`insert into provider_calls select r.* from ${recordset('provider_calls', calls)} r`.execute(db);
}

function ownAccount(db: Queryable, owner: Owner, providerAccountId: string) {
  return db
    .selectFrom('provider_accounts')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('provider_account_id', '=', providerAccountId);
}

function changeable(account: ProviderAccount) {
  return {
    name: account.name,
    priority: account.priority,
    status: account.status,
    credentials_sealed: account.credentialsSealed,
    previous_credentials_sealed: account.previousCredentials?.sealed ?? null,
    previous_credentials_until: account.previousCredentials?.until ?? null,
    reversal_cut_off: account.reversalCutOff === null ? null : JSON.stringify(account.reversalCutOff),
    routing: JSON.stringify(account.routing),
    updated_at: account.updatedAt,
  };
}

function accountFromRow(row: Selectable<Tables['provider_accounts']>): ProviderAccount {
  return {
    tenantId: row.tenant_id,
    providerAccountId: row.provider_account_id,
    mode: row.mode as Mode,
    provider: row.provider,
    name: row.name,
    priority: row.priority,
    status: row.status as ProviderAccount['status'],
    routing: rulesFromJson(row.routing ?? {}),
    credentialsSealed: row.credentials_sealed,
    previousCredentials: previousFromRow(row),
    reversalCutOff: reversalCutOff.nullable().parse(row.reversal_cut_off),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** An account's row beside its circuit's columns, all null where it has none. */
type RoutableRow = Selectable<Tables['provider_accounts']> &
  Pick<Selectable<Tables['provider_account_circuits']>, 'since' | 'failing_since' | 'retry_at' | 'probe_until'> & {
    readonly all_of: boolean;
    readonly circuit_state: string | null;
    readonly failures: number | null;
    readonly openings: number | null;
  };

function circuitOfRow({ circuit_state: state, failures, openings, ...row }: RoutableRow): Circuit | null {
  return state === null || failures === null || openings === null
    ? null
    : circuitFromRow({ ...row, state, failures, openings });
}

function previousFromRow(row: Selectable<Tables['provider_accounts']>): ProviderAccount['previousCredentials'] {
  const { previous_credentials_sealed: sealed, previous_credentials_until: until } = row;
  return sealed === null || until === null ? null : { sealed, until };
}
