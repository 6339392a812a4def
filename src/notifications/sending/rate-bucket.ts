/** A twentieth of a second's worth may come at once, since timers are not exact. */
const BURST_SECONDS = 0.05;

/**
 * Tokens for an agreed rate: one for each request, made at an even pace, few of them kept. So a receiver meets no more
 * than its rate within any second but those few.
 */
export class RateBucket {
  readonly #perSecond: number;
  #tokens = 1;
  #countedAtMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#countedAtMs = nowMs;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  /** Milliseconds until there is a token; 0: one was taken. */
  take(nowMs: number): number {
    const tokensMax = Math.max(1, this.#perSecond * BURST_SECONDS);
    const made = ((nowMs - this.#countedAtMs) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(tokensMax, this.#tokens + made);
    this.#countedAtMs = nowMs;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1_000);
    this.#tokens -= 1;
    return 0;
  }
}
