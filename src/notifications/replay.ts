import type { Mode } from '../kernel/caller.ts';

/** Past events on their way to an endpoint once more. */
export interface Replay {
  readonly tenantId: string;
  readonly replayId: string;
  readonly mode: Mode;
  readonly endpointId: string;
  readonly selection: ReplaySelection;
  readonly ratePerSecond: number;
  readonly status: ReplayStatus;
  /** What the selection held when it began; later outcomes may make it more or fewer. */
  readonly eventsSelected: number;
  readonly deliveriesMade: number;
  /** The last event that was looked at; null: none was. */
  readonly cursor: string | null;
  /** Why nothing more comes of it, where it did not end by itself. */
  readonly stopReason: string | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
}

/** Which events of a tenant and mode. */
export interface ReplaySelection {
  readonly since: Temporal.Instant;
  /** Before this instant. */
  readonly until: Temporal.Instant;
  readonly eventTypes: readonly string[];
  readonly statuses: readonly ReplayedStatus[];
}

/** How the latest delivery of an event to the endpoint stands; `none`: it was never meant for it. */
export const REPLAYED_STATUSES = ['none', 'pending', 'succeeded', 'exhausted', 'canceled'] as const;
export type ReplayedStatus = (typeof REPLAYED_STATUSES)[number];

export type ReplayStatus = 'running' | 'done' | 'canceled' | 'failed';

/** `failed`: the endpoint was deleted. What ended stays ended; another replay takes up the rest. */
export const REPLAY_TRANSITIONS: Readonly<Record<ReplayStatus, readonly ReplayStatus[]>> = {
  running: ['done', 'canceled', 'failed'],
  done: [],
  canceled: [],
  failed: [],
};

/** The replay as it ends. */
export function endReplay(
  replay: Replay,
  status: Exclude<ReplayStatus, 'running'>,
  now: Temporal.Instant,
  stopReason: string | null = null,
): Replay {
  return { ...replay, status, stopReason, updatedAt: now, endedAt: now };
}
