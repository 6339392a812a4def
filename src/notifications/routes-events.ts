import { withOpenAddress } from '../events/sealed-address.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api-events.ts';
import { type KeptSince, refuseEmptied } from './event-expired.ts';
import type { StoredEvent } from './store-deliveries.ts';
import { selectEventPage } from './store-event-search.ts';
import { selectEvent } from './store-events.ts';

interface EventContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly keptSince: KeptSince;
}

/** What shows events. */
export function eventRoutes({ database, sealer, keptSince }: EventContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listEvents, async ({ caller, query }) => {
      const { since, until } = query;
      const kept = await keptSince(caller.tenantId);
      const period = { since: laterOf(instantOf(since), kept), until: instantOf(until) };
      const page = await selectEventPage(database.query, caller, { ...query, ...period }, query);
      const whole = page.data.filter(({ object }) => object !== null);
      return { body: { ...page, data: await eventsJson(sealer, whole) } };
    }),
    bindEndpoint(api.getEvent, async ({ caller, params }) => {
      const event = await selectEvent(database.query, caller, params.id);
      if (event === null) throw new Problem('not_found', 'There is no such event.');
      refuseEmptied(event, await keptSince(caller.tenantId));
      return { body: eventJson(await withOpenAddress(sealer, event)) };
    }),
  ];
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
}

function laterOf(one: Temporal.Instant | undefined, other: Temporal.Instant): Temporal.Instant {
  return one !== undefined && Temporal.Instant.compare(one, other) > 0 ? one : other;
}

/** Events as their tenant sees them. */
export async function eventsJson(sealer: Sealer, events: readonly StoredEvent[]): Promise<api.EventAnswer[]> {
  return (await Promise.all(events.map((event) => withOpenAddress(sealer, event)))).map(eventJson);
}

function eventJson(event: StoredEvent): api.EventAnswer {
  return {
    id: event.eventId,
    type: event.type as api.EventAnswer['type'],
    apiVersion: event.apiVersion,
    createdAt: event.createdAt.toString(),
    mode: event.mode,
    tenantId: event.tenantId,
    data: { object: event.object as Record<string, unknown> },
  };
}
