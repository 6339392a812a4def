import { type RawBuilder, sql } from 'kysely';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import { bytesArray, integerArray, textArray } from '../platform/binary-arrays.ts';
import type { Queryable } from '../platform/database.ts';
import type { KeyScope } from './store.ts';

/** The answer of a key that was claimed before. */
export interface KeyAnswer extends KeyScope {
  readonly key: string;
  readonly status: number;
  readonly sealed: Uint8Array;
}

const ANSWER_COLUMNS = sql.raw('tenant_id, mode, route, idempotency_key, answer_status, answer_sealed');

function answerColumns(answers: readonly KeyAnswer[]): RawBuilder<unknown> {
  return sql`
    ${textArray(answers.map((one) => one.tenantId))}::text[], ${textArray(answers.map((one) => one.mode))}::text[],
    ${textArray(answers.map((one) => one.route))}::text[], ${textArray(answers.map((one) => one.key))}::text[],
    ${integerArray(answers.map((one) => one.status))}::int[], ${bytesArray(answers.map((one) => one.sealed))}::bytea[]`;
}

function keepingAnswers(from: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    update idempotency_keys k
    set state = 'done', answer_status = r.answer_status, answer_sealed = r.answer_sealed
    from ${from}
    where k.tenant_id = r.tenant_id and k.mode = r.mode and k.route = r.route
      and k.idempotency_key = r.idempotency_key and k.state = 'running'`;
}

/** Keeps the first answer given under each key; a later one changes nothing. */
async function completeKeys(db: Queryable, answers: readonly KeyAnswer[]): Promise<readonly undefined[]> {
  await keepingAnswers(sql`unnest(${answerColumns(answers)}) as r (${ANSWER_COLUMNS})`).execute(db);
  return answers.map(() => undefined);
}

/**
 * The statement that keeps answers about payments that `moved` (tenant_id, payment_id) has, as a part of the one that
 * writes them.
 */
export function completeKeysOfMoved(
  answers: readonly (KeyAnswer & { readonly paymentId: string })[],
): RawBuilder<unknown> {
  const ids = answers.map(({ paymentId }) => paymentId);
  return keepingAnswers(sql`
    unnest(${textArray(ids)}::text[], ${answerColumns(answers)}) as r (payment_id, ${ANSWER_COLUMNS})
    join moved using (tenant_id, payment_id)`);
}

/** Keeps an answer, together with those of other requests that are written at the same time on this database. */
export const completeKey = createBatcherPerDatabase(completeKeys, { itemsMax: 100 });
