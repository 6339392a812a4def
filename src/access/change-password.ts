import { present } from '../kernel/assert.ts';
import type { PersonCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { admitTry, proofRefused } from './guard-tries.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { PeopleContext } from './people-context.ts';
import { needStepUp } from './step-up.ts';
import { endSessions } from './store-sessions.ts';
import { returnTry } from './store-sign-in-tries.ts';
import { selectUserById, type UserRow, updatePassword } from './store-users.ts';
import { brokenPasswordRule, canonicalPassword } from './user.ts';

interface PasswordChange {
  /** Left out by whoever has none yet. */
  readonly currentPassword?: string | undefined;
  readonly newPassword: string;
}

/**
 * Gives somebody another password, or their first. Everywhere else they are signed out.
 * @throws Problem step_up_required, proof_refused (the current one is wrong), validation_failed (the new one breaks a rule)
 */
export async function changePassword(
  context: PeopleContext,
  caller: PersonCaller,
  { currentPassword, newPassword }: PasswordChange,
): Promise<void> {
  const { database, clock, directory } = context;
  const user = present(await selectUserById(database.query, caller.userId), 'The person of a session');
  needStepUp(caller, user, clock.now());
  const email = await directory.open(['users', 'email_sealed', user.userId], user.emailSealed);
  refuseWeakPassword(newPassword, email, '/newPassword');
  if (user.passwordHash !== null) await checkCurrent(context, user, currentPassword ?? '');
  const passwordHash = await hashPassword(canonicalPassword(newPassword));
  await database.transaction(async (tx) => {
    await updatePassword(tx, user.userId, passwordHash, clock.now());
    await endSessions(tx, user.userId, caller.sessionId, clock.now());
  });
}

async function checkCurrent(context: PeopleContext, user: UserRow, password: string): Promise<void> {
  const counts = await admitTry(context, user.emailDigest);
  const matches = await verifyPassword(user.passwordHash, canonicalPassword(password));
  if (!counts || !matches) throw proofRefused();
  await returnTry(context.database.query, user.emailDigest);
}

/** @throws Problem validation_failed */
export function refuseWeakPassword(password: string, email: string, pointer: string): void {
  const detail = brokenPasswordRule(password, email);
  if (detail !== null) throw new Problem('validation_failed', undefined, { errors: [{ pointer, detail }] });
}
