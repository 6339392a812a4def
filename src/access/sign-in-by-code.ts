import { admitTry, limitSignIns, signInRefused } from './guard-tries.ts';
import { findSession, openSession } from './open-session.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { recoveryCodeHash } from './recovery-code.ts';
import type { SteppedIn } from './sign-in-by-password.ts';
import { useRecoveryCode } from './store-passkeys.ts';
import { forgetTries } from './store-sign-in-tries.ts';
import { selectUserById, type UserRow, useTotpStep } from './store-users.ts';
import { stepOfCode } from './totp.ts';

/** What was typed: the code that an authenticator app shows, or one of those that were written down. */
export type SecondFactorCode =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'recovery'; readonly code: string };

/**
 * The second half of signing in, with the session that the password has opened; another one takes its place. Each code is
 * good once, and each try counts like one at the password.
 * @throws Problem unauthenticated, too_many_requests (too much was wrong from there)
 */
export async function signInByCode(
  context: PeopleContext,
  client: SignInClient,
  code: SecondFactorCode,
): Promise<SteppedIn> {
  const { database } = context;
  const begun = await findSession(context, client.sessionSecret);
  if (begun === null || begun.stage !== 'second_factor') throw signInRefused();
  await limitSignIns(context, client, `${begun.sessionId}\n${code.code}`, async () => {
    const user = await selectUserById(database.query, begun.userId);
    if (user === undefined || !(await provesSecondFactor(context, user, code))) throw signInRefused();
  });
  const sessionSecret = await openSession(context, client, {
    userId: begun.userId,
    stage: 'signed_in',
    method: code.kind === 'totp' ? 'password' : 'recovery_code',
    secondFactorAt: context.clock.now(),
    replaces: begun.sessionId,
  });
  if (sessionSecret === null) throw signInRefused();
  return { step: 'done', sessionSecret };
}

/** Whether a code is this person's, and uses it up. A right one ends the count of tries. */
export async function provesSecondFactor(
  context: PeopleContext,
  user: UserRow,
  code: SecondFactorCode,
): Promise<boolean> {
  const { database } = context;
  if (!(await admitTry(context, user.emailDigest))) return false;
  const right =
    code.kind === 'totp' ? await usesTotp(context, user, code.code) : await usesRecovery(context, user, code);
  if (right) await forgetTries(database.query, user.emailDigest);
  return right;
}

async function usesTotp({ database, directory, clock }: PeopleContext, user: UserRow, code: string): Promise<boolean> {
  if (user.totpSealed === null) return false;
  const secret = await directory.open(['users', 'totp_sealed', user.userId], user.totpSealed);
  const step = stepOfCode(secret, code, clock.now());
  return step !== null && (await useTotpStep(database.query, user.userId, step));
}

function usesRecovery(
  { database, clock }: PeopleContext,
  { userId }: UserRow,
  { code }: SecondFactorCode,
): Promise<boolean> {
  return useRecoveryCode(database.query, userId, recoveryCodeHash(code), clock.now());
}
