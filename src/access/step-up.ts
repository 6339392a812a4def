import type { PersonCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { SECOND_FACTOR_MINUTES } from '../platform/http/endpoint-route.ts';
import { newChallenge } from './challenge.ts';
import { proofRefused } from './guard-tries.ts';
import { type PasskeyAnswer, passkeyRequestOptions } from './passkey.ts';
import type { PeopleContext } from './people-context.ts';
import { provesSecondFactor } from './sign-in-by-code.ts';
import { provesPasskey } from './sign-in-by-passkey.ts';
import { updateSecondFactor } from './store-sessions.ts';
import { selectUserById, type UserRow } from './store-users.ts';
import { hasSecondFactor } from './user.ts';

/**
 * What a browser needs to ask its person for a passkey once more.
 * @throws Problem state_conflict where the panel is at an IP address
 */
export async function askForStepUp(context: PeopleContext, caller: PersonCaller): Promise<Record<string, unknown>> {
  const challenge = await newChallenge(context, { purpose: 'passkey_step_up', holder: caller.sessionId });
  return passkeyRequestOptions(context.panel, challenge);
}

/** How somebody proves a second factor once more; codes that were written down are for signing in alone. */
export type StepUpProof = { readonly code: string } | { readonly passkey: PasskeyAnswer };

/**
 * Notes that the person behind a session has proven a second factor now.
 * @returns until when dangerous acts are open
 * @throws Problem proof_refused (wrong, or too many were wrong)
 */
export async function stepUp(
  context: PeopleContext,
  caller: PersonCaller,
  proof: StepUpProof,
): Promise<Temporal.Instant> {
  const { database, clock } = context;
  const proven =
    'code' in proof ? await provesCode(context, caller, proof.code) : await provesKey(context, caller, proof);
  if (!proven) throw proofRefused();
  const now = clock.now();
  await updateSecondFactor(database.query, caller.sessionId, now);
  return secondFactorUntil(now);
}

async function provesCode(context: PeopleContext, { userId }: PersonCaller, code: string): Promise<boolean> {
  const user = await selectUserById(context.database.query, userId);
  return user !== undefined && provesSecondFactor(context, user, { kind: 'totp', code });
}

async function provesKey(
  context: PeopleContext,
  { userId, sessionId }: PersonCaller,
  { passkey }: { readonly passkey: PasskeyAnswer },
): Promise<boolean> {
  return (await provesPasskey(context, passkey, { purpose: 'passkey_step_up', holder: sessionId })) === userId;
}

/** Until when a proof opens dangerous acts. */
export function secondFactorUntil(provenAt: Temporal.Instant): Temporal.Instant {
  return provenAt.add({ minutes: SECOND_FACTOR_MINUTES });
}

/**
 * Before somebody changes how they sign in. Who has no second factor yet cannot be asked for it.
 * @throws Problem step_up_required
 */
export function needStepUp(
  { secondFactorAt }: Pick<PersonCaller, 'secondFactorAt'>,
  user: UserRow,
  now: Temporal.Instant,
): void {
  if (!hasSecondFactor(waysIn(user))) return;
  if (secondFactorAt !== null && Temporal.Instant.compare(secondFactorUntil(secondFactorAt), now) > 0) return;
  throw new Problem('step_up_required', 'Changing how you sign in needs your second factor, proven just before.');
}

/** What a person's row says of their ways in. */
export function waysIn({ passwordHash, totpSealed, passkeys, identities }: UserRow) {
  return { hasPassword: passwordHash !== null, hasTotp: totpSealed !== null, passkeys, identities };
}
