import { cancelPayment } from '../payments/cancel-payment.ts';
import { completePayment } from '../payments/complete-payment.ts';
import { confirmPayment } from '../payments/confirm-payment.ts';
import type { PaymentContext } from '../payments/context.ts';
import { readPaymentByToken } from '../payments/read-payment.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import type { Exchange } from '../platform/http/exchange.ts';
import * as api from './api.ts';
import { checkVisit } from './check-visit.ts';
import { sessionJson } from './session-json.ts';

/** The interface of the shopper's browser: everything is scoped to the one payment of the token in the path. */
export function checkoutSessionRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const read = async (token: string, visit: Pick<Exchange, 'secure' | 'host'>) => {
    const found = await readPaymentByToken(context, token);
    checkVisit(found.payment, visit);
    return found;
  };
  const answer = async (token: string, visit: Pick<Exchange, 'secure' | 'host'>) =>
    sessionJson(context, token, await read(token, visit));
  return [
    bindEndpoint(api.getCheckoutSession, async ({ params, secure, host }) => ({
      body: await answer(params.token, { secure, host }),
    })),
    bindEndpoint(api.confirmCheckoutSession, async ({ params, body, secure, host }) => {
      const { payment } = await read(params.token, { secure, host });
      const { tenantId, mode, paymentId } = payment;
      const returnUrl = `${await context.checkoutUrlOf(payment)}/c/${params.token}/return`;
      await confirmPayment(
        context,
        { ...body, tenantId, mode, paymentId, method: body.method, source: 'shopper', returnUrl },
        null,
      );
      return { body: await answer(params.token, { secure, host }) };
    }),
    bindEndpoint(api.completeCheckoutSession, async ({ params, body: { clientData }, secure, host }) => {
      const { payment } = await read(params.token, { secure, host });
      const { tenantId, mode, paymentId } = payment;
      await completePayment(context, { tenantId, mode, paymentId, clientData, source: 'shopper' }, null);
      return { body: await answer(params.token, { secure, host }) };
    }),
    bindEndpoint(api.cancelCheckoutSession, async ({ params, secure, host }) => {
      const { payment } = await read(params.token, { secure, host });
      const { tenantId, mode, paymentId } = payment;
      await cancelPayment(context, { tenantId, mode, paymentId, source: 'shopper' }, null);
      return { body: await answer(params.token, { secure, host }) };
    }),
  ];
}
