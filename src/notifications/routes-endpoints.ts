import { runOnce } from '../idempotency/run-once.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api-endpoints.ts';
import { changeEndpoint, createEndpoint, deleteEndpoint, type EndpointContext } from './change-endpoint.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { selectEndpoint, selectEndpoints } from './store.ts';

interface EndpointRoutesContext extends EndpointContext {
  readonly wakeDelivery: () => void;
}

/** What configures where notifications go. */
export function endpointRoutes(context: EndpointRoutesContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.createWebhookEndpoint, ({ caller: { tenantId, mode }, body, idempotency }) =>
      runOnce(context, { tenantId, mode, route: 'createWebhookEndpoint' }, idempotency, async (tx) => {
        const { endpoint, secret } = await createEndpoint(context, tx, { ...body, settings: body, tenantId, mode });
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

/** An endpoint as other programs see it. */
export function endpointJson(endpoint: WebhookEndpoint): api.WebhookEndpointAnswer {
  return {
    id: endpoint.endpointId,
    object: 'webhook_endpoint',
    mode: endpoint.mode,
    url: endpoint.url,
    eventTypes: [...endpoint.eventTypes],
    dialect: endpoint.dialect,
    merchantCode: endpoint.merchantCode,
    productId: endpoint.productId,
    additional: endpoint.additional,
    ackPolicy: endpoint.ackPolicy,
    schedule: endpoint.schedule === null ? null : [...endpoint.schedule],
    rateLimit: endpoint.rateLimit,
    ordered: endpoint.ordered,
    testPassedAt: endpoint.testPassedAt?.toString() ?? null,
    // A deleted one is shown once more, as it was.
    status: endpoint.status === 'deleted' ? 'active' : endpoint.status,
    description: endpoint.description,
    createdAt: endpoint.createdAt.toString(),
    updatedAt: endpoint.updatedAt.toString(),
  };
}
