import { eventRows, type NewEvent } from '../events/event.ts';
import type { Clock } from '../kernel/clock.ts';
import { type MailContext, type News, queueNews } from '../mail/queue-mail.ts';
import type { Queryable } from '../platform/database.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { disablingAt, type EndpointHealth } from './endpoint-health.ts';
import { endpointJson } from './routes-endpoints.ts';
import { showAddress } from './show-address.ts';
import { insertEvents } from './store-health.ts';

/** Why an endpoint was disabled: it failed for as long as it may, or said that it is gone. */
export type DisablingReason = 'failures' | 'gone';

/** What an endpoint has come to, with its row as it is now. */
export interface HealthChange {
  readonly endpoint: WebhookEndpoint;
  readonly health: EndpointHealth;
  readonly to: { readonly state: 'failing' } | { readonly state: 'disabled'; readonly reason: DisablingReason };
  /** The tenant's time, by which it happened. */
  readonly clock: Clock;
}

/** Tells of changes by events and by mail, in the transaction that makes them: one of each for one change. */
export async function tellHealth(context: MailContext, tx: Queryable, changes: readonly HealthChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map((change) => eventRows(eventOf(change), change.clock));
  await insertEvents(
    tx,
    rows.map(({ event }) => event),
    rows.map(({ outbox }) => outbox),
  );
  await queueNews(context, tx, changes.map(newsOf));
}

function eventOf({ endpoint, health, to, clock }: HealthChange): NewEvent {
  const at = clock.now().toString();
  return {
    tenantId: endpoint.tenantId,
    mode: endpoint.mode,
    type: `endpoint.${to.state}`,
    paymentId: null,
    // The tenant's own endpoints hear of it: those of the product may well be the ones that fail.
    productId: null,
    notificationUrl: null,
    dueAt: null,
    object: {
      ...endpointJson({ ...endpoint, status: to.state === 'disabled' ? 'disabled' : 'active' }),
      // The other receivers need not know what opens this one.
      url: showAddress(endpoint.url),
      reason: to.state === 'disabled' ? to.reason : null,
      consecutiveFailures: health.consecutiveFailures,
      failingSince: health.failingSince?.toString() ?? null,
      lastSuccessAt: health.lastSuccessAt?.toString() ?? null,
      lastFailure: lastFailureJson(health),
      disableAt: to.state === 'failing' ? (disablingAt(health, endpoint)?.toString() ?? null) : null,
      disabledAt: to.state === 'disabled' ? at : null,
    },
  };
}

/** The last failure as events and the API show it. */
export function lastFailureJson({ lastFailureAt, lastFailureStatus, lastFailureError }: EndpointHealth) {
  if (lastFailureAt === null) return null;
  return { at: lastFailureAt.toString(), statusCode: lastFailureStatus, error: lastFailureError };
}

function newsOf({ endpoint, health, to }: HealthChange): News {
  return {
    tenantId: endpoint.tenantId,
    mode: endpoint.mode,
    productId: endpoint.productId,
    kind: 'endpoint_states',
    what: to.state === 'disabled' ? to.reason : to.state,
    entry: {
      what: to.state === 'disabled' ? to.reason : to.state,
      endpoint: endpoint.endpointId,
      address: showAddress(endpoint.url),
      description: endpoint.description,
      failures: health.consecutiveFailures,
      since: health.failingSince?.toString() ?? null,
      lastSuccess: health.lastSuccessAt?.toString() ?? null,
      lastError: health.lastFailureError,
      disableAt: to.state === 'failing' ? (disablingAt(health, endpoint)?.toString() ?? null) : null,
    },
  };
}
