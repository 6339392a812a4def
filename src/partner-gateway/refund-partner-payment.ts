import { amountFromJson, amountToJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { PartnerKey } from '../partners/partner-key.ts';
import { formatPartnerInstant, partnerRefundReference } from '../partners/partner-words.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { OperationStatus } from '../payments/operation.ts';
import type { Refund } from '../payments/refund.ts';
import { readRefund, selectRefundIdByReference } from '../refunds/read-refund.ts';
import { refundPayment } from '../refunds/refund-payment.ts';
import { callerOf, findOrder } from './find-order.ts';
import type { RefundRequest } from './messages.ts';
import { Refusal } from './refusal.ts';

const WORDS: Readonly<Record<OperationStatus, string>> = {
  pending: 'PENDING',
  succeeded: 'REFUNDED',
  failed: 'FAILED',
};

/**
 * Gives a partner's money back, all or part of it, and tells how far that has come. The same refundId again, for ever,
 * moves nothing a second time: it is how a partner asks about its refund.
 * @throws Refusal order_not_found, refund_conflict (the refundId came with other content); Problem state_conflict,
 * amount_not_available
 */
export async function refundPartnerPayment(
  context: PaymentContext,
  key: PartnerKey,
  request: RefundRequest,
): Promise<Readonly<Record<string, string | number>>> {
  const { orderId, refundId } = request;
  const payment = await findOrder(context.database.query, key, request);
  if (request.currency !== payment.currency) {
    const errors = [{ pointer: '/currency', detail: 'Must be the currency of the payment' }];
    throw new Refusal('validation_failed', 'A refund is in the currency of its payment', errors);
  }
  const refund =
    (await findRefund(context, key, refundId)) ?? (await makeRefund(context, key, payment.paymentId, request));
  if (refund.paymentId !== payment.paymentId || refund.amount !== amountFromJson(request.amount)) {
    throw new Refusal('refund_conflict', 'This refundId came with other content before');
  }
  return {
    ...{ merchantCode: key.merchantCode, orderId, providerRef: payment.paymentId, refundId },
    ...{ status: WORDS[refund.status], amount: amountToJson(refund.amount), currency: refund.currency },
    timestamp: formatPartnerInstant(context.clock.now()),
  };
}

/** A twin may be faster, and have promised the very money; what it made is then this refund as well. */
async function makeRefund(
  context: PaymentContext,
  key: PartnerKey,
  paymentId: string,
  { refundId, amount }: RefundRequest,
): Promise<Refund> {
  const reference = partnerRefundReference(key.partnerKeyId, refundId);
  const asked = { paymentId, amount, reason: 'Asked for by the partner', reference };
  try {
    const answer = await refundPayment(context, callerOf(key), asked, null);
    const { id }: { readonly id: string } = 'json' in answer ? JSON.parse(answer.json) : answer.body;
    return await readRefund(context.database.query, key, id);
  } catch (error) {
    const made = error instanceof Problem ? await findRefund(context, key, refundId) : null;
    if (made === null) throw error;
    return made;
  }
}

async function findRefund({ database }: PaymentContext, key: PartnerKey, refundId: string): Promise<Refund | null> {
  const reference = partnerRefundReference(key.partnerKeyId, refundId);
  const id = await selectRefundIdByReference(database.query, key, reference);
  return id === null ? null : readRefund(database.query, key, id);
}
