import type { PaymentContext } from '../payments/context.ts';
import { listRefunds } from '../payments/list-operations.ts';
import { refundJson } from '../payments/operation-json.ts';
import { readSettlement } from '../payments/read-settlement.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { readRefund } from './read-refund.ts';
import { refundPayment } from './refund-payment.ts';

/** The refunds' endpoints, tied to their verbs. */
export function refundRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listRefunds, async ({ caller, query }) => ({
      body: await listRefunds(context.database.query, caller, query),
    })),
    bindEndpoint(api.createRefund, ({ caller, params, body, idempotency }) =>
      refundPayment(context, caller, { ...body, paymentId: params.id }, idempotency),
    ),
    bindEndpoint(api.getRefund, async ({ caller, params }) => {
      const refund = await readRefund(context.database.query, caller, params.id);
      return { body: refundJson(refund, await readSettlement(context.database.query, caller, params.id)) };
    }),
  ];
}
