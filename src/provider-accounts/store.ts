import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { ProviderAccount } from './account.ts';
import { reversalCutOff } from './reversal-cut-off.ts';

/** Whose accounts: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

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
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<readonly ProviderAccount[]> {
  let query = db
    .selectFrom('provider_accounts')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .orderBy('provider_account_id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('provider_account_id', '<', page.cursor);
  return (await query.execute()).map(accountFromRow);
}

/** The active accounts of tenants and modes, in the order wanted; of each, the one to try first in front. */
export async function selectActiveAccounts(
  db: Queryable,
  wanted: readonly { readonly tenantId: string; readonly mode: Mode }[],
): Promise<readonly (readonly ProviderAccount[])[]> {
  const { rows } = await sql<Selectable<Tables['provider_accounts']>>`
    select a.* from (
      select distinct * from unnest(${wanted.map((one) => one.tenantId)}::text[], ${wanted.map((one) => one.mode)}::text[])
    ) w (tenant_id, mode)
    join provider_accounts a using (tenant_id, mode)
    where a.status = 'active'
    order by a.priority, a.provider_account_id`.execute(db);
  const accounts = rows.map(accountFromRow);
  return wanted.map((one) => accounts.filter(({ tenantId, mode }) => tenantId === one.tenantId && mode === one.mode));
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
    credentialsSealed: row.credentials_sealed,
    previousCredentials: previousFromRow(row),
    reversalCutOff: reversalCutOff.nullable().parse(row.reversal_cut_off),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function previousFromRow(row: Selectable<Tables['provider_accounts']>): ProviderAccount['previousCredentials'] {
  const { previous_credentials_sealed: sealed, previous_credentials_until: until } = row;
  return sealed === null || until === null ? null : { sealed, until };
}
