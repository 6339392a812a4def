import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { EmvcoProfile } from './emvco-profile.ts';
import type { QrCode, QrCodeKind, QrCodeStatus, QrCodeUse, QrPaymentFields } from './qr-code.ts';

/** Whose codes: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** The code and its address. Breaks qr_codes_reference_key where another code has the reference. */
export async function insertQrCode(tx: Queryable, code: QrCode): Promise<void> {
  const { token, tenantId: tenant_id, qrCodeId: qr_code_id } = code;
  await sql`
    with code_new as (
      insert into qr_codes select r.* from ${recordset('qr_codes', [toRow(code)])} r
    )
    insert into qr_code_tokens select r.* from ${recordset('qr_code_tokens', [{ token, tenant_id, qr_code_id }])} r`.execute(
    tx,
  );
}

/** What the tenant may change; not how often it was used. */
export async function saveQrCode(tx: Queryable, code: QrCode): Promise<void> {
  await tx
    .updateTable('qr_codes')
    .set({ amount: code.amount, canceled_at: code.canceledAt, version: code.version, updated_at: code.updatedAt })
    .where('tenant_id', '=', code.tenantId)
    .where('qr_code_id', '=', code.qrCodeId)
    .execute();
}

/** Locked until the transaction ends: changes and uses of one code happen one after the other. */
export async function lockQrCode(tx: Queryable, owner: Owner, qrCodeId: string): Promise<QrCode | null> {
  const row = await ownedBy(tx, owner).where('qr_code_id', '=', qrCodeId).forUpdate().executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export async function selectQrCode(db: Queryable, owner: Owner, qrCodeId: string): Promise<QrCode | null> {
  const row = await ownedBy(db, owner).where('qr_code_id', '=', qrCodeId).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** In two steps, as the data are distributed: the directory names the tenant. */
export async function selectQrCodeByToken(db: Queryable, token: string): Promise<QrCode | null> {
  const found = await db.selectFrom('qr_code_tokens').selectAll().where('token', '=', token).executeTakeFirst();
  if (found === undefined) return null;
  const row = await db
    .selectFrom('qr_codes')
    .selectAll()
    .where('tenant_id', '=', found.tenant_id)
    .where('qr_code_id', '=', found.qr_code_id)
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export async function selectQrCodeIdByReference(
  db: Queryable,
  owner: Owner,
  reference: string,
): Promise<string | null> {
  const row = await ownedBy(db, owner).where('reference', '=', reference).executeTakeFirst();
  return row?.qr_code_id ?? null;
}

interface QrCodeFilter {
  readonly reference?: string | undefined;
  readonly kind?: QrCodeKind | undefined;
  readonly status?: QrCodeStatus | undefined;
}

/** Newest first; one more than the limit, so that the caller knows whether there are more. */
export async function selectQrCodes(
  db: Queryable,
  owner: Owner,
  { reference, kind, status, now, ...page }: QrCodeFilter & PageOptions & { readonly now: Temporal.Instant },
): Promise<readonly QrCode[]> {
  let query = ownedBy(db, owner).$call(newestFirst('qr_code_id', page));
  if (reference !== undefined) query = query.where('reference', '=', reference);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (status !== undefined) query = query.where(hasStatus(status, now));
  return (await query.execute()).map(fromRow);
}

/** `qrCodeStatus` in SQL; a test holds the two against each other. */
function hasStatus(status: QrCodeStatus, now: Temporal.Instant) {
  const canceled = sql<boolean>`canceled_at is not null`;
  const used = sql<boolean>`coalesce(uses_made >= uses_max, false)`;
  const over = sql<boolean>`coalesce(expires_at <= ${now}, false)`;
  switch (status) {
    case 'canceled':
      return canceled;
    case 'used':
      return sql<boolean>`not ${canceled} and ${used}`;
    case 'expired':
      return sql<boolean>`not ${canceled} and not ${used} and ${over}`;
    case 'active':
      return sql<boolean>`not ${canceled} and not ${used} and not ${over}`;
  }
}

/** Takes the next use of a code that the caller has locked. Breaks qr_codes_uses_made_check where none is left. */
export async function insertUse(tx: Queryable, use: QrCodeUse): Promise<void> {
  const row = {
    tenant_id: use.tenantId,
    qr_code_id: use.qrCodeId,
    use_number: use.useNumber,
    visit: use.visit,
    amount: use.amount,
    payment_id: use.paymentId,
    created_at: use.createdAt,
  };
  await sql`
    with counted as (
      update qr_codes set uses_made = uses_made + 1
      where tenant_id = ${use.tenantId} and qr_code_id = ${use.qrCodeId}
    )
    insert into qr_code_uses select r.* from ${recordset('qr_code_uses', [row])} r`.execute(tx);
}

export async function selectUse(
  db: Queryable,
  { tenantId, qrCodeId }: Pick<QrCode, 'tenantId' | 'qrCodeId'>,
  visit: string,
): Promise<QrCodeUse | null> {
  const row = await db
    .selectFrom('qr_code_uses')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('qr_code_id', '=', qrCodeId)
    .where('visit', '=', visit)
    .executeTakeFirst();
  return row === undefined ? null : useFromRow(row);
}

/** Remembers what was made of a use; the payment itself knows it by its order. */
export async function savePaymentOfUse(db: Queryable, use: QrCodeUse, paymentId: string): Promise<void> {
  await db
    .updateTable('qr_code_uses')
    .set({ payment_id: paymentId })
    .where('tenant_id', '=', use.tenantId)
    .where('qr_code_id', '=', use.qrCodeId)
    .where('use_number', '=', use.useNumber)
    .where('payment_id', 'is', null)
    .execute();
}

/** The payments last made of codes, by the codes' ids. */
export async function selectLatestPayments(
  db: Queryable,
  tenantId: string,
  qrCodeIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ qr_code_id: string; payment_id: string }>`
    select wanted.qr_code_id, latest.payment_id from unnest(${qrCodeIds}::text[]) as wanted (qr_code_id)
    cross join lateral (
      select u.payment_id from qr_code_uses u
      where u.tenant_id = ${tenantId} and u.qr_code_id = wanted.qr_code_id and u.payment_id is not null
      order by u.use_number desc limit 1
    ) latest`.execute(db);
  return new Map(rows.map((row) => [row.qr_code_id, row.payment_id]));
}

/** Claims the key of a request together with what it intends. Breaks idempotency_keys_pkey where a twin was faster. */
export async function insertKeyOfScan(tx: Queryable, key: WholeRow<'idempotency_keys'> | null): Promise<void> {
  if (key === null) return;
  await sql`insert into idempotency_keys select r.* from ${recordset('idempotency_keys', [key])} r`.execute(tx);
}

function ownedBy(db: Queryable, { tenantId, mode }: Owner) {
  return db.selectFrom('qr_codes').selectAll().where('tenant_id', '=', tenantId).where('mode', '=', mode);
}

function toRow(code: QrCode): WholeRow<'qr_codes'> {
  return {
    tenant_id: code.tenantId,
    qr_code_id: code.qrCodeId,
    mode: code.mode,
    token: code.token,
    kind: code.kind,
    content: code.content,
    reference: code.reference,
    amount: code.amount,
    currency: code.currency,
    amount_editable: code.amountEditable,
    amount_min: code.amountMin,
    amount_max: code.amountMax,
    uses: code.uses,
    uses_max: code.usesMax,
    uses_made: code.usesMade,
    expires_at: code.expiresAt,
    canceled_at: code.canceledAt,
    payment_fields: code.paymentFields,
    emvco: code.emvco,
    version: code.version,
    created_at: code.createdAt,
    updated_at: code.updatedAt,
  };
}

function fromRow(row: Selectable<Tables['qr_codes']>): QrCode {
  return {
    tenantId: row.tenant_id,
    qrCodeId: row.qr_code_id,
    mode: row.mode as Mode,
    token: row.token,
    kind: row.kind as QrCodeKind,
    content: row.content as QrCode['content'],
    reference: row.reference,
    amount: row.amount,
    currency: row.currency,
    amountEditable: row.amount_editable,
    amountMin: row.amount_min,
    amountMax: row.amount_max,
    uses: row.uses as QrCode['uses'],
    usesMax: row.uses_max,
    usesMade: row.uses_made,
    expiresAt: row.expires_at,
    canceledAt: row.canceled_at,
    paymentFields: row.payment_fields as QrPaymentFields,
    emvco: row.emvco as EmvcoProfile | null,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function useFromRow(row: Selectable<Tables['qr_code_uses']>): QrCodeUse {
  return {
    tenantId: row.tenant_id,
    qrCodeId: row.qr_code_id,
    useNumber: row.use_number,
    visit: row.visit,
    amount: row.amount,
    paymentId: row.payment_id,
    createdAt: row.created_at,
  };
}
