import { runOnce } from '../idempotency/run-once.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as verbs from './api-endpoint-verbs.ts';
import * as api from './api-endpoints.ts';
import { changeEndpoint, createEndpoint, deleteEndpoint, type EndpointContext } from './change-endpoint.ts';
import { standardPublicKeyOf } from './dialects/standard-key-pair.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { GivenSecrets } from './endpoint-secrets.ts';
import { explainEndpoint } from './explain-endpoint.ts';
import { pauseEndpoint, resumeEndpoint } from './pause-endpoint.ts';
import { readSecrets, rotateSecret } from './rotate-secret.ts';
import type { OpenSecret } from './signing-secrets.ts';
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
        const input = { ...body, secrets: secretsOf(body), settings: body, tenantId, mode };
        const { endpoint, secrets } = await createEndpoint(context, tx, input);
        return { status: 201, body: { ...endpointJson(endpoint), ...secrets } };
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
      const secrets = secretsOf(body);
      const changes = Object.entries(body).filter(([name, value]) => value !== undefined && !(name in secrets));
      const changed = await changeEndpoint(context, caller, params.id, { ...Object.fromEntries(changes), secrets });
      context.wakeDelivery();
      return { body: { ...endpointJson(changed.endpoint), ...changed.secrets } };
    }),
    bindEndpoint(api.deleteWebhookEndpoint, async ({ caller, params }) => ({
      body: endpointJson(await deleteEndpoint(context, caller, params.id)),
    })),
    ...verbRoutes(context),
    ...secretRoutes(context),
  ];
}

function verbRoutes(context: EndpointRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(verbs.pauseWebhookEndpoint, async ({ caller, params }) => ({
      body: endpointJson(await pauseEndpoint(context, caller, params.id)),
    })),
    bindEndpoint(verbs.resumeWebhookEndpoint, async ({ caller, params, body }) => {
      const endpoint = await resumeEndpoint(context, caller, params.id, body.what);
      context.wakeDelivery();
      return { body: endpointJson(endpoint) };
    }),
    bindEndpoint(verbs.explainWebhookEndpoint, async ({ caller, params, query }) => ({
      body: await explainEndpoint(context, caller, { endpointId: params.id, paymentId: query.paymentId ?? null }),
    })),
  ];
}

function secretRoutes(context: EndpointRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(verbs.rotateWebhookSecret, ({ caller, params, body, idempotency }) => {
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'rotateWebhookSecret' };
      return runOnce(context, scope, idempotency, async (tx) => {
        const { secretId, previousValidUntil, ...rotated } = await rotateSecret(context, tx, caller, {
          ...body,
          endpointId: params.id,
        });
        const until = previousValidUntil?.toString() ?? null;
        const about = { object: 'webhook_secret', id: secretId, endpointId: params.id } as const;
        return { status: 200, body: { ...about, ...rotated, previousValidUntil: until } };
      });
    }),
    bindEndpoint(verbs.readWebhookSecrets, async ({ caller, params }) => ({
      body: { data: (await readSecrets(context, caller, params.id)).map(secretJson) },
    })),
  ];
}

function secretJson({ secretId, purpose, text, createdAt, expiresAt }: OpenSecret) {
  return {
    object: 'webhook_secret' as const,
    id: secretId,
    purpose,
    publicKey: purpose === 'signing_ed25519' ? standardPublicKeyOf(text) : null,
    createdAt: createdAt.toString(),
    expiresAt: expiresAt?.toString() ?? null,
  };
}

function secretsOf({ secret, dataProtectionKey, notificationKey }: GivenSecrets): GivenSecrets {
  return { secret, dataProtectionKey, notificationKey };
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
    disableAfterSeconds: endpoint.disableAfterSeconds,
    testPassedAt: endpoint.testPassedAt?.toString() ?? null,
    // A deleted one is shown once more, as it was.
    status: endpoint.status === 'deleted' ? 'active' : endpoint.status,
    description: endpoint.description,
    createdAt: endpoint.createdAt.toString(),
    updatedAt: endpoint.updatedAt.toString(),
  };
}
