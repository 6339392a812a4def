import type { IncomingHttpHeaders } from 'node:http';
import { type PaymentObject, verifyWebhook, type WebhookEvent } from '../../sdk/src/tollgate.ts';
import type { Applied, Orders } from './orders.ts';

export interface Notification {
  /** The bytes as they came. */
  readonly body: Uint8Array;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The only way by which an order becomes paid. Repeated, overtaken and foreign notifications change nothing.
 * @throws WebhookVerificationError for what the gateway did not sign, or not lately
 */
export async function receiveNotification(
  { body, headers }: Notification,
  { secret, orders, now }: { readonly secret: string; readonly orders: Orders; readonly now: Date },
): Promise<Applied> {
  const event = await verifyWebhook({ body, headers, secret, now });
  const payment = paymentOf(event);
  if (payment === null) return { outcome: 'not_about_orders' };
  return orders.apply(String(headers['webhook-id']), event.type, payment);
}

/** Refunds, payouts and types that are younger than this shop are acknowledged, and that is all. */
function paymentOf(event: WebhookEvent): PaymentObject | null {
  switch (event.type) {
    case 'payment.created':
    case 'payment.processing':
    case 'payment.attempt_failed':
    case 'payment.authorized':
    case 'payment.succeeded':
    case 'payment.failed':
    case 'payment.canceled':
    case 'payment.expired':
    case 'payment.reversed':
      return event.data.object;
    default:
      return null;
  }
}
