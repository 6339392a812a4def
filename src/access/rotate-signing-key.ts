import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { ACCESS_TOKEN_SECONDS, type AccessTokens, createSigningKey, RING_LIFETIME_MS } from './access-token.ts';
import type { SigningKeyState } from './signing-key.ts';
import { deleteSigningKeys, promoteSigningKey, selectSigningKeys } from './store.ts';

interface SigningContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly tokens: AccessTokens;
}

/** A key of the ring, without its private half. */
export interface SigningKey {
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly createdAt: Temporal.Instant;
  readonly retiredAt: Temporal.Instant | null;
}

/** Until then a process may not have heard of a key: its ring is read anew each minute, and that may fail once. */
const KNOWN_AFTER_MS = 2 * RING_LIFETIME_MS;
/** Tokens live for an hour, and a process that has not heard of a rotation signs for a minute more. */
const FORGOTTEN_AFTER_SECONDS = 2 * ACCESS_TOKEN_SECONDS;

/**
 * Has the next key sign, in three phases that each may be the last: the next key becomes the one that signs, in one
 * statement; a new next one is made; keys that no living token names are deleted.
 * @throws Problem state_conflict where the next key is so new that not every process need know it
 */
export async function rotateSigningKey({ database, sealer, clock, tokens }: SigningContext): Promise<void> {
  const now = clock.now();
  const db = database.query;
  const next = (await selectSigningKeys(db)).find((key) => key.state === 'next');
  const knownAt = next?.created_at.add({ milliseconds: KNOWN_AFTER_MS });
  if (next === undefined || knownAt === undefined || Temporal.Instant.compare(now, knownAt) < 0) {
    const seconds = knownAt === undefined ? KNOWN_AFTER_MS / 1_000 : Math.ceil(knownAt.since(now).total('seconds'));
    throw new Problem('state_conflict', `The next key is new, and not every process need know it. Wait ${seconds} s.`);
  }
  await database.transaction((tx) => promoteSigningKey(tx, next.kid, now));
  await createSigningKey(db, sealer, clock, 'next');
  await forgetSigningKeys(db, now);
  await tokens.reload();
}

/** Deletes retired keys that no token names any more which is still good. */
export async function forgetSigningKeys(db: Queryable, now: Temporal.Instant): Promise<void> {
  await deleteSigningKeys(db, now.subtract({ seconds: FORGOTTEN_AFTER_SECONDS }));
}

/** The keys of access tokens, the newest first. */
export async function listSigningKeys(db: Queryable): Promise<readonly SigningKey[]> {
  const rows = await selectSigningKeys(db);
  return rows
    .map((row) => ({
      kid: row.kid,
      state: row.state as SigningKeyState,
      createdAt: row.created_at,
      retiredAt: row.retired_at,
    }))
    .sort((one, other) => Temporal.Instant.compare(other.createdAt, one.createdAt));
}
