import { withOpenAddress } from '../events/sealed-address.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api-events.ts';
import type { StoredEvent } from './store-deliveries.ts';
import { selectEventPage } from './store-event-search.ts';
import { selectEvent } from './store-events.ts';

interface EventContext {
  readonly database: Database;
  readonly sealer: Sealer;
}

/** What shows events. */
export function eventRoutes({ database, sealer }: EventContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listEvents, async ({ caller, query }) => {
      const { since, until } = query;
      const period = { since: instantOf(since), until: instantOf(until) };
      const page = await selectEventPage(database.query, caller, { ...query, ...period }, query);
      return { body: { ...page, data: await eventsJson(sealer, page.data) } };
    }),
    bindEndpoint(api.getEvent, async ({ caller, params }) => {
      const event = await selectEvent(database.query, caller, params.id);
      if (event === null) throw new Problem('not_found', 'There is no such event.');
      return { body: eventJson(await withOpenAddress(sealer, event)) };
    }),
  ];
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
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
