import { type MailContext, type News, queueNews } from '../mail/queue-mail.ts';
import type { Queryable } from '../platform/database.ts';
import type { AttemptOutcome } from './delivery-hooks.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { showAddress } from './show-address.ts';
import { isTrial } from './sum-attempts.ts';

/**
 * Has a tenant told by mail of what could not be delivered (S3.30), and of answers that were no receipt where one is
 * demanded (S3.25); in the transaction that records the attempts.
 */
export async function tellFailedDeliveries(
  context: MailContext,
  tx: Queryable,
  outcomes: readonly AttemptOutcome[],
): Promise<void> {
  const news = outcomes.flatMap((outcome) => {
    const what = failureOf(outcome);
    return what === null || isTrial(outcome) ? [] : [newsOf(outcome, what)];
  });
  await queueNews(context, tx, news);
}

function failureOf({ after, endpoint, kind, status }: AttemptOutcome): 'exhausted' | 'receipt' | null {
  if (after.status === 'exhausted') return 'exhausted';
  const isNoReceipt = kind === 'refused' && status === 200;
  return isNoReceipt && endpoint !== null && demandsReceipt(endpoint) ? 'receipt' : null;
}

function demandsReceipt({ ackPolicy, dialect }: WebhookEndpoint): boolean {
  return ackPolicy.type === 'receipt' || dialect.endsWith('-receipt');
}

function newsOf({ after, endpoint, attemptedAt }: AttemptOutcome, what: 'exhausted' | 'receipt'): News {
  const address = after.urlOverride ?? endpoint?.url ?? null;
  return {
    tenantId: after.tenantId,
    mode: after.mode,
    productId: endpoint?.productId ?? null,
    kind: 'delivery_failures',
    what,
    entry: {
      what,
      delivery: after.deliveryId,
      event: after.eventId,
      type: after.eventType,
      payment: after.paymentId,
      endpoint: after.endpointId,
      address: address === null ? null : showAddress(address),
      attempts: after.attemptsMade,
      error: after.lastError,
      at: attemptedAt.toString(),
    },
  };
}
