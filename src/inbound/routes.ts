import { pageOf } from '../kernel/page.ts';
import type { PaymentContext } from '../payments/context.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { checkNotification } from './check-notification.ts';
import { inboundEventJson, requestJson } from './inbound-event-json.ts';
import { openRequest } from './inbound-row.ts';
import { notificationCheckJson, requestOf } from './notification-check-json.ts';
import { readInboundEvent } from './read-inbound-event.ts';
import { replayInboundEvent } from './replay-inbound-event.ts';
import { resolveInboundEvent } from './resolve-inbound-event.ts';
import { selectInboundEvents } from './store-lists.ts';

/** The endpoints of what providers notified, tied to their verbs. */
export function inboundRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listInboundEvents, async ({ caller, query }) => {
      const { createdAfter, createdBefore, ...filter } = query;
      const period = { createdAfter: instantOf(createdAfter), createdBefore: instantOf(createdBefore) };
      const rows = await selectInboundEvents(db, caller, { ...filter, ...period }, query);
      return { body: pageOf(rows.map(inboundEventJson), query.limit) };
    }),
    bindEndpoint(api.getInboundEvent, async ({ caller, params }) => {
      const row = await readInboundEvent(db, caller, params.id);
      return { body: { ...inboundEventJson(row), request: requestJson(await openRequest(context, row)) } };
    }),
    bindEndpoint(api.resolveInboundEvent, async ({ caller, params, body }) => ({
      body: inboundEventJson(await resolveInboundEvent(context, caller, params.id, body.note)),
    })),
    bindEndpoint(api.replayInboundEvent, async ({ caller, params }) => ({
      body: inboundEventJson(await replayInboundEvent(context, caller, params.id)),
    })),
    bindEndpoint(api.checkNotification, async ({ caller, params, body }) => ({
      body: notificationCheckJson(
        await checkNotification(context, caller, params.id, requestOf(body, context.clock.now())),
      ),
    })),
  ];
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
}
