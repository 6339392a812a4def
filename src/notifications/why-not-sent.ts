import type { Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';

/**
 * Why a delivery has not been acknowledged, or is not even tried, in words for whoever looks for it; null where it was
 * acknowledged. `endpoint` is null where the delivery has none, or its endpoint was deleted.
 */
export function whyNotSent(delivery: Delivery, endpoint: WebhookEndpoint | null, now: Temporal.Instant): string | null {
  const { status, attemptsMade, lastError, trigger } = delivery;
  switch (status) {
    case 'succeeded':
      return null;
    case 'canceled':
      return lastError ?? 'Its endpoint was deleted before it was acknowledged.';
    case 'exhausted':
      if (trigger === 'test' || trigger === 'simulation')
        return `Not acknowledged: ${lastError}. It is sent once only.`;
      return `Not acknowledged in ${attemptsMade} attempts, the last of which ended with ${lastError}. Send it again.`;
    case 'held':
      return 'Notifications are paused; it is sent when the pause ends.';
    case 'pending':
      return whyPending(delivery, endpoint, now);
  }
}

function whyPending(delivery: Delivery, endpoint: WebhookEndpoint | null, now: Temporal.Instant): string {
  const { dueAt, attemptsMade, lastError } = delivery;
  if (endpoint?.status === 'paused') return 'The endpoint is paused; what comes is kept and sent when it resumes.';
  if (endpoint?.status === 'disabled') {
    return 'The endpoint was disabled after it had failed; what comes is kept and sent when it is active again.';
  }
  if (dueAt !== null && Temporal.Instant.compare(dueAt, now) > 0) {
    return attemptsMade === 0
      ? `It is sent at ${dueAt}.`
      : `Attempt ${attemptsMade} ended with ${lastError}; the next one is made at ${dueAt}.`;
  }
  const limits = [
    ...(endpoint?.ordered === true ? ['after the earlier events of its payment'] : []),
    ...(endpoint?.rateLimit == null ? [] : [`at no more than ${endpoint.rateLimit} requests a second`]),
  ];
  return ['It is due and waits for its turn', ...limits].join(', ').concat('.');
}
