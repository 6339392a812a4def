import { runOnce } from '../idempotency/run-once.ts';
import { pageOf } from '../kernel/page.ts';
import { sentMembers } from '../kernel/sent-members.ts';
import type { PaymentContext } from '../payments/context.ts';
import { createCreatePayment } from '../payments/create-payment.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { changeCheckout, createCheckout } from './change-checkout.ts';
import type { CheckoutConfiguration } from './checkout-configuration.ts';
import { createCheckoutPayment } from './create-checkout-payment.ts';
import { findCheckout } from './find-checkout.ts';
import { selectCheckouts } from './store.ts';

/** The stored checkouts' endpoints, tied to their verbs. */
export function checkoutConfigurationRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  const createPayment = createCreatePayment(context);
  return [
    bindEndpoint(api.createCheckout, ({ caller, body, idempotency }) => {
      const { name, reference = null, ...terms } = body;
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'createCheckout' };
      return runOnce(context, scope, idempotency, async (tx) => ({
        status: 201,
        body: checkoutJson(await createCheckout(context, tx, caller, { name, reference, terms })),
      }));
    }),
    bindEndpoint(api.listCheckouts, async ({ caller, query }) => {
      const rows = await selectCheckouts(db, caller, query);
      return { body: pageOf(rows.map(checkoutJson), query.limit) };
    }),
    bindEndpoint(api.getCheckout, async ({ caller, params }) => ({
      body: checkoutJson(await findCheckout(db, caller, params.id)),
    })),
    bindEndpoint(api.updateCheckout, async ({ caller, params, body }) => {
      const { name, reference, status, ...terms } = body;
      const named = sentMembers({ name, reference, status });
      const changed = await changeCheckout(context, caller, params.id, { ...named, terms });
      return { body: checkoutJson(changed) };
    }),
    bindEndpoint(api.createCheckoutPayment, (request) => createCheckoutPayment(context, createPayment, request)),
  ];
}

function checkoutJson(checkout: CheckoutConfiguration): api.CheckoutAnswer {
  return {
    id: checkout.checkoutId,
    object: 'checkout',
    mode: checkout.mode,
    name: checkout.name,
    reference: checkout.reference,
    status: checkout.status,
    ...checkout.terms,
    createdAt: checkout.createdAt.toString(),
    updatedAt: checkout.updatedAt.toString(),
  };
}
