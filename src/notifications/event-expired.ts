import { lowestId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { StoredEvent } from './store-deliveries.ts';

/** Since when a tenant's events are kept; what is older is shown and sent to nobody, also while its row is still there. */
export type KeptSince = (tenantId: string) => Promise<Temporal.Instant>;

/** @throws Problem event_expired for an event from before that instant */
export function refuseExpired(eventId: string, keptSince: Temporal.Instant): void {
  if (eventId < lowestId('evt', keptSince)) throw expired(keptSince);
}

/**
 * The same for an event that was read. It may be empty before its time seems over, since settings are remembered for a moment.
 * @throws Problem event_expired
 */
export function refuseEmptied(event: Pick<StoredEvent, 'eventId' | 'object'>, keptSince: Temporal.Instant): void {
  refuseExpired(event.eventId, keptSince);
  if (event.object === null) throw expired(keptSince);
}

function expired(keptSince: Temporal.Instant): Problem {
  return new Problem('event_expired', `Events are kept since ${keptSince}; what this one said is not kept any more.`);
}
