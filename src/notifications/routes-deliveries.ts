import type { z } from 'zod';
import { runOnce } from '../idempotency/run-once.ts';
import type { Clock } from '../kernel/clock.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import * as api from './api-deliveries.ts';
import { attemptJson, deliveryJson } from './delivery-json.ts';
import type { KeptSince } from './event-expired.ts';
import { readMessage } from './read-message.ts';
import { resendDelivery } from './resend-delivery.ts';
import { resendEvent } from './resend-event.ts';
import type { ResendGuard } from './resend-guard.ts';
import { type Owner, selectEndpoint } from './store.ts';
import { selectDelivery, selectDeliveryAttempts } from './store-deliveries.ts';
import { type DeliveryFilter, type StatusCodeFilter, selectDeliveries } from './store-delivery-search.ts';
import { whyNotSent } from './why-not-sent.ts';

interface DeliveryRoutesContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  readonly wakeDelivery: () => void;
  readonly resendGuard: ResendGuard;
  readonly keptSince: KeptSince;
}

/** What shows notifications and sends them again. */
export function deliveryRoutes(context: DeliveryRoutesContext): readonly BoundEndpoint[] {
  const { resendGuard } = context;
  const db = context.database.query;
  return [
    bindEndpoint(api.listDeliveries, async ({ caller, query }) => {
      const rows = await selectDeliveries(db, caller, filterOf(query), query);
      return { body: pageOf(rows.map(deliveryJson), query.limit) };
    }),
    bindEndpoint(api.getDelivery, async ({ caller, params }) => {
      const delivery = await selectDelivery(db, caller, params.id);
      if (delivery === null) throw new Problem('not_found', 'There is no such delivery.');
      const { endpointId } = delivery;
      const attempts = await selectDeliveryAttempts(db, caller.tenantId, params.id);
      const endpoint = endpointId === null ? null : await selectEndpoint(db, caller, endpointId);
      const clock = await context.tenantClocks.of(caller.tenantId, caller.mode);
      const because = { whyNotSent: whyNotSent(delivery, endpoint, clock.now()) };
      return { body: { ...deliveryJson(delivery), ...because, attempts: attempts.map(attemptJson) } };
    }),
    bindEndpoint(api.getDeliveryMessage, async ({ caller, params }) => ({
      body: await readMessage(context, caller, params.id),
    })),
    bindEndpoint(api.resendDelivery, async ({ caller, params, idempotency }) => {
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'resendDelivery' };
      const clock = await context.tenantClocks.of(caller.tenantId, caller.mode);
      const keptSince = await context.keptSince(caller.tenantId);
      const answer = await runOnce(context, scope, idempotency, async (tx) => ({
        status: 201,
        body: deliveryJson(await resendDelivery({ tx, clock, resendGuard, keptSince }, owner(caller), params.id)),
      }));
      context.wakeDelivery();
      return answer;
    }),
    bindEndpoint(api.resendEvent, async ({ caller, params, body, idempotency }) => {
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'resendEvent' };
      const clock = await context.tenantClocks.of(caller.tenantId, caller.mode);
      const keptSince = await context.keptSince(caller.tenantId);
      const resend = { clock, resendGuard, keptSince };
      const answer = await runOnce(context, scope, idempotency, async (tx) => ({
        status: 201,
        body: deliveryJson(await resendEvent({ ...resend, tx }, owner(caller), params.id, body.endpointId)),
      }));
      context.wakeDelivery();
      return answer;
    }),
  ];
}

function owner({ tenantId, mode }: Owner): Owner {
  return { tenantId, mode };
}

function filterOf(query: z.output<NonNullable<(typeof api.listDeliveries)['query']>>): DeliveryFilter {
  const { statusCode, createdAfter, createdBefore } = query;
  return {
    ...query,
    statusCode: statusCode === undefined ? undefined : statusCodeOf(statusCode),
    createdAfter: createdAfter === undefined ? undefined : Temporal.Instant.from(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : Temporal.Instant.from(createdBefore),
  };
}

/** `503`, or `5xx` for all that begin so. */
function statusCodeOf(text: string): StatusCodeFilter {
  return text.endsWith('xx') ? { firstDigit: Number(text.charAt(0)) } : { code: Number(text) };
}
