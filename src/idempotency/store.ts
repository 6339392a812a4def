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

const BATCH = { itemsMax: 100, writesMax: 2 } as const;

const readKey = createBatcherPerDatabase(selectKeys, BATCH);

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

/** The answer of a key that was claimed before. */
export interface KeyAnswer extends KeyScope {
  readonly key: string;
  readonly status: number;
  readonly sealed: Uint8Array;
}

/** Keeps the first answer given under each key; a later one changes nothing. */
async function completeKeys(db: Queryable, answers: readonly KeyAnswer[]): Promise<readonly undefined[]> {
  await sql`
    update idempotency_keys k
    set state = 'done', answer_status = r.answer_status, answer_sealed = r.answer_sealed
    from unnest(
      ${answers.map((one) => one.tenantId)}::text[], ${answers.map((one) => one.mode)}::text[],
      ${answers.map((one) => one.route)}::text[], ${answers.map((one) => one.key)}::text[],
      ${answers.map((one) => one.status)}::int[], ${answers.map((one) => Buffer.from(one.sealed))}::bytea[]
    ) as r (tenant_id, mode, route, idempotency_key, answer_status, answer_sealed)
    where k.tenant_id = r.tenant_id and k.mode = r.mode and k.route = r.route
      and k.idempotency_key = r.idempotency_key and k.state = 'running'`.execute(db);
  return answers.map(() => undefined);
}

/** Keeps an answer, together with those of other requests that are written at the same time on this database. */
export const completeKey = createBatcherPerDatabase(completeKeys, BATCH);
