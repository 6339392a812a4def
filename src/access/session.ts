/**
 * What a session is good for: to prove a second factor, to enroll the first one, or everything its person may do. Who
 * goes from one stage to the next gets another session: an id that was known before is worth nothing after.
 */
export type SessionStage = 'second_factor' | 'enroll' | 'signed_in';

export type SignInMethod = 'password' | 'recovery_code' | 'passkey' | 'oidc' | 'link';

/** Nobody at the keyboard. PCI DSS 8.2.8 asks for 15 minutes. */
export const SESSION_IDLE = { minutes: 15 };
/** A working day and its overtime. */
const SESSION_LIFETIME = { hours: 12 };
/** Time to find the telephone. */
const UNFINISHED_LIFETIME = { minutes: 10 };
/** A session is noted as seen this often; its idle time is as exact as this. */
const SEEN_EVERY = { minutes: 1 };

/** What decides whether a session still counts. */
export interface SessionTimes {
  readonly lastSeenAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
}

/** Whether it counts at an instant: not ended by anybody, not idle for too long, not past its last hour. */
export function isAlive({ lastSeenAt, endsAt, endedAt }: SessionTimes, now: Temporal.Instant): boolean {
  if (endedAt !== null) return false;
  return isBefore(now, endsAt) && isBefore(now, lastSeenAt.add(SESSION_IDLE));
}

/** Whether it is time to note that somebody is there. */
export function isSeenAnew({ lastSeenAt }: Pick<SessionTimes, 'lastSeenAt'>, now: Temporal.Instant): boolean {
  return !isBefore(now, lastSeenAt.add(SEEN_EVERY));
}

/** When a session that begins now ends at the latest. */
export function endOf(stage: SessionStage, now: Temporal.Instant): Temporal.Instant {
  return now.add(stage === 'signed_in' ? SESSION_LIFETIME : UNFINISHED_LIFETIME);
}

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0;
}
