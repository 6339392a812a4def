import { createHash } from 'node:crypto';
import { present } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import type { PartnerKey } from '../partners/partner-key.ts';
import { type CreatePaymentBody, createPayment as declaration } from '../payments/api.ts';
import type { CreatePayment } from '../payments/create-payment.ts';
import type { CreatedPaymentAnswer } from '../payments/payment-shape.ts';
import { checkAgainst } from '../platform/http/validation.ts';
import { callerOf } from './find-order.ts';
import type { CreateRequest } from './messages.ts';

interface SignedCreation extends CreateRequest {
  /** What the request's signature covers: equal for equal requests, and different for all others. */
  readonly text: string;
}

/**
 * Makes a payment for a partner, named by the partner's own id of it. The same request again gets the same answer, for
 * ever, and makes no second payment.
 * @throws Problem what creating a payment refuses; idempotency_key_reused for the same order with other content
 */
export async function createPartnerPayment(
  createPayment: CreatePayment,
  key: PartnerKey,
  { orderId, amount, currency, description, returnUrl, ipnUrl, expiresAt, text }: SignedCreation,
): Promise<Readonly<Record<string, string>>> {
  const body = bodyOf({
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

/** In the shape of any other new payment, whose rules and defaults hold here as well. @throws Problem validation_failed */
function bodyOf(given: Readonly<Record<string, unknown>>): CreatePaymentBody {
  const shape = present(declaration.body, 'the shape of a new payment');
  const checked = checkAgainst(shape, given, 'body');
  if (checked.ok) return checked.value as CreatePaymentBody;
  throw new Problem('validation_failed', 'Some fields break a rule', { errors: checked.errors });
}
