import type { PersonCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { PeopleContext } from './people-context.ts';
import { SESSION_IDLE, type SignInMethod } from './session.ts';
import { endSession, endSessions, selectSessionsOf } from './store-sessions.ts';

/** Where somebody is signed in, newest first. */
export async function listSessions({ database, clock, directory }: PeopleContext, caller: PersonCaller) {
  const now = clock.now();
  const rows = await selectSessionsOf(database.query, caller.userId, now.subtract(SESSION_IDLE), now);
  return Promise.all(
    rows.map(async (row) => {
      const client = await directory.open(['sessions', 'client_sealed', row.session_id], row.client_sealed);
      const { address, userAgent } = JSON.parse(client) as { readonly address: string; readonly userAgent: string };
      return {
        ...{ id: row.session_id, current: row.session_id === caller.sessionId, address, userAgent },
        method: row.method as SignInMethod,
        createdAt: row.created_at.toString(),
        lastSeenAt: row.last_seen_at.toString(),
        endsAt: row.ends_at.toString(),
      };
    }),
  );
}

/** Ends one of somebody's sessions. @throws Problem not_found */
export async function revokeSession(
  { database, clock }: PeopleContext,
  { userId }: PersonCaller,
  sessionId: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    if (await endSession(tx, userId, sessionId, clock.now())) return;
    throw new Problem('not_found', 'There is no such session among yours.');
  });
}

/** Signs somebody out everywhere, here as well. */
export async function signOutEverywhere({ database, clock }: PeopleContext, { userId }: PersonCaller): Promise<void> {
  await database.transaction((tx) => endSessions(tx, userId, null, clock.now()));
}
