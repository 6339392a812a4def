import { RateBucket } from './rate-bucket.ts';

/** How a try ended, as far as it says how much a receiver can bear. */
export interface PaceSign {
  readonly tookMs: number;
  /** `well`: acknowledged. `overloaded`: 429 or 503. `broken`: any other answer, or none. */
  readonly sign: 'well' | 'broken' | 'overloaded';
  /** Asked for with the answer; null: nothing was. */
  readonly retryAfterS: number | null;
}

/**
 * `unproven`: nothing is known of it, so that it may be one that holds every socket for as long as it can. `swift`: it
 * lately answered at once. `slow`: it lately did not.
 */
export type LaneClass = 'unproven' | 'swift' | 'slow';

/** A receiver that takes longer for an answer keeps sockets from others. */
const SLOW_MS = 1_000;
const SENDS_MAX = 16;
/** Of a slow one that acknowledges all the same, and of one that has fallen silent. */
const SLOW_SENDS_MAX = 8;
const SILENT_SENDS_MAX = 2;
/**
 * More at a time are no gain once answers take longer for it: then they wait for each other, there or here. Two at a time
 * are always tried.
 */
const SENDS_ALWAYS = 2;
const WAITING_FACTOR = 2;
const WAITING_MS = 5;
/** So much of the way to a later answer the shortest one is forgotten, since receivers move and change. */
const FORGOTTEN_SHARE = 0.01;
/** Failures in a row from which a receiver is left alone for a while, which doubles with each further one. */
const FAILURES_TO_HOLD = 3;
const HOLD_MS = 1_000;
const HOLD_MS_MAX = 15_000;
/** A receiver that asks for more patience is asked again after this, in case it has recovered. */
const ASKED_HOLD_MS_MAX = 900_000;

/**
 * How much is sent to one receiver at a time, learnt from its answers: one at first, twice as many with each round of
 * answers that take no longer for it, half as many after a bad one. In memory only; who starts anew learns it within a few answers.
 */
export class LanePace {
  #class: LaneClass = 'unproven';
  #sendsMax = 1;
  #failures = 0;
  #holdMs = 0;
  #shortestMs = Number.POSITIVE_INFINITY;
  #rate: RateBucket | null = null;

  get class(): LaneClass {
    return this.#class;
  }

  get sendsMax(): number {
    return this.#sendsMax;
  }

  /** How long the receiver is left alone from now on; 0: not at all. */
  get holdMs(): number {
    return this.#holdMs;
  }

  note({ tookMs, sign, retryAfterS }: PaceSign): void {
    this.#class = tookMs < SLOW_MS ? 'swift' : 'slow';
    this.#failures = sign === 'well' ? 0 : this.#failures + 1;
    const sendsMax = this.#class === 'slow' ? SLOW_SENDS_MAX : SENDS_MAX;
    if (sign === 'overloaded') this.#sendsMax = 1;
    else if (sign === 'broken') this.#sendsMax = Math.max(1, Math.floor(this.#sendsMax / 2));
    else if (this.#bearsMore(tookMs)) this.#sendsMax = Math.min(sendsMax, this.#sendsMax + 1);
    else this.#sendsMax = Math.min(sendsMax, this.#sendsMax);
    this.#holdMs = sign === 'well' ? 0 : this.#holdAfter(sign, retryAfterS);
  }

  /** A try has been under way for so long that nothing more may be started in its shadow. */
  noteUnanswered(sinceMs: number): void {
    if (sinceMs < SLOW_MS || this.#class === 'slow') return;
    this.#class = 'slow';
    this.#sendsMax = Math.min(this.#sendsMax, SILENT_SENDS_MAX);
  }

  /** Milliseconds until the agreed rate (requests a second; null: none) allows another one; 0: now, and it is counted. */
  waitForRate(perSecond: number | null, nowMs: number): number {
    if (perSecond === null) return 0;
    if (this.#rate?.perSecond !== perSecond) this.#rate = new RateBucket(perSecond, nowMs);
    return this.#rate.take(nowMs);
  }

  #bearsMore(tookMs: number): boolean {
    const shortest = Math.min(this.#shortestMs, tookMs);
    this.#shortestMs = shortest + (tookMs - shortest) * FORGOTTEN_SHARE;
    return this.#sendsMax < SENDS_ALWAYS || tookMs <= shortest * WAITING_FACTOR + WAITING_MS;
  }

  #holdAfter(sign: PaceSign['sign'], retryAfterS: number | null): number {
    const asked = sign === 'overloaded' ? Math.min((retryAfterS ?? 0) * 1_000, ASKED_HOLD_MS_MAX) : 0;
    const rows = this.#failures - FAILURES_TO_HOLD;
    const own = rows < 0 ? 0 : Math.min(HOLD_MS * 2 ** Math.min(rows, 10), HOLD_MS_MAX);
    return Math.max(asked, own);
  }
}
