import type { AckPolicy } from './ack-policy.ts';

export const HEALTH_STATES = ['healthy', 'failing', 'disabled'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** Only a person leads out of `disabled`: a receiver that is probed with old payments would get them out of order. */
export const HEALTH_TRANSITIONS: Readonly<Record<HealthState, readonly HealthState[]>> = {
  healthy: ['failing', 'disabled'],
  failing: ['healthy', 'disabled'],
  disabled: ['healthy'],
};

/** What was seen of an endpoint lately. Since when it fails is told by the tenant's time, attempts by the machine's. */
export interface EndpointHealth {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly state: HealthState;
  /** In a row; nought after each acknowledged attempt. */
  readonly consecutiveFailures: number;
  readonly failingSince: Temporal.Instant | null;
  readonly lastSuccessAt: Temporal.Instant | null;
  readonly lastFailureAt: Temporal.Instant | null;
  readonly lastFailureStatus: number | null;
  readonly lastFailureError: string | null;
  readonly noticedAt: Temporal.Instant | null;
}

/** Of an endpoint that was never called. */
export const UNSEEN = {
  state: 'healthy',
  consecutiveFailures: 0,
  failingSince: null,
  lastSuccessAt: null,
  lastFailureAt: null,
  lastFailureStatus: null,
  lastFailureError: null,
  noticedAt: null,
} as const satisfies Partial<EndpointHealth>;

/** How long an endpoint may fail, and under which policy. */
export interface HealthSettings {
  readonly disableAfterSeconds: number | null;
  readonly ackPolicy: AckPolicy;
}

/** So many in a row, over so long, are no hiccup of a deployment any more. */
const FAILING_ATTEMPTS = 5;
const FAILING_S = 300;
/** An endpoint that is seldom called is not given up for a handful of tries. */
const DISABLING_ATTEMPTS = 10;
/** People are told a day before they lose something, or half of the time where it is shorter than two days. */
const NOTICE_S_MAX = 86_400;

/**
 * What an endpoint counts as by what was seen of it. Pure.
 * It fails once at least five attempts in a row and over five minutes were not acknowledged; it is disabled once that has
 * lasted for as long as it may, for ten attempts, and a day after it was told.
 */
export function judgeHealth(health: EndpointHealth, settings: HealthSettings, now: Temporal.Instant): HealthState {
  const { state, consecutiveFailures, failingSince } = health;
  if (state === 'disabled') return 'disabled';
  if (failingSince === null) return 'healthy';
  if (state === 'healthy') {
    const isLong = isReached(failingSince.add({ seconds: FAILING_S }), now);
    return consecutiveFailures >= FAILING_ATTEMPTS && isLong ? 'failing' : 'healthy';
  }
  const disableAt = disablingAt(health, settings);
  const isOver = disableAt !== null && isReached(disableAt, now);
  return isOver && consecutiveFailures >= DISABLING_ATTEMPTS ? 'disabled' : 'failing';
}

/** From when on a failing endpoint may be disabled; null: not at all, as things stand. */
export function disablingAt(health: EndpointHealth, settings: HealthSettings): Temporal.Instant | null {
  const { failingSince, noticedAt, state } = health;
  const { disableAfterSeconds } = settings;
  if (state !== 'failing' || failingSince === null || noticedAt === null || disableAfterSeconds === null) return null;
  if (!isGivenUp(settings)) return null;
  const over = failingSince.add({ seconds: disableAfterSeconds });
  const told = noticedAt.add({ milliseconds: Math.min(NOTICE_S_MAX * 1_000, disableAfterSeconds * 500) });
  return Temporal.Instant.compare(over, told) > 0 ? over : told;
}

/**
 * Whether an endpoint may be given up at all. Where silence gives money back it may not: payments would go on and nobody
 * would be told. What becomes of those is decided by the policy's own fuse.
 */
export function isGivenUp({ ackPolicy }: Pick<HealthSettings, 'ackPolicy'>): boolean {
  return ackPolicy.type !== 'reverse_on_no_ack';
}

function isReached(at: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, now) <= 0;
}
