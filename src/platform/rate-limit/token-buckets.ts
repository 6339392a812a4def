import { RecentMap } from '../recent-map.ts';
import type { Rate } from './rate.ts';

/** About 150 bytes each, so 15 MB at worst. */
const BUCKETS_MAX = 100_000;
/**
 * A bucket of tokens for each name, full at first. One number says how full it is: the time at which it will be full again
 * (the generic cell rate algorithm of ITU-T I.371). Where there are too many, those that were used longest ago are given up;
 * who comes back after that has a full one.
 */
export class TokenBuckets {
  readonly #count: number;
  /** In ticks of a millisecond divided by the count: with them every number here is whole, and nothing is rounded. */
  readonly #intervalTicks: number;
  readonly #windowTicks: number;
  readonly #fullAtTicks: RecentMap<number>;
  #originMs: number | null = null;

  constructor({ count, seconds }: Rate, bucketsMax = BUCKETS_MAX) {
    this.#count = count;
    this.#intervalTicks = seconds * 1_000;
    this.#windowTicks = this.#intervalTicks * count;
    this.#fullAtTicks = new RecentMap(bucketsMax);
  }

  get size(): number {
    return this.#fullAtTicks.size;
  }

  /** Takes a token and answers 0, or answers in how many milliseconds there will be one. */
  take(name: string, nowMs: number): number {
    const now = this.#ticksOf(nowMs);
    const fullAt = this.#fullAt(name, now);
    const wait = this.#waitOf(fullAt, now);
    // Also where nothing is taken: whoever goes on asking is not forgotten.
    this.#fullAtTicks.set(name, wait === 0 ? fullAt + this.#intervalTicks : fullAt);
    return wait;
  }

  /** What `take` would answer; takes nothing. */
  wait(name: string, nowMs: number): number {
    const now = this.#ticksOf(nowMs);
    return this.#waitOf(this.#fullAt(name, now), now);
  }

  /** Counted from the first request: ticks since 1970 would be beyond the integers that a number carries. */
  #ticksOf(nowMs: number): number {
    this.#originMs ??= nowMs;
    return (nowMs - this.#originMs) * this.#count;
  }

  #waitOf(fullAt: number, now: number): number {
    const ticks = fullAt + this.#intervalTicks - now - this.#windowTicks;
    return ticks > 0 ? Math.ceil(ticks / this.#count) : 0;
  }

  /** An empty bucket is full after the window. Later than that it can only be where the clock was set back. */
  #fullAt(name: string, now: number): number {
    const known = this.#fullAtTicks.get(name) ?? now;
    return Math.min(Math.max(known, now), now + this.#windowTicks);
  }
}
