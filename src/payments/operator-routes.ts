import { Problem } from '../kernel/problem.ts';
import { formatTimeCursor, parseTimeCursor } from '../kernel/time-cursor.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import type { PaymentContext } from './context.ts';
import type { PaymentInDoubt } from './explain-shape.ts';
import { paymentObjectJson } from './payment-json.ts';
import { readPayment } from './read-payment.ts';
import { selectPayment } from './store.ts';
import { type DoubtRow, selectDoubts } from './store-explanations.ts';
import { syncPayment } from './sync-payment.ts';

/** The endpoints by which the operator looks after tenants' payments. */
export function operatorPaymentRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listPaymentsInDoubt, async ({ query }) => {
      const { limit } = query;
      await context.readTenant(query.tenantId);
      const before = parseTimeCursor(query.cursor);
      const rows = await selectDoubts(db, query.tenantId, { now: context.clock.now(), before, rowsMax: limit + 1 });
      const hasMore = rows.length > limit;
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const nextCursor = hasMore && last !== undefined ? formatTimeCursor(last) : null;
      return { body: { data: shown.map(doubtJson), hasMore, nextCursor } };
    }),
    bindEndpoint(api.syncPaymentAsOperator, async ({ params, query: { tenantId } }) => {
      const payment = await selectPayment(db, tenantId, params.id);
      if (payment === null) throw new Problem('not_found', 'There is no such payment of this tenant.');
      await syncPayment(context, payment);
      const now = await readPayment(db, payment, params.id);
      return { body: paymentObjectJson(now.payment, now.latestAttempt) };
    }),
  ];
}

function doubtJson(row: DoubtRow): PaymentInDoubt {
  return {
    paymentId: row.payment_id,
    mode: row.mode as PaymentInDoubt['mode'],
    about: { object: row.object as PaymentInDoubt['about']['object'], id: row.id },
    since: row.at.toString(),
    nextQuestionAt: row.next_question_at?.toString() ?? null,
    tries: row.tries,
    note: row.note,
  };
}
