import { Problem } from '../kernel/problem.ts';
import { limitGuesses } from './limit-guesses.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { takeTry } from './store-sign-in-tries.ts';

/** PCI DSS 8.3.4: not more than ten tries, then at least 30 minutes. */
const TRIES_MAX = 10;
const LOCKED_FOR = { minutes: 30 };
/** Whoever mistypes once a day is nobody who guesses. */
const FORGOTTEN_AFTER = { hours: 1 };

/** Counts a try at an e-mail address before it is looked at. False: too many were wrong, this one does not count. */
export function admitTry({ database, clock }: PeopleContext, emailDigest: Buffer): Promise<boolean> {
  const now = clock.now();
  return takeTry(database.query, emailDigest, {
    now,
    triesMax: TRIES_MAX,
    lockedUntil: now.add(LOCKED_FOR),
    forgottenBefore: now.subtract(FORGOTTEN_AFTER),
  });
}

/**
 * Checks what somebody says they know, unless too much was wrong lately from the same address.
 * @throws Problem too_many_requests, and whatever the check throws
 */
export function limitSignIns<T>(
  { guesses, clock }: PeopleContext,
  { remoteAddress }: Pick<SignInClient, 'remoteAddress'>,
  secret: string,
  check: () => Promise<T>,
): Promise<T> {
  return limitGuesses({ guesses, clock }, { remoteAddress, at: null, secret }, check);
}

/** One answer to everything that is not right, so that nothing is learnt of who has an account, or is locked. */
export function signInRefused(): Problem {
  return new Problem('unauthenticated', 'This does not open an account. Check it, or wait half an hour and try again.');
}

/** Somebody has signed in and is asked again, and it is not right. */
export function proofRefused(): Problem {
  return new Problem('proof_refused', 'This is not right. After ten tries it is refused for half an hour.');
}
