import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { expectedFee, type ReconciledAccount } from './account.ts';

export interface AccountKey {
  readonly tenantId: string;
  readonly providerAccountId: string;
}

export async function selectReconciled(db: Queryable, account: AccountKey): Promise<ReconciledAccount | null> {
  const row = await ofAccount(db, account).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/**
 * The account's row, made where there is none, and locked until the transaction ends: whoever writes what comes of the
 * account's statements holds it, so that no two decide on the same lines.
 */
export async function lockReconciled(tx: Queryable, fresh: ReconciledAccount): Promise<ReconciledAccount> {
  const known = await ofAccount(tx, fresh).forUpdate().executeTakeFirst();
  if (known !== undefined) return fromRow(known);
  await sql`
    insert into reconciliation_accounts select r.* from ${recordset('reconciliation_accounts', [toRow(fresh)])} r
    on conflict on constraint reconciliation_accounts_pkey do nothing`.execute(tx);
  return fromRow(await ofAccount(tx, fresh).forUpdate().executeTakeFirstOrThrow());
}

/** Writes what may change of a locked account. */
export async function updateReconciled(tx: Queryable, account: ReconciledAccount): Promise<void> {
  const { tenant_id, provider_account_id, mode: _mode, created_at: _createdAt, expected_fee, ...set } = toRow(account);
  await tx
    .updateTable('reconciliation_accounts')
    .set({ ...set, expected_fee: expected_fee === null ? null : JSON.stringify(expected_fee) })
    .where('tenant_id', '=', tenant_id)
    .where('provider_account_id', '=', provider_account_id)
    .execute();
}

/** The accounts of a tenant, in the order of ids; for whoever reconciles all of them. */
export async function selectAccountIds(db: Queryable, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('provider_accounts')
    .select('provider_account_id')
    .where('tenant_id', '=', tenantId)
    .orderBy('provider_account_id')
    .execute();
  return rows.map((row) => row.provider_account_id);
}

function ofAccount(db: Queryable, { tenantId, providerAccountId }: AccountKey) {
  return db
    .selectFrom('reconciliation_accounts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId);
}

function fromRow(row: Selectable<Tables['reconciliation_accounts']>): ReconciledAccount {
  return {
    tenantId: row.tenant_id,
    providerAccountId: row.provider_account_id,
    mode: row.mode as Mode,
    listing: row.listing as ReconciledAccount['listing'],
    missingAfterDays: row.missing_after_days,
    expectedFee: expectedFee.nullable().parse(row.expected_fee),
    listedUntil: row.listed_until,
    coveredUntil: row.covered_until,
    checkedUntil: row.checked_until,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toRow(account: ReconciledAccount): WholeRow<'reconciliation_accounts'> {
  return {
    tenant_id: account.tenantId,
    provider_account_id: account.providerAccountId,
    mode: account.mode,
    listing: account.listing,
    missing_after_days: account.missingAfterDays,
    expected_fee: account.expectedFee,
    listed_until: account.listedUntil,
    covered_until: account.coveredUntil,
    checked_until: account.checkedUntil,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
  };
}
