import { createHash } from 'node:crypto';
import { RecentMap } from '../recent-map.ts';
import type { Rate } from './rate.ts';
import { tooMany } from './rate-limit.ts';
import { TokenBuckets } from './token-buckets.ts';

/** About 100 bytes each. */
const KNOWN_MAX = 50_000;

/**
 * Bounds how often something secret can be guessed: only wrong guesses count, and where there were too many of them the
 * next are refused unseen. What has lately been right passes all the same, so that a guesser behind the same address, or
 * one at the same key, does not lock its holder out. As many guesses as are under way at once may pass in excess.
 */
export class GuessLimit {
  readonly #wrong: TokenBuckets | null;
  readonly #refused: () => void;
  /** Digests of what was right. */
  readonly #known = new RecentMap<true>(KNOWN_MAX);

  /** null: no limit. `refused` is told of every refusal. */
  constructor(rate: Rate | null, refused: () => void = () => {}) {
    this.#wrong = rate === null ? null : new TokenBuckets(rate);
    this.#refused = refused;
  }

  /** Whether a guess from these sources may be looked at. @throws Problem too_many_requests */
  admit(sources: readonly string[], guess: string, nowMs: number): void {
    const wrong = this.#wrong;
    if (wrong === null) return;
    const waitMs = Math.max(0, ...sources.map((source) => wrong.wait(source, nowMs)));
    if (waitMs === 0 || this.#known.get(digestOf(guess)) === true) return;
    this.#refused();
    throw tooMany(waitMs);
  }

  /** It was wrong; counts against each of its sources. */
  wrong(sources: readonly string[], guess: string, nowMs: number): void {
    if (this.#wrong === null) return;
    for (const source of sources) this.#wrong.take(source, nowMs);
    if (this.#known.size > 0) this.#known.delete(digestOf(guess));
  }

  /** It was right. */
  right(guess: string): void {
    if (this.#wrong === null) return;
    this.#known.set(digestOf(guess), true);
  }
}

function digestOf(guess: string): string {
  return createHash('sha256').update(guess).digest('base64url');
}
