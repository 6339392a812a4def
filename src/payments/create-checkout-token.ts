import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { hashCheckoutToken, newCheckoutToken } from './checkout-token.ts';
import type { PaymentContext } from './context.ts';
import { paymentJson } from './payment-json.ts';
import type { CreatedPaymentAnswer } from './payment-shape.ts';
import { readPayment } from './read-payment.ts';
import { replaceTokens } from './store.ts';

/**
 * Makes a fresh token for a payment's page and ends the ones before it.
 * @throws Problem not_found, state_conflict (nothing is left to pay), idempotency_key_reused
 */
export async function createCheckoutToken(
  context: PaymentContext,
  caller: TenantCaller,
  paymentId: string,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<CreatedPaymentAnswer>> {
  const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'createCheckoutToken' };
  const checkoutUrl = await context.checkoutUrlOf(caller);
  return runOnce<CreatedPaymentAnswer>(context, scope, idempotency, async (tx) => {
    const { payment, latestAttempt } = await readPayment(tx, caller, paymentId);
    if (payment.status !== 'created' && payment.status !== 'processing') {
      throw new Problem('state_conflict', `A payment that is ${payment.status} needs no page to pay.`);
    }
    const token = newCheckoutToken();
    const row = {
      token_hash: hashCheckoutToken(token),
      tenant_id: payment.tenantId,
      payment_id: payment.paymentId,
      expires_at: payment.expiresAt,
      revoked_at: null,
    };
    await replaceTokens(tx, row, context.clock.now());
    const body = await paymentJson(context.sealer, payment, latestAttempt);
    return { status: 201, body: { ...body, checkoutToken: token, paymentUrl: `${checkoutUrl}/c/${token}` } };
  });
}
