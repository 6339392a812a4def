import { Problem } from '../../kernel/problem.ts';
import type { Rate } from './rate.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Refuses who asks too often. Each process counts for itself. */
export class RateLimit {
  readonly #buckets: TokenBuckets | null;
  readonly #refused: () => void;

  /** null: no limit. `refused` is told of every refusal. */
  constructor(rate: Rate | null, refused: () => void = () => {}) {
    this.#buckets = rate === null ? null : new TokenBuckets(rate);
    this.#refused = refused;
  }

  /** Counts one request of this source. @throws Problem too_many_requests */
  admit(source: string, nowMs: number): void {
    const waitMs = this.#buckets?.take(source, nowMs) ?? 0;
    if (waitMs === 0) return;
    this.#refused();
    throw tooMany(waitMs);
  }
}

/** The refusal that says when to come again. */
export function tooMany(waitMs: number): Problem {
  return new Problem('too_many_requests', 'Too many requests came from there. Come again later.', {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
}
