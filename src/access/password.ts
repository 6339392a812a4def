import { type Algorithm, hash, verify } from '@node-rs/argon2';

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. About 70 ms here. */
const COST = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * One hash at a time: they run on the thread pool that name look-ups share, and a flood of log-ins must not keep
 * webhooks waiting. Measured: 200 at once made a look-up take a second, one at a time leaves it at a millisecond.
 */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}

/** The argon2id hash of a person's password, in its standard text form. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

/** A real hash of nothing anybody knows, so that an unknown person costs the same time as a wrong password. */
let decoy: Promise<string> | undefined;

/** Whether the password is the one that was hashed; false, after the same time, where there is no hash. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (stored !== null) return inTurn(() => verify(stored, password));
  decoy ??= hashPassword('a person who does not exist');
  const nobody = await decoy;
  await inTurn(() => verify(nobody, password));
  return false;
}
