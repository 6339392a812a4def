import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { ProviderAccount } from './account.ts';
import { reversalCutOff } from './reversal-cut-off.ts';

export async function insertAccount(db: Queryable, account: ProviderAccount, now: Temporal.Instant): Promise<void> {
  await db
    .insertInto('provider_accounts')
    .values({
      tenant_id: account.tenantId,
      provider_account_id: account.providerAccountId,
      mode: account.mode,
      provider: account.provider,
      name: account.name,
      priority: account.priority,
      status: account.status,
      credentials_sealed: account.credentialsSealed,
      reversal_cut_off: account.reversalCutOff === null ? null : JSON.stringify(account.reversalCutOff),
      created_at: now,
      updated_at: now,
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

/** Whose account it is; a notification knows only the account. */
export async function selectAccountTenant(db: Queryable, providerAccountId: string): Promise<string | null> {
  const row = await db
    .selectFrom('provider_account_tenants')
    .select('tenant_id')
    .where('provider_account_id', '=', providerAccountId)
    .executeTakeFirst();
  return row?.tenant_id ?? null;
}

/** Adds records of calls, of any number of tenants. */
export async function insertProviderCalls(db: Queryable, calls: readonly WholeRow<'provider_calls'>[]): Promise<void> {
  await sql`insert into provider_calls select r.* from ${recordset('provider_calls', calls)} r`.execute(db);
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
    reversalCutOff: reversalCutOff.nullable().parse(row.reversal_cut_off),
  };
}
