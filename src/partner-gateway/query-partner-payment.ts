import { amountToJson } from '../kernel/money.ts';
import type { PartnerKey } from '../partners/partner-key.ts';
import { formatPartnerInstant } from '../partners/partner-words.ts';
import type { Payment, PaymentStatus } from '../payments/payment.ts';
import type { Queryable } from '../platform/database.ts';
import { findOrder } from './find-order.ts';
import type { QueryRequest } from './messages.ts';
import { selectPaidAt } from './store.ts';

/** A reversed payment was paid, and all of it went back. */
const WORDS: Readonly<Record<PaymentStatus, string>> = {
  created: 'PENDING',
  processing: 'PENDING',
  authorized: 'PENDING',
  succeeded: 'SUCCESS',
  failed: 'FAILED',
  canceled: 'CANCELLED',
  expired: 'EXPIRED',
  reversed: 'REFUNDED',
};

/** Where a partner's payment stands, in the partner's words. @throws Refusal order_not_found */
export async function queryPartnerPayment(
  db: Queryable,
  key: PartnerKey,
  request: QueryRequest,
): Promise<Readonly<Record<string, string | number>>> {
  const payment = await findOrder(db, key, request);
  const status = wordFor(payment);
  const paidAt = status === 'SUCCESS' || status === 'REFUNDED' ? await selectPaidAt(db, payment) : null;
  return {
    orderId: request.orderId,
    providerRef: payment.paymentId,
    status,
    amount: amountToJson(payment.amount),
    currency: payment.currency,
    ...(paidAt === null ? {} : { paidAt: formatPartnerInstant(paidAt) }),
  };
}

function wordFor({ status, amountCaptured, amountRefunded }: Payment): string {
  return status === 'succeeded' && amountRefunded === amountCaptured ? 'REFUNDED' : WORDS[status];
}
