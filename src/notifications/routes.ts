import { runOnce } from '../idempotency/run-once.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import * as api from './api.ts';
import { changeEndpoint, createEndpoint, deleteEndpoint, type EndpointContext } from './change-endpoint.ts';
import type { Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { resendDelivery } from './resend-delivery.ts';
import { type Owner, selectEndpoint, selectEndpoints } from './store.ts';
import { type StoredEvent, selectDeliveries, selectDelivery, selectDeliveryAttempts } from './store-deliveries.ts';
import { selectEvent, selectEvents } from './store-events.ts';

export interface NotificationContext extends EndpointContext {
  readonly wakeDelivery: () => void;
  readonly tenantClocks: TenantClocks;
}

/** The endpoints that configure and show notifications. */
export function notificationRoutes(context: NotificationContext): readonly BoundEndpoint[] {
  return [...endpointRoutes(context), ...deliveryRoutes(context), ...eventRoutes(context)];
}

function endpointRoutes(context: NotificationContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.createWebhookEndpoint, ({ caller: { tenantId, mode }, body, idempotency }) =>
      runOnce(context, { tenantId, mode, route: 'createWebhookEndpoint' }, idempotency, async (tx) => {
        const { endpoint, secret } = await createEndpoint(context, tx, { ...body, tenantId, mode });
        return { status: 201, body: { ...endpointJson(endpoint), secret } };
      }),
    ),
    bindEndpoint(api.listWebhookEndpoints, async ({ caller, query }) => {
      const rows = await selectEndpoints(db, caller, query);
      return { body: pageOf(rows.map(endpointJson), query.limit) };
    }),
    bindEndpoint(api.getWebhookEndpoint, async ({ caller, params }) => {
      const endpoint = await selectEndpoint(db, caller, params.id);
      if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
      return { body: endpointJson(endpoint) };
    }),
    bindEndpoint(api.updateWebhookEndpoint, async ({ caller, params, body }) => {
      const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      const endpoint = await changeEndpoint(context, caller, params.id, changes);
      context.wakeDelivery();
      return { body: endpointJson(endpoint) };
    }),
    bindEndpoint(api.deleteWebhookEndpoint, async ({ caller, params }) => ({
      body: endpointJson(await deleteEndpoint(context, caller, params.id)),
    })),
  ];
}

function deliveryRoutes(context: NotificationContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listDeliveries, async ({ caller, query }) => {
      const rows = await selectDeliveries(db, caller, query, query);
      return { body: pageOf(rows.map(deliveryJson), query.limit) };
    }),
    bindEndpoint(api.getDelivery, async ({ caller, params }) => {
      const delivery = await selectDelivery(db, caller, params.id);
      if (delivery === null) throw new Problem('not_found', 'There is no such delivery.');
      const attempts = await selectDeliveryAttempts(db, caller.tenantId, params.id);
      return { body: { ...deliveryJson(delivery), attempts: attempts.map(attemptJson) } };
    }),
    bindEndpoint(api.resendDelivery, async ({ caller, params, idempotency }) => {
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'resendDelivery' };
      const clock = await context.tenantClocks.of(caller.tenantId, caller.mode);
      const answer = await runOnce(context, scope, idempotency, async (tx) => ({
        status: 201,
        body: deliveryJson(await resendDelivery({ tx, clock }, owner(caller), params.id)),
      }));
      context.wakeDelivery();
      return answer;
    }),
  ];
}

function eventRoutes({ database }: NotificationContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listEvents, async ({ caller, query }) => {
      const rows = await selectEvents(database.query, caller, query, query);
      return { body: pageOf(rows.map(eventJson), query.limit) };
    }),
    bindEndpoint(api.getEvent, async ({ caller, params }) => {
      const event = await selectEvent(database.query, caller, params.id);
      if (event === null) throw new Problem('not_found', 'There is no such event.');
      return { body: eventJson(event) };
    }),
  ];
}

function owner({ tenantId, mode }: Owner): Owner {
  return { tenantId, mode };
}

function endpointJson(endpoint: WebhookEndpoint): api.WebhookEndpointAnswer {
  return {
    id: endpoint.endpointId,
    object: 'webhook_endpoint',
    mode: endpoint.mode,
    url: endpoint.url,
    eventTypes: [...endpoint.eventTypes],
    dialect: endpoint.dialect,
    merchantCode: endpoint.merchantCode,
    status: endpoint.status === 'paused' ? 'paused' : 'active',
    description: endpoint.description,
    createdAt: endpoint.createdAt.toString(),
    updatedAt: endpoint.updatedAt.toString(),
  };
}

function deliveryJson(delivery: Delivery): api.DeliveryAnswer {
  return {
    id: delivery.deliveryId,
    object: 'delivery',
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    paymentId: delivery.paymentId,
    endpointId: delivery.endpointId,
    url: delivery.urlOverride,
    partnerKeyId: delivery.partnerKeyId,
    trigger: delivery.trigger,
    status: delivery.status,
    attemptsMade: delivery.attemptsMade,
    nextAttemptAt: delivery.dueAt?.toString() ?? null,
    lastAttemptAt: delivery.lastAttemptAt?.toString() ?? null,
    lastStatusCode: delivery.lastStatusCode,
    lastError: delivery.lastError,
    createdAt: delivery.createdAt.toString(),
  };
}

function attemptJson(row: Awaited<ReturnType<typeof selectDeliveryAttempts>>[number]) {
  return {
    number: row.attempt_number,
    attemptedAt: row.attempted_at.toString(),
    durationMs: row.duration_ms,
    url: row.url,
    outcome: row.outcome as 'acknowledged' | 'refused' | 'lost' | 'not_sent',
    statusCode: row.status_code,
    error: row.error,
    responseBody: row.response_body === null ? null : row.response_body.toString('utf8'),
  };
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
