import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { ItemHead, ItemKind } from './stored-item.ts';

export interface SealedItem extends ItemHead {
  readonly filesSealed: Uint8Array;
}

/** What was changed since; null: everything. */
export async function selectHeads(db: Queryable, since: Temporal.Instant | null): Promise<readonly ItemHead[]> {
  let query = db.selectFrom('proxy_storage').select(['place', 'kind', 'fingerprint', 'valid_from', 'valid_until']);
  if (since !== null) query = query.where('changed_at', '>=', since);
  return (await query.execute()).map(headFromRow);
}

export async function selectItems(db: Queryable, places: readonly string[]): Promise<readonly SealedItem[]> {
  const { rows } = await sql<HeadRow & { files_sealed: Uint8Array }>`
    select place, kind, fingerprint, valid_from, valid_until, files_sealed from proxy_storage
    where place = any(${places}::text[])`.execute(db);
  return rows.map((row) => ({ ...headFromRow(row), filesSealed: row.files_sealed }));
}

/** Writes what supersedes what is there (see `supersedes`), and nothing else; several proxies may do so at once. */
export async function upsertItems(db: Queryable, items: readonly SealedItem[], now: Temporal.Instant): Promise<void> {
  const rows = [...items].sort((a, b) => (a.place < b.place ? -1 : 1)).map((item) => itemToRow(item, now));
  await sql`insert into proxy_storage select r.* from ${recordset('proxy_storage', rows)} r
    on conflict (place) do update set kind = excluded.kind, fingerprint = excluded.fingerprint,
      valid_from = excluded.valid_from, valid_until = excluded.valid_until, files_sealed = excluded.files_sealed,
      changed_at = excluded.changed_at
    where (excluded.valid_from, excluded.fingerprint collate "C")
      > (proxy_storage.valid_from, proxy_storage.fingerprint collate "C")`.execute(db);
}

export async function deleteEnded(db: Queryable, before: Temporal.Instant): Promise<void> {
  await db.deleteFrom('proxy_storage').where('kind', '=', 'certificate').where('valid_until', '<', before).execute();
}

interface HeadRow {
  readonly place: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly valid_from: Temporal.Instant | null;
  readonly valid_until: Temporal.Instant | null;
}

function headFromRow(row: HeadRow): ItemHead {
  return {
    place: row.place,
    kind: row.kind as ItemKind,
    fingerprint: row.fingerprint,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
  };
}

function itemToRow(item: SealedItem, now: Temporal.Instant): WholeRow<'proxy_storage'> {
  return {
    place: item.place,
    kind: item.kind,
    fingerprint: item.fingerprint,
    valid_from: item.validFrom,
    valid_until: item.validUntil,
    files_sealed: item.filesSealed,
    changed_at: now,
  };
}
