import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

interface TryRules {
  readonly now: Temporal.Instant;
  /** The try with which the lock begins. */
  readonly triesMax: number;
  readonly lockedUntil: Temporal.Instant;
  /** Tries before this are forgotten. */
  readonly forgottenBefore: Temporal.Instant;
}

/**
 * Counts a try at an e-mail address before it is looked at, so that a hundred at once are no more than one after the
 * other. False: the address is locked. Some of the counts that nobody needs any more go with it.
 */
export async function takeTry(db: Queryable, emailDigest: Buffer, rules: TryRules): Promise<boolean> {
  const { now, triesMax, lockedUntil, forgottenBefore } = rules;
  const { rows } = await sql<{ tries: number }>`
    with forgotten as (
      delete from sign_in_tries where email_digest in (
        select email_digest from sign_in_tries
        where last_try_at < ${forgottenBefore} and email_digest <> ${emailDigest}
        order by last_try_at limit 20 for update skip locked
      )
    )
    insert into sign_in_tries as kept (email_digest, tries, last_try_at, locked_until)
    values (${emailDigest}, 1, ${now}, null)
    on conflict (email_digest) do update set
      tries = case
        when kept.locked_until is not null or kept.last_try_at < ${forgottenBefore} then 1 else kept.tries + 1 end,
      last_try_at = ${now},
      locked_until = case
        when kept.locked_until is null and kept.last_try_at >= ${forgottenBefore} and kept.tries + 1 >= ${triesMax}::int
        then ${lockedUntil}::timestamptz end
      where kept.locked_until is null or kept.locked_until <= ${now}
    returning tries`.execute(db);
  return rows.length === 1;
}

/** It was right, but not the end of signing in: takes back the one try, and the lock if that had begun it. */
export async function returnTry(db: Queryable, emailDigest: Buffer): Promise<void> {
  await sql`
    update sign_in_tries set tries = greatest(tries - 1, 0), locked_until = null
    where email_digest = ${emailDigest}`.execute(db);
}

/** Somebody has signed in: earlier tries do not count any more. */
export async function forgetTries(db: Queryable, emailDigest: Buffer): Promise<void> {
  await sql`delete from sign_in_tries where email_digest = ${emailDigest}`.execute(db);
}
