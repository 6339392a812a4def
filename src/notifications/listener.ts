import type { Mode } from '../kernel/caller.ts';

/** A program that follows a tenant's events by asking for them, since nobody can call it: a developer's machine. */
export interface Listener {
  readonly tenantId: string;
  readonly listenerId: string;
  readonly mode: Mode;
  /** Names of event types, or `*` for all of them. */
  readonly eventTypes: readonly string[];
  readonly createdAt: Temporal.Instant;
  /** Moves on with every question. */
  readonly expiresAt: Temporal.Instant;
}

/** For how long events are kept for a listener that does not ask: a night with a closed laptop. */
const LIFETIME = { hours: 24 } as const;

/** Until when a listener that asks now is remembered. */
export function listenerExpiry(now: Temporal.Instant): Temporal.Instant {
  return now.add(LIFETIME);
}
