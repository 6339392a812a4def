import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';

/** Where a key is unique: the same key elsewhere is another key. */
export interface KeyScope {
  readonly tenantId: string;
  readonly mode: Mode;
  /** The endpoint's id. */
  readonly route: string;
}

type StoredKey = Pick<
  Selectable<Tables['idempotency_keys']>,
  'fingerprint' | 'resource_id' | 'answer_status' | 'answer_sealed'
>;

const readKey = createBatcherPerDatabase(selectKeys, { itemsMax: 100 });

/** What is stored under a key; read together with the keys of other requests that arrive at the same time. */
export function selectKey(db: Queryable, scope: KeyScope, key: string): Promise<StoredKey | undefined> {
  return readKey(db, { ...scope, key });
}

async function selectKeys(
  db: Queryable,
  wanted: readonly (KeyScope & { readonly key: string })[],
): Promise<readonly (StoredKey | undefined)[]> {
  const { rows } = await sql<StoredKey & { position: bigint }>`
    select k.fingerprint, k.resource_id, k.answer_status, k.answer_sealed, w.position
    from unnest(
      ${wanted.map((one) => one.tenantId)}::text[], ${wanted.map((one) => one.mode)}::text[],
      ${wanted.map((one) => one.route)}::text[], ${wanted.map((one) => one.key)}::text[]
    ) with ordinality as w (tenant_id, mode, route, idempotency_key, position)
    join idempotency_keys k using (tenant_id, mode, route, idempotency_key)`.execute(db);
  const found = new Map(rows.map((row) => [Number(row.position) - 1, row]));
  return wanted.map((_, index) => found.get(index));
}

interface NewKey {
  readonly key: string;
  readonly fingerprint: string;
  readonly resourceId: string | null;
  readonly answer: { readonly status: number; readonly sealed: Uint8Array } | null;
  readonly createdAt: Temporal.Instant;
}

/** A claimed key as it is stored: `running` until it has its answer. */
export function keyRow(scope: KeyScope, key: NewKey): WholeRow<'idempotency_keys'> {
  return {
    tenant_id: scope.tenantId,
    mode: scope.mode,
    route: scope.route,
    idempotency_key: key.key,
    fingerprint: key.fingerprint,
    state: key.answer === null ? 'running' : 'done',
    resource_id: key.resourceId,
    answer_status: key.answer?.status ?? null,
    answer_sealed: key.answer === null ? null : Buffer.from(key.answer.sealed),
    created_at: key.createdAt,
  };
}

/** Breaks idempotency_keys_pkey where a twin was faster, after that twin has committed. */
export async function insertKey(db: Queryable, scope: KeyScope, key: NewKey): Promise<void> {
  await db.insertInto('idempotency_keys').values(keyRow(scope, key)).execute();
}
