import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { GuessLimit } from '../platform/rate-limit/guess-limit.ts';
import { sourceOfAddress } from '../platform/rate-limit/source-of-address.ts';

interface GuessContext {
  readonly guesses: GuessLimit;
  readonly clock: Clock;
}

interface Attempt {
  readonly remoteAddress: string;
  /** The key or app at which it is tried; null: none in particular. */
  readonly at: string | null;
  /** What tells it from others; kept as a digest where it is right. */
  readonly secret: string;
}

/**
 * Checks credentials unless too many were wrong lately, from the same address or at the same key or app.
 * @throws Problem too_many_requests, and whatever the check throws
 */
export async function limitGuesses<T>(
  { guesses, clock }: GuessContext,
  { remoteAddress, at, secret }: Attempt,
  check: () => Promise<T>,
): Promise<T> {
  const nowMs = clock.now().epochMilliseconds;
  const source = `from ${sourceOfAddress(remoteAddress)}`;
  const sources = at === null ? [source] : [source, `at ${at}`];
  guesses.admit(sources, secret, nowMs);
  try {
    const checked = await check();
    guesses.right(secret);
    return checked;
  } catch (error) {
    // An outage of ours is no guess of theirs.
    if (error instanceof Problem && error.code === 'unauthenticated') guesses.wrong(sources, secret, nowMs);
    throw error;
  }
}

/** How guesses at the secret of an app are told from those at a key. */
export function appTarget(appName: string): string {
  return `app ${appName.slice(0, 64)}`;
}
