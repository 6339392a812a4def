import { answerChallenge, newChallenge } from './challenge.ts';
import { limitSignIns, signInRefused } from './guard-tries.ts';
import { openSession } from './open-session.ts';
import {
  challengeOf,
  credentialIdOf,
  type PasskeyAnswer,
  passkeyRequestOptions,
  userHandleOf,
  verifyPasskey,
} from './passkey.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import type { SteppedIn } from './sign-in-by-password.ts';
import { selectPasskey, usePasskey } from './store-passkeys.ts';
import { forgetTries } from './store-sign-in-tries.ts';
import { selectUserById } from './store-users.ts';

/**
 * What a browser needs to ask for a passkey; whose it is comes with the answer.
 * @throws Problem state_conflict where the panel is at an IP address
 */
export async function askForPasskey(context: PeopleContext): Promise<Record<string, unknown>> {
  const challenge = await newChallenge(context, { purpose: 'passkey_sign_in', holder: '' });
  return passkeyRequestOptions(context.panel, challenge);
}

/**
 * Signs in by a passkey, which is both factors: something one has, and what it asked for (a finger, a face, a PIN). It
 * cannot be guessed, so that wrong passwords at the same address do not lock its holder out.
 * @throws Problem unauthenticated, too_many_requests (too much was wrong from there)
 */
export async function signInByPasskey(
  context: PeopleContext,
  client: SignInClient,
  answer: PasskeyAnswer,
): Promise<SteppedIn> {
  const { database, clock } = context;
  const user = await limitSignIns(context, client, JSON.stringify(answer), async () => {
    const userId = await provesPasskey(context, answer, { purpose: 'passkey_sign_in', holder: '' });
    const found = userId === null ? undefined : await selectUserById(database.query, userId);
    if (found?.status !== 'active') throw signInRefused();
    return found;
  });
  const sessionSecret = await openSession(context, client, {
    userId: user.userId,
    stage: 'signed_in',
    method: 'passkey',
    secondFactorAt: clock.now(),
  });
  if (sessionSecret === null) throw signInRefused();
  await forgetTries(database.query, user.emailDigest);
  return { step: 'done', sessionSecret };
}

/** Whose passkey has answered a challenge of ours; null where anything about it is wrong. The challenge is used up. */
export async function provesPasskey(
  context: PeopleContext,
  answer: PasskeyAnswer,
  topic: { readonly purpose: 'passkey_sign_in' | 'passkey_step_up'; readonly holder: string },
): Promise<string | null> {
  const { database, clock, panel } = context;
  const challenge = challengeOf(answer);
  const credentialId = credentialIdOf(answer);
  if (challenge === null || credentialId === null) return null;
  if ((await answerChallenge(context, challenge, topic)) === null) return null;
  const passkey = await selectPasskey(database.query, credentialId);
  if (passkey === undefined) return null;
  const known = {
    credentialId: passkey.credential_id,
    publicKey: passkey.public_key,
    signCount: passkey.sign_count,
  };
  const signCount = await verifyPasskey(panel, challenge, answer, known);
  const handle = userHandleOf(answer);
  if (signCount === null || (handle !== null && handle !== passkey.user_id)) return null;
  const count = { before: passkey.sign_count, after: signCount };
  return (await usePasskey(database.query, passkey.passkey_id, count, clock.now())) ? passkey.user_id : null;
}
