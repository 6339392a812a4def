import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { SessionStage, SignInMethod } from './session.ts';
import type { UserStatus } from './user.ts';

interface NewSessionRow {
  readonly sessionId: string;
  readonly userId: string;
  readonly secretHash: Buffer;
  readonly stage: SessionStage;
  readonly method: SignInMethod;
  readonly clientSealed: Buffer;
  readonly secondFactorAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  /** The session that it takes the place of, which must still count; null: none. */
  readonly replaces: string | null;
  /** What ended before this is not kept. */
  readonly keptSince: Temporal.Instant;
}

/** False where the session it was to replace has ended meanwhile: of two that finish it at once, one does. */
export async function insertSession(db: Queryable, session: NewSessionRow): Promise<boolean> {
  const { rows } = await sql`
    with forgotten as (
      delete from sessions where user_id = ${session.userId} and ends_at < ${session.keptSince}
    ), replaced as (
      update sessions set ended_at = ${session.createdAt}
      where session_id = ${session.replaces} and user_id = ${session.userId} and ended_at is null
      returning session_id
    )
    insert into sessions (session_id, user_id, secret_hash, stage, method, client_sealed, second_factor_at,
      created_at, last_seen_at, ends_at)
    select ${session.sessionId}, ${session.userId}, ${session.secretHash}, ${session.stage}, ${session.method},
      ${session.clientSealed}, ${session.secondFactorAt}::timestamptz, ${session.createdAt}, ${session.createdAt},
      ${session.endsAt}
    where ${session.replaces}::text is null or exists (select from replaced)
    returning session_id`.execute(db);
  return rows.length === 1;
}

/** A session with the person it is of and where they act. */
export interface SessionRow {
  readonly sessionId: string;
  readonly userId: string;
  readonly stage: SessionStage;
  readonly method: SignInMethod;
  readonly secondFactorAt: Temporal.Instant | null;
  readonly lastSeenAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  readonly userStatus: UserStatus;
}

export async function selectSession(db: Queryable, secretHash: Buffer): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    select session_id as "sessionId", user_id as "userId", stage, method, second_factor_at as "secondFactorAt",
      last_seen_at as "lastSeenAt", ends_at as "endsAt", ended_at as "endedAt", users.status as "userStatus"
    from sessions join users using (user_id)
    where secret_hash = ${secretHash}`.execute(db);
  return rows[0];
}

/** Never moves back, so that requests that overtake each other do no harm. */
export async function touchSession(db: Queryable, sessionId: string, now: Temporal.Instant): Promise<void> {
  await sql`
    update sessions set last_seen_at = ${now}
    where session_id = ${sessionId} and ended_at is null and last_seen_at < ${now}`.execute(db);
}

export async function updateSecondFactor(db: Queryable, sessionId: string, now: Temporal.Instant): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ second_factor_at: now })
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Ends one session of a person; false where they have none such that still counts. */
export async function endSession(
  db: Queryable,
  userId: string,
  sessionId: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Ends all sessions of a person, but the one to keep. */
export async function endSessions(
  db: Queryable,
  userId: string,
  keep: string | null,
  now: Temporal.Instant,
): Promise<void> {
  await sql`
    update sessions set ended_at = ${now}
    where user_id = ${userId} and ended_at is null and session_id is distinct from ${keep}`.execute(db);
}

/** Those of a person that count at an instant, newest first. */
export function selectSessionsOf(db: Queryable, userId: string, seenSince: Temporal.Instant, now: Temporal.Instant) {
  return db
    .selectFrom('sessions')
    .select(['session_id', 'method', 'client_sealed', 'second_factor_at', 'created_at', 'last_seen_at', 'ends_at'])
    .where('user_id', '=', userId)
    .where('stage', '=', 'signed_in')
    .where('ended_at', 'is', null)
    .where('ends_at', '>', now)
    .where('last_seen_at', '>', seenSince)
    .orderBy('session_id', 'desc')
    .limit(100)
    .execute();
}

interface ChallengeRow {
  readonly challengeHash: Buffer;
  readonly purpose: string;
  readonly holder: string;
  readonly contentSealed: Buffer | null;
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
}

/** Some of those that nobody answered in time go with it. */
export async function insertChallenge(db: Queryable, challenge: ChallengeRow): Promise<void> {
  const { challengeHash, purpose, holder, contentSealed, createdAt, expiresAt } = challenge;
  await sql`
    with unanswered as (
      delete from challenges where challenge_hash in (
        select challenge_hash from challenges where expires_at < ${createdAt} order by expires_at limit 20
        for update skip locked
      )
    )
    insert into challenges (challenge_hash, purpose, holder, content_sealed, created_at, expires_at)
    values (${challengeHash}, ${purpose}, ${holder}, ${contentSealed}::bytea, ${createdAt}, ${expiresAt})`.execute(db);
}

type ChallengeKey = Pick<ChallengeRow, 'challengeHash' | 'purpose' | 'holder'>;

/** Takes a challenge away and gives it back; undefined where there is none that still counts. One use, whoever is quick. */
export async function takeChallenge(
  db: Queryable,
  { challengeHash, purpose, holder }: ChallengeKey,
  now: Temporal.Instant,
): Promise<{ readonly contentSealed: Buffer | null } | undefined> {
  const { rows } = await sql<{ contentSealed: Buffer | null }>`
    delete from challenges
    where challenge_hash = ${challengeHash} and purpose = ${purpose} and holder = ${holder} and expires_at > ${now}
    returning content_sealed as "contentSealed"`.execute(db);
  return rows[0];
}

/** The same, left where it is: a mistyped code may be corrected. */
export async function peekChallenge(
  db: Queryable,
  { challengeHash, purpose, holder }: ChallengeKey,
  now: Temporal.Instant,
): Promise<{ readonly contentSealed: Buffer | null } | undefined> {
  const { rows } = await sql<{ contentSealed: Buffer | null }>`
    select content_sealed as "contentSealed" from challenges
    where challenge_hash = ${challengeHash} and purpose = ${purpose} and holder = ${holder}
      and expires_at > ${now}`.execute(db);
  return rows[0];
}
