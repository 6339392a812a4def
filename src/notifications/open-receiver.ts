import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Sealer } from '../keys/sealer.ts';
import { openPartnerKey } from '../partners/open-partner-key.ts';
import type { PartnerSecret } from '../partners/sign-partner-message.ts';
import type { Database } from '../platform/database.ts';
import type { Delivery } from './delivery.ts';
import type { Dialect, DialectEndpoint, DialectKey } from './dialects/dialect.ts';
import { findDialect } from './dialects/find-dialect.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { DEFAULT_SECRET, openSigningSecrets } from './signing-secrets.ts';

export interface ReceiverContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** Whoever a batch of deliveries is for: in which words, and with which keys. */
export interface Receiver {
  readonly kind: 'open';
  readonly dialect: Dialect;
  readonly endpoint: DialectEndpoint;
  /** The endpoint whose settings count; null: a payment's own address that stands alone, or a partner. */
  readonly settings: WebhookEndpoint | null;
  readonly keys: readonly DialectKey[];
  /** null: each delivery brings its own. */
  readonly url: string | null;
}

/** `held`: paused or disabled, and what waits is kept. `gone`: deleted or revoked, and nothing can be sent any more. */
export type NoReceiver = { readonly kind: 'held' } | { readonly kind: 'gone'; readonly why?: string };

/**
 * The receiver that a delivery is for: a partner under its key, an endpoint, or a payment's own address that stands alone
 * under the tenant's default secret. `endpoint` is the delivery's as it stands now, null where it has none or it was
 * deleted.
 */
export async function openReceiver(
  context: ReceiverContext,
  delivery: Delivery,
  endpoint: WebhookEndpoint | null,
): Promise<Receiver | NoReceiver> {
  const { tenantId, mode, endpointId, partnerKeyId } = delivery;
  if (partnerKeyId !== null) return openPartner(context, tenantId, partnerKeyId);
  const owner = { tenantId, mode };
  if (endpoint === null) {
    return endpointId !== null && delivery.urlOverride === null ? { kind: 'gone' } : openDefault(context, owner);
  }
  return endpoint.status === 'active' ? openEndpoint(context, endpoint) : { kind: 'held' };
}

async function openPartner(
  context: ReceiverContext,
  tenantId: string,
  partnerKeyId: string,
): Promise<Receiver | NoReceiver> {
  const opened = await openPartnerKey(context, tenantId, partnerKeyId);
  if (opened === null) return { kind: 'gone' };
  return {
    kind: 'open',
    dialect: findDialect('partner'),
    endpoint: { merchantCode: opened.key.merchantCode, partnerKeyId },
    settings: null,
    keys: opened.secrets.map((secret) => dialectKeyOf(partnerKeyId, secret)),
    url: null,
  };
}

function dialectKeyOf(keyId: string, secret: PartnerSecret): DialectKey {
  return secret.algorithm === 'hmac-sha256'
    ? { keyId, kind: 'secret', text: secret.secretKey }
    : { keyId, kind: 'rsa', privateKey: secret.privateKey };
}

/** An endpoint as a receiver, whatever its status. */
export async function openEndpoint(context: ReceiverContext, endpoint: WebhookEndpoint): Promise<Receiver> {
  return {
    kind: 'open',
    dialect: findDialect(endpoint.dialect),
    endpoint: { merchantCode: endpoint.merchantCode, partnerKeyId: null, profile: endpoint.profile },
    settings: endpoint,
    keys: await openSigningSecrets({ ...context, db: context.database.query }, endpoint),
    url: endpoint.url,
  };
}

async function openDefault(
  context: ReceiverContext,
  owner: { readonly tenantId: string; readonly mode: Mode },
): Promise<Receiver> {
  const db = context.database.query;
  return {
    kind: 'open',
    dialect: findDialect('standard'),
    endpoint: { merchantCode: null, partnerKeyId: null },
    settings: null,
    keys: await openSigningSecrets({ ...context, db }, { ...owner, endpointId: DEFAULT_SECRET }),
    url: null,
  };
}
