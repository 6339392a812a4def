import type { PaymentContext } from '../payments/context.ts';
import { listCaptures } from '../payments/list-operations.ts';
import { captureJson } from '../payments/operation-json.ts';
import { readSettlement } from '../payments/read-settlement.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { capturePayment } from './capture-payment.ts';
import { readCapture } from './read-capture.ts';

/** The captures' endpoints, tied to their verbs. */
export function captureRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listCaptures, async ({ caller, query }) => ({
      body: await listCaptures(context.database.query, caller, query),
    })),
    bindEndpoint(api.capturePayment, ({ caller, params, body, idempotency }) =>
      capturePayment(context, caller, { ...body, paymentId: params.id }, idempotency),
    ),
    bindEndpoint(api.getCapture, async ({ caller, params }) => {
      const capture = await readCapture(context.database.query, caller, params.id);
      return { body: captureJson(capture, await readSettlement(context.database.query, caller, params.id)) };
    }),
  ];
}
