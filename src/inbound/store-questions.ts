import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';

export type Question = Selectable<Tables['provider_questions']>;

interface Account {
  readonly tenantId: string;
  readonly providerAccountId: string;
}

/**
 * Notes that an account's attempt is to be asked about at an instant, and never sooner than a minute after it was asked
 * about. Nothing where the account has no such attempt.
 */
export async function putQuestion(
  tx: Queryable,
  account: Account,
  attemptId: string,
  dueAt: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into provider_questions as q (tenant_id, attempt_id, provider_account_id, generation, tries, due_at)
    select tenant_id, attempt_id, provider_account_id, 1, 0, ${dueAt}::timestamptz from attempts
    where tenant_id = ${account.tenantId} and attempt_id = ${attemptId}
      and provider_account_id = ${account.providerAccountId}
    on conflict (tenant_id, attempt_id) do update set
      generation = q.generation + 1, tries = 0,
      due_at = greatest(least(q.due_at, excluded.due_at), q.asked_at + interval '1 minute')`.execute(tx);
}

export async function selectDueQuestions(
  db: Queryable,
  account: Account,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Question[]> {
  return db
    .selectFrom('provider_questions')
    .selectAll()
    .where('tenant_id', '=', account.tenantId)
    .where('provider_account_id', '=', account.providerAccountId)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
}

export async function selectNextQuestionAt(db: Queryable, account: Account): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('provider_questions')
    .select((row) => row.fn.min('due_at').as('next'))
    .where('tenant_id', '=', account.tenantId)
    .where('provider_account_id', '=', account.providerAccountId)
    .where('due_at', 'is not', null)
    .executeTakeFirst();
  return row?.next ?? null;
}

/** Marks a question as put now, and due again after a minute unless it is recorded as answered. */
export async function updateAsked(db: Queryable, question: Question, now: Temporal.Instant): Promise<void> {
  await db
    .updateTable('provider_questions')
    .set({ asked_at: now, due_at: now.add({ minutes: 1 }), tries: question.tries + 1 })
    .where('tenant_id', '=', question.tenant_id)
    .where('attempt_id', '=', question.attempt_id)
    .execute();
}

/** Sets when to ask again (null: no more), where no new reason came while we asked. */
export async function updateQuestion(db: Queryable, question: Question, dueAt: Temporal.Instant | null): Promise<void> {
  await db
    .updateTable('provider_questions')
    .set({ due_at: dueAt })
    .where('tenant_id', '=', question.tenant_id)
    .where('attempt_id', '=', question.attempt_id)
    .where('generation', '=', question.generation)
    .execute();
}
