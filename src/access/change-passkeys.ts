import { present } from '../kernel/assert.ts';
import type { PersonCaller } from '../kernel/caller.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { answerChallenge, newChallenge } from './challenge.ts';
import { type EnrolledFactor, proven, refuseLastWayIn } from './change-totp.ts';
import { proofRefused } from './guard-tries.ts';
import { challengeOf, newPasskeyOptions, type PasskeyAnswer, verifyNewPasskey } from './passkey.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { needStepUp } from './step-up.ts';
import { deletePasskey, insertPasskey, selectPasskeysOf } from './store-passkeys.ts';
import { lockUser, selectUserById } from './store-users.ts';

/** Nobody has more devices than this at hand. */
const PASSKEYS_MAX = 20;

/**
 * What a browser needs to make one more passkey.
 * @throws Problem step_up_required, state_conflict (the panel is at an IP address)
 */
export async function offerPasskey(context: PeopleContext, caller: PersonCaller): Promise<Record<string, unknown>> {
  const { database, clock, directory, panel } = context;
  const user = present(await selectUserById(database.query, caller.userId), 'The person of a session');
  needStepUp(caller, user, clock.now());
  const known = await selectPasskeysOf(database.query, user.userId);
  const challenge = await newChallenge(context, { purpose: 'passkey_new', holder: caller.sessionId });
  return newPasskeyOptions(panel, challenge, {
    userId: user.userId,
    email: await directory.open(['users', 'email_sealed', user.userId], user.emailSealed),
    name: await directory.open(['users', 'name_sealed', user.userId], user.nameSealed),
    known: known.map((row) => row.credential_id),
  });
}

/**
 * Keeps the passkey that a browser has made.
 * @throws Problem step_up_required, proof_refused (it is not right, or too late), state_conflict (known, or too many)
 */
export async function addPasskey(
  context: PeopleContext,
  caller: PersonCaller,
  client: SignInClient,
  { label, answer }: { readonly label: string; readonly answer: PasskeyAnswer },
): Promise<EnrolledFactor> {
  const { database, clock, panel } = context;
  const challenge = challengeOf(answer);
  const topic = { purpose: 'passkey_new', holder: caller.sessionId } as const;
  if (challenge === null || (await answerChallenge(context, challenge, topic)) === null) throw proofRefused();
  const passkey = await verifyNewPasskey(panel, challenge, answer);
  if (passkey === null) throw proofRefused();
  await database.transaction(async (tx) => {
    const user = present(await lockUser(tx, caller.userId), 'The person of a session');
    needStepUp(caller, user, clock.now());
    if (user.passkeys >= PASSKEYS_MAX) throw new Problem('state_conflict', `There may be ${PASSKEYS_MAX} passkeys.`);
    const row = { passkeyId: newId('pky', clock), userId: user.userId, label, createdAt: clock.now(), ...passkey };
    if (!(await insertPasskey(tx, row))) throw new Problem('state_conflict', 'This passkey is known already.');
  });
  return { recoveryCodes: null, sessionSecret: await proven(context, caller, client) };
}

/** Somebody's passkeys, newest first. */
export async function listPasskeys({ database }: PeopleContext, { userId }: PersonCaller) {
  const rows = await selectPasskeysOf(database.query, userId);
  return rows.map((row) => ({
    id: row.passkey_id,
    label: row.label,
    createdAt: row.created_at.toString(),
    lastUsedAt: row.last_used_at?.toString() ?? null,
  }));
}

/**
 * Takes a passkey away.
 * @throws Problem step_up_required, not_found, state_conflict (nothing else would let them in)
 */
export async function removePasskey(context: PeopleContext, caller: PersonCaller, passkeyId: string): Promise<void> {
  const { database, clock } = context;
  await database.transaction(async (tx) => {
    const user = present(await lockUser(tx, caller.userId), 'The person of a session');
    needStepUp(caller, user, clock.now());
    if (!(await deletePasskey(tx, user.userId, passkeyId))) throw new Problem('not_found', 'There is no such passkey.');
    refuseLastWayIn(context, user, { passkeys: user.passkeys - 1 });
  });
}
