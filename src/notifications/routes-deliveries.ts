import { runOnce } from '../idempotency/run-once.ts';
import type { Clock } from '../kernel/clock.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import * as api from './api-deliveries.ts';
import type { Delivery } from './delivery.ts';
import { resendDelivery } from './resend-delivery.ts';
import type { Owner } from './store.ts';
import { selectDeliveries, selectDelivery, selectDeliveryAttempts } from './store-deliveries.ts';

interface DeliveryRoutesContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  readonly wakeDelivery: () => void;
}

/** What shows notifications and sends them again. */
export function deliveryRoutes(context: DeliveryRoutesContext): readonly BoundEndpoint[] {
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

function owner({ tenantId, mode }: Owner): Owner {
  return { tenantId, mode };
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
    reason: delivery.reason,
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
