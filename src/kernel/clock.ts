/** The one source of business time. Leases use the database's time instead (see platform/lease.ts). */
export interface Clock {
  now(): Temporal.Instant;
}

/** The machine's clock, cut to milliseconds, which is what PostgreSQL, JSON and ids carry. */
export const systemClock: Clock = {
  now() {
    const nowMs = Date.now();
    if (nowMs !== last.epochMilliseconds) last = Temporal.Instant.fromEpochMilliseconds(nowMs);
    return last;
  },
};

/** A request asks some ten times within its millisecond, and an instant never changes. */
let last = Temporal.Instant.fromEpochMilliseconds(0);

/** A clock that moves only when told to; for tests and test clocks. */
export class ManualClock implements Clock {
  #now: Temporal.Instant;
  readonly #watchers: (() => void)[] = [];

  constructor(start: Temporal.Instant | string = '2026-01-01T00:00:00Z') {
    this.#now = Temporal.Instant.from(start);
  }

  now(): Temporal.Instant {
    return this.#now;
  }

  advance(duration: Temporal.DurationLike): void {
    this.set(this.#now.add(duration));
  }

  set(instant: Temporal.Instant | string): void {
    this.#now = Temporal.Instant.from(instant);
    for (const watcher of this.#watchers) watcher();
  }

  /** Tells whenever it was moved: work that is due by then is otherwise found by looking every now and then. */
  onMove(watcher: () => void): void {
    this.#watchers.push(watcher);
  }
}
