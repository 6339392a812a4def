import type { Family } from './partition.ts';

/** How long the installation keeps things. */
export interface RetentionRule {
  /** For tenants that say nothing. */
  readonly days: number;
  /** No tenant may want more. */
  readonly daysMax: number;
}

/** Days that tenants want things kept; null: whatever the installation says. */
export interface Wishes {
  readonly events: number | null;
  readonly deliveries: number | null;
  readonly inbound: number | null;
}

/** How long the log of requests is kept: for finding a fault, not for proving anything. The database drops nothing younger. */
const REQUEST_LOG_DAYS = 30;

/** What is emptied for tenants that keep less than the partitions live. */
export type Subject = 'events' | 'deliveries' | 'inbound_events';

/** How long the partitions of each family live: as long as whoever wants the most, within the installation's bound. */
export function keptDays({ days, daysMax }: RetentionRule, longest: Wishes): Readonly<Record<Family, number>> {
  const kept = (wish: number | null) => Math.min(daysMax, Math.max(days, wish ?? 0));
  return {
    events: kept(longest.events),
    deliveries: kept(longest.deliveries),
    inbound_events: kept(longest.inbound),
    provider_calls: kept(longest.inbound),
    request_log: REQUEST_LOG_DAYS,
  };
}
