import { createHash } from 'node:crypto';
import { present } from '../kernel/assert.ts';
import type { PartnerKey } from '../partners/partner-key.ts';
import { createPayment as declaration } from '../payments/api.ts';
import type { CreatePayment } from '../payments/create-payment.ts';
import type { CreatedPaymentAnswer } from '../payments/payment-shape.ts';
import { callerOf } from './find-order.ts';
import type { CreateRequest } from './messages.ts';

/**
 * Makes a payment for a partner, named by the partner's own id of it. The same request again gets the same answer, for
 * ever, and makes no second payment.
 * @param text what the request's signature covers: equal for equal requests, and different for all others
 * @throws Problem what creating a payment refuses; idempotency_key_reused for the same order with other content
 */
export async function createPartnerPayment(
  createPayment: CreatePayment,
  key: PartnerKey,
  { orderId, amount, currency, description, returnUrl, ipnUrl, expiresAt }: CreateRequest,
  text: string,
): Promise<Readonly<Record<string, string>>> {
  const body = present(declaration.body, 'the shape of a new payment').parse({
    ...{ reference: orderId, amount, currency, description, returnUrl, notificationUrl: ipnUrl, expiresAt },
  });
  const fingerprint = createHash('sha256').update(text).digest('hex');
  const answer = await createPayment({
    caller: callerOf(key),
    body,
    idempotency: { key: `${key.partnerKeyId} ${orderId}`, fingerprint },
    partnerKeyId: key.partnerKeyId,
  });
  const payment: CreatedPaymentAnswer = 'json' in answer ? JSON.parse(answer.json) : answer.body;
  return {
    orderId,
    providerRef: payment.id,
    [key.presentation === 'qr' ? 'qrPayload' : 'redirectUrl']: payment.paymentUrl,
    expiresAt: payment.expiresAt,
  };
}
