import type { z } from 'zod';
import type { DeliveryAnswer, getDelivery } from './api-deliveries.ts';
import type { Delivery } from './delivery.ts';
import type { selectDeliveryAttempts } from './store-deliveries.ts';

/** A delivery as other programs see it. */
export function deliveryJson(delivery: Delivery): DeliveryAnswer {
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

type AttemptAnswer = z.infer<(typeof getDelivery)['answer']['schema']>['attempts'][number];

/** One of its attempts. */
export function attemptJson(row: Awaited<ReturnType<typeof selectDeliveryAttempts>>[number]): AttemptAnswer {
  return {
    number: row.attempt_number,
    attemptedAt: row.attempted_at.toString(),
    durationMs: row.duration_ms,
    timings: row.timings as AttemptAnswer['timings'],
    url: row.url,
    remoteAddress: row.remote_address,
    requestHeaders: row.request_headers as AttemptAnswer['requestHeaders'],
    outcome: row.outcome as AttemptAnswer['outcome'],
    statusCode: row.status_code,
    error: row.error,
    responseHeaders: row.response_headers === null ? null : joinHeaders(row.response_headers),
    responseBody: row.response_body === null ? null : row.response_body.toString('utf8'),
  };
}

/** Headers as one text each. RFC 9110 section 5.2. */
export function joinHeaders(headers: unknown): Record<string, string> {
  const entries = Object.entries(headers as Readonly<Record<string, readonly string[]>>);
  return Object.fromEntries(entries.map(([name, values]) => [name, [values].flat().join(', ')]));
}
