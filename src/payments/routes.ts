import type { TenantCaller } from '../kernel/caller.ts';
import { pageOf } from '../kernel/page.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { cancelPayment } from './cancel-payment.ts';
import { completePayment } from './complete-payment.ts';
import { confirmPayment } from './confirm-payment.ts';
import type { PaymentContext } from './context.ts';
import { createCheckoutToken } from './create-checkout-token.ts';
import { createCreatePayment } from './create-payment.ts';
import { operatorPaymentRoutes } from './operator-routes.ts';
import { paymentJson } from './payment-json.ts';
import { readExplanation } from './read-explanation.ts';
import { readPayment } from './read-payment.ts';
import { selectAttempts, selectPayments } from './store.ts';
import { syncPayment } from './sync-payment.ts';

/** The payments' endpoints, tied to their verbs. */
export function paymentRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const createPayment = createCreatePayment(context);
  return [
    bindEndpoint(api.createPayment, createPayment),
    bindEndpoint(api.getPayment, ({ caller, params }) => readJson(context, caller, params.id)),
    bindEndpoint(api.listPayments, async ({ caller, query }) => {
      const { createdAfter, createdBefore, ...filter } = query;
      const rows = await selectPayments(
        context.database.query,
        caller,
        { ...filter, createdAfter: instantOf(createdAfter), createdBefore: instantOf(createdBefore) },
        query,
      );
      const page = pageOf(
        rows.map((payment) => ({ id: payment.paymentId, payment })),
        query.limit,
      );
      const latest = page.data.flatMap(({ payment }) => payment.lastAttemptId ?? []);
      const attempts = await selectAttempts(context.database.query, caller.tenantId, latest);
      const data = await Promise.all(
        page.data.map(({ payment }) =>
          paymentJson(context.sealer, payment, attempts.get(payment.lastAttemptId ?? '') ?? null),
        ),
      );
      return { body: { ...page, data } };
    }),
    bindEndpoint(api.confirmPayment, ({ caller, params, body, idempotency }) => {
      const { tenantId, mode } = caller;
      const request = { ...body, tenantId, mode, paymentId: params.id, method: body.method, source: 'tenant' } as const;
      return confirmPayment(context, request, idempotency);
    }),
    bindEndpoint(api.completePayment, ({ caller: { tenantId, mode }, params, body, idempotency }) => {
      const request = { tenantId, mode, paymentId: params.id, clientData: body.clientData, source: 'tenant' } as const;
      return completePayment(context, request, idempotency);
    }),
    bindEndpoint(api.cancelPayment, ({ caller: { tenantId, mode }, params, idempotency }) =>
      cancelPayment(context, { tenantId, mode, paymentId: params.id, source: 'tenant' }, idempotency),
    ),
    bindEndpoint(api.createCheckoutToken, ({ caller, params, idempotency }) =>
      createCheckoutToken(context, caller, params.id, idempotency),
    ),
    bindEndpoint(api.syncPayment, async ({ caller, params }) => {
      const { payment } = await readPayment(context.database.query, caller, params.id);
      await syncPayment(context, payment);
      return readJson(context, caller, params.id);
    }),
    bindEndpoint(api.explainPayment, async ({ caller, params }) => ({
      body: await readExplanation(context, caller, params.id),
    })),
    ...operatorPaymentRoutes(context),
  ];
}

async function readJson(context: PaymentContext, caller: TenantCaller, paymentId: string) {
  const { payment, latestAttempt } = await readPayment(context.database.query, caller, paymentId);
  return { body: await paymentJson(context.sealer, payment, latestAttempt) };
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
}
