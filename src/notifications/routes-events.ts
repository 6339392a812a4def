import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api-events.ts';
import type { StoredEvent } from './store-deliveries.ts';
import { selectEventPage } from './store-event-search.ts';
import { selectEvent } from './store-events.ts';

/** What shows events. */
export function eventRoutes({ database }: { readonly database: Database }): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listEvents, async ({ caller, query }) => {
      const { since, until } = query;
      const period = { since: instantOf(since), until: instantOf(until) };
      const page = await selectEventPage(database.query, caller, { ...query, ...period }, query);
      return { body: { ...page, data: page.data.map(eventJson) } };
    }),
    bindEndpoint(api.getEvent, async ({ caller, params }) => {
      const event = await selectEvent(database.query, caller, params.id);
      if (event === null) throw new Problem('not_found', 'There is no such event.');
      return { body: eventJson(event) };
    }),
  ];
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
}

/** An event as other programs see it. */
export function eventJson(event: StoredEvent): api.EventAnswer {
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
