import { newId, newSecret } from '../kernel/id.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { hashSecret } from './secret-hash.ts';
import { endOf, isAlive, type SessionStage, type SignInMethod } from './session.ts';
import { endSession, insertSession, type SessionRow, selectSession } from './store-sessions.ts';

/** How long it is kept who was signed in, from where. */
const KEPT_FOR = { hours: 24 * 90 };

interface NewSession {
  readonly userId: string;
  readonly stage: SessionStage;
  readonly method: SignInMethod;
  readonly secondFactorAt: Temporal.Instant | null;
  /** The session that this one takes the place of: the stage before. */
  readonly replaces?: string;
}

/**
 * Opens a session and returns what goes into the cookie, the only time it is seen. Whatever session the browser had ends:
 * an id that was known before is worth nothing after (fixation).
 * @returns null where the session it was to replace has ended meanwhile
 */
export async function openSession(
  { database, clock, directory }: PeopleContext,
  client: SignInClient,
  { userId, stage, method, secondFactorAt, replaces }: NewSession,
): Promise<string | null> {
  const now = clock.now();
  const sessionId = newId('ses', clock);
  const secret = newSecret();
  const { remoteAddress, userAgent } = client;
  const shown = JSON.stringify({ address: remoteAddress, userAgent: userAgent.slice(0, USER_AGENT_MAX) });
  const opened = await insertSession(database.query, {
    ...{ sessionId, userId, stage, method, secondFactorAt },
    secretHash: hashSecret(secret),
    clientSealed: await directory.seal(['sessions', 'client_sealed', sessionId], shown),
    createdAt: now,
    endsAt: endOf(stage, now),
    replaces: replaces ?? null,
    keptSince: now.subtract(KEPT_FOR),
  });
  if (!opened) return null;
  await endCookieSession({ database, clock }, client, replaces);
  return secret;
}

/** Browsers send about 150 characters. */
const USER_AGENT_MAX = 300;

/** The session behind a cookie, where it still counts. */
export async function findSession(
  { database, clock }: Pick<PeopleContext, 'database' | 'clock'>,
  secret: string | null,
): Promise<SessionRow | null> {
  if (secret === null) return null;
  const session = await selectSession(database.query, hashSecret(secret));
  if (session === undefined || session.userStatus !== 'active') return null;
  return isAlive(session, clock.now()) ? session : null;
}

/** Ends the session that the browser has now, unless it was replaced just before. */
async function endCookieSession(
  context: Pick<PeopleContext, 'database' | 'clock'>,
  { sessionSecret }: Pick<SignInClient, 'sessionSecret'>,
  replaced?: string,
): Promise<void> {
  const session = await findSession(context, sessionSecret);
  if (session === null || session.sessionId === replaced) return;
  await endSession(context.database.query, session.userId, session.sessionId, context.clock.now());
}
