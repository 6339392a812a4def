import type { PaymentContext } from '../payments/context.ts';
import { listReversals } from '../payments/list-operations.ts';
import { reversalJson } from '../payments/operation-json.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { readReversal } from './read-reversal.ts';
import { reversePayment } from './reverse-payment.ts';

/** The reversals' endpoints, tied to their verbs. */
export function reversalRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listReversals, async ({ caller, query }) => ({
      body: await listReversals(context.database.query, caller, query),
    })),
    bindEndpoint(api.reversePayment, ({ caller, params, body, idempotency }) =>
      reversePayment(context, caller, { ...body, paymentId: params.id }, idempotency),
    ),
    bindEndpoint(api.getReversal, async ({ caller, params }) => ({
      body: reversalJson(await readReversal(context.database.query, caller, params.id)),
    })),
  ];
}
