import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';

/** Where a key is unique: the same key elsewhere is another key. */
export interface KeyScope {
  readonly tenantId: string;
  readonly mode: Mode;
  /** The endpoint's id. */
  readonly route: string;
}

export function selectKey(db: Queryable, scope: KeyScope, key: string) {
  return db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'state', 'resource_id', 'answer_status', 'answer_sealed'])
    .where('tenant_id', '=', scope.tenantId)
    .where('mode', '=', scope.mode)
    .where('route', '=', scope.route)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
}

interface NewKey {
  readonly key: string;
  readonly fingerprint: string;
  readonly resourceId: string | null;
  readonly answer: { readonly status: number; readonly sealed: Uint8Array } | null;
  readonly createdAt: Temporal.Instant;
}

/** Breaks idempotency_keys_pkey where a twin was faster, after that twin has committed. */
export async function insertKey(db: Queryable, scope: KeyScope, key: NewKey): Promise<void> {
  await db
    .insertInto('idempotency_keys')
    .values({
      tenant_id: scope.tenantId,
      mode: scope.mode,
      route: scope.route,
      idempotency_key: key.key,
      fingerprint: key.fingerprint,
      state: key.answer === null ? 'running' : 'done',
      resource_id: key.resourceId,
      answer_status: key.answer?.status ?? null,
      answer_sealed: key.answer?.sealed ?? null,
      created_at: key.createdAt,
    })
    .execute();
}

/** Keeps the first answer given; a later one changes nothing. */
export async function completeKey(
  db: Queryable,
  scope: KeyScope,
  key: string,
  answer: { readonly status: number; readonly sealed: Uint8Array },
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ state: 'done', answer_status: answer.status, answer_sealed: answer.sealed })
    .where('tenant_id', '=', scope.tenantId)
    .where('mode', '=', scope.mode)
    .where('route', '=', scope.route)
    .where('idempotency_key', '=', key)
    .where('state', '=', 'running')
    .execute();
}
