import { present } from '../kernel/assert.ts';
import type { PersonCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { answerChallenge, newChallenge, readChallenge } from './challenge.ts';
import { proofRefused } from './guard-tries.ts';
import { openSession } from './open-session.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { newRecoveryCode, RECOVERY_CODES, recoveryCodeHash } from './recovery-code.ts';
import { needStepUp, waysIn } from './step-up.ts';
import { replaceRecoveryCodes } from './store-passkeys.ts';
import { updateSecondFactor } from './store-sessions.ts';
import { lockUser, selectUserById, type UserRow, updateTotp } from './store-users.ts';
import { newTotpSecret, stepOfCode, totpUri } from './totp.ts';
import { canSignIn } from './user.ts';

/** What an authenticator app is given, shown once, and what names it when its first code is sent. */
interface OfferedTotp {
  readonly enrollment: string;
  readonly secret: string;
  readonly uri: string;
}

/**
 * Offers an authenticator app its secret. It counts from the first code on; the one before counts until then.
 * @throws Problem step_up_required
 */
export async function offerTotp(context: PeopleContext, caller: PersonCaller): Promise<OfferedTotp> {
  const { database, clock, directory } = context;
  const user = present(await selectUserById(database.query, caller.userId), 'The person of a session');
  needStepUp(caller, user, clock.now());
  const secret = newTotpSecret();
  const topic = { purpose: 'totp_new', holder: caller.sessionId, content: secret } as const;
  const enrollment = await newChallenge(context, topic);
  const email = await directory.open(['users', 'email_sealed', user.userId], user.emailSealed);
  return { enrollment, secret, uri: totpUri(secret, email) };
}

/** What comes of the first second factor: codes to write down, and a session that may do everything. */
export interface EnrolledFactor {
  /** null: those that were given out before still count. */
  readonly recoveryCodes: readonly string[] | null;
  /** null: the session stays as it is. */
  readonly sessionSecret: string | null;
}

/**
 * Makes the offered authenticator app count, by its first code; new recovery codes come with it.
 * @throws Problem step_up_required, proof_refused (the code is wrong, or the offer is too old)
 */
export async function confirmTotp(
  context: PeopleContext,
  caller: PersonCaller,
  client: SignInClient,
  { enrollment, code }: { readonly enrollment: string; readonly code: string },
): Promise<EnrolledFactor> {
  const { database, clock, directory } = context;
  const topic = { purpose: 'totp_new', holder: caller.sessionId } as const;
  const secret = await readChallenge(context, enrollment, topic);
  const step = secret === null ? null : stepOfCode(secret, code, clock.now());
  if (secret === null || step === null || (await answerChallenge(context, enrollment, topic)) === null) {
    throw proofRefused();
  }
  const sealed = await directory.seal(['users', 'totp_sealed', caller.userId], secret);
  const recoveryCodes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await database.transaction(async (tx) => {
    needStepUp(caller, present(await lockUser(tx, caller.userId), 'The person of a session'), clock.now());
    await updateTotp(tx, caller.userId, { sealed, stepUsed: step }, clock.now());
    await replaceRecoveryCodes(tx, caller.userId, recoveryCodes.map(recoveryCodeHash), clock.now());
  });
  return { recoveryCodes, sessionSecret: await proven(context, caller, client) };
}

/**
 * Notes that a second factor was proven just now; who was let in to set up the first one is signed in by that.
 * @returns what goes into the cookie; null: it stays as it is
 * @throws Problem unauthenticated where the session has ended meanwhile
 */
export async function proven(
  context: PeopleContext,
  caller: PersonCaller,
  client: SignInClient,
): Promise<string | null> {
  const now = context.clock.now();
  if (caller.stage === 'signed_in') {
    await updateSecondFactor(context.database.query, caller.sessionId, now);
    return null;
  }
  const secret = await openSession(context, client, {
    userId: caller.userId,
    stage: 'signed_in',
    method: 'link',
    secondFactorAt: now,
    replaces: caller.sessionId,
  });
  if (secret === null) throw new Problem('unauthenticated', 'Sign in again.');
  return secret;
}

/**
 * Takes the authenticator app away, and the codes that stood in for it.
 * @throws Problem step_up_required, not_found (there is none), state_conflict (nothing else would let them in)
 */
export async function removeTotp(context: PeopleContext, caller: PersonCaller): Promise<void> {
  const { database, clock } = context;
  await database.transaction(async (tx) => {
    const user = present(await lockUser(tx, caller.userId), 'The person of a session');
    needStepUp(caller, user, clock.now());
    if (user.totpSealed === null) throw new Problem('not_found', 'There is no authenticator app.');
    refuseLastWayIn(context, user, { hasTotp: false });
    await updateTotp(tx, user.userId, null, clock.now());
    await replaceRecoveryCodes(tx, user.userId, [], clock.now());
  });
}

/** @throws Problem state_conflict where nobody could sign in after this change */
export function refuseLastWayIn(
  { oidc }: PeopleContext,
  user: UserRow,
  change: { readonly hasTotp?: false; readonly passkeys?: number },
): void {
  const ways = waysIn(user);
  if (canSignIn({ ...ways, identities: oidc === null ? 0 : ways.identities, ...change })) return;
  throw new Problem('state_conflict', 'This is the last way in. Add another one first.');
}

/**
 * Ten new codes in the place of those before.
 * @throws Problem step_up_required, state_conflict (there is no authenticator app that they could stand in for)
 */
export async function renewRecoveryCodes(context: PeopleContext, caller: PersonCaller): Promise<readonly string[]> {
  const { database, clock } = context;
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await database.transaction(async (tx) => {
    const user = present(await lockUser(tx, caller.userId), 'The person of a session');
    needStepUp(caller, user, clock.now());
    if (user.totpSealed === null)
      throw new Problem('state_conflict', 'Recovery codes stand in for an authenticator app.');
    await replaceRecoveryCodes(tx, user.userId, codes.map(recoveryCodeHash), clock.now());
  });
  return codes;
}
