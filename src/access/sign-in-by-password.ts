import { admitTry, limitSignIns, signInRefused } from './guard-tries.ts';
import { openSession } from './open-session.ts';
import { verifyPassword } from './password.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { waysIn } from './step-up.ts';
import { returnTry } from './store-sign-in-tries.ts';
import { selectUserByEmail, type UserRow } from './store-users.ts';
import { canonicalPassword, canSignIn } from './user.ts';

/** What is still to be done: give a code, use a passkey, set up a second factor; or nothing. */
export type SignInStep = 'totp' | 'passkey' | 'enroll' | 'done';

/** A step and the session that it is done with. */
export interface SteppedIn {
  readonly step: SignInStep;
  readonly sessionSecret: string;
}

/**
 * The first half of signing in. A password alone opens nothing: what comes of it is a session that can only prove a second
 * factor, or set up the first one. An unknown address, one that is locked, a suspended person and a wrong password are one
 * answer after the same work.
 *
 * Phases: the address they come from; the person; the try is counted; the hash is compared; the try is given back.
 * @throws Problem unauthenticated, too_many_requests (too much was wrong from there)
 */
export async function signInByPassword(
  context: PeopleContext,
  client: SignInClient,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<SteppedIn> {
  const { database, directory } = context;
  const digest = directory.digestOf(email);
  const { userId, step } = await limitSignIns(context, client, `${digest.toString('hex')}\n${password}`, async () => {
    const found = await selectUserByEmail(database.query, digest);
    const counts = await admitTry(context, digest);
    const matches = await verifyPassword(found?.passwordHash ?? null, canonicalPassword(password));
    const step = found === undefined ? null : nextStep(found);
    if (!counts || !matches || found?.status !== 'active' || step === null) throw signInRefused();
    return { userId: found.userId, step };
  });
  await returnTry(database.query, digest);
  const sessionSecret = await openSession(context, client, {
    userId,
    stage: step === 'enroll' ? 'enroll' : 'second_factor',
    method: 'password',
    secondFactorAt: null,
  });
  if (sessionSecret === null) throw signInRefused();
  return { step, sessionSecret };
}

/**
 * What follows a right password; null: it opens nothing, since its person signs in elsewhere. Who has no other way in at
 * all was let in by a link and went away before the end; they go on where they were.
 */
function nextStep(user: UserRow): SignInStep | null {
  if (user.totpSealed !== null) return 'totp';
  if (user.passkeys > 0) return 'passkey';
  return canSignIn(waysIn(user)) ? null : 'enroll';
}
