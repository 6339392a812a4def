import type { Clock } from '../kernel/clock.ts';

/** A tenant's own time in test mode: it stands still until it is advanced, and ends when it is released. */
export interface TestClock {
  readonly tenantId: string;
  readonly testClockId: string;
  readonly name: string | null;
  readonly standsAt: Temporal.Instant;
  readonly status: TestClockStatus;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export type TestClockStatus = 'held' | 'released';

export const TEST_CLOCK_TRANSITIONS: Readonly<Record<TestClockStatus, readonly TestClockStatus[]>> = {
  held: ['released'],
  released: [],
};

/** The time that counts for a tenant and mode, and what it is worth on the machine's clock. */
export interface TenantClock extends Clock {
  /** Set while a test clock is held: no time passes by itself. */
  readonly heldAt: Temporal.Instant | null;
  /** When the machine's clock would have come to the instant, had both run on from now. */
  realTimeOf(instant: Temporal.Instant): Temporal.Instant;
  /** When a lane must be looked at for work that is due at the instant; null: only once the clock is moved. */
  laneTimeOf(due: Temporal.Instant | null): Temporal.Instant | null;
}

/** The machine's time, which counts wherever no test clock is held. */
export function runningClock(clock: Clock): TenantClock {
  return { now: () => clock.now(), heldAt: null, realTimeOf: (instant) => instant, laneTimeOf: (due) => due };
}

/** A held test clock beside the machine's. */
export function heldClock(heldAt: Temporal.Instant, clock: Clock): TenantClock {
  return {
    heldAt,
    now: () => heldAt,
    realTimeOf: (instant) => clock.now().add(instant.since(heldAt)),
    laneTimeOf: (due) => (due !== null && Temporal.Instant.compare(due, heldAt) <= 0 ? clock.now() : null),
  };
}
