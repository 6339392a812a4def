import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { createCreatePayment } from '../payments/create-payment.ts';
import type { Payment } from '../payments/payment.ts';
import { readPayment, readPaymentByReference } from '../payments/read-payment.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { refundPayment } from '../refunds/refund-payment.ts';
import { reversePayment } from '../reversals/reverse-payment.ts';
import * as api from './api.ts';
import { toBlueboxDecimal, toMinorUnits } from './bluebox-amount.ts';
import { createTransaction } from './create-transaction.ts';
import { operationAnswer, transactionStatus } from './transaction.ts';

/** Bluebox's endpoints, tied to the verbs of payments, refunds and reversals. */
export function blueboxRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const createPayment = createCreatePayment(context);
  const db = context.database.query;
  return [
    bindEndpoint(api.createTransaction, (request) => createTransaction(context, createPayment, request)),
    bindEndpoint(api.getTransaction, async ({ caller, params }) => ({
      body: transactionJson((await readPayment(db, caller, params.id)).payment),
    })),
    bindEndpoint(api.findTransaction, async ({ caller, query }) => ({
      body: transactionJson((await readPaymentByReference(db, caller, query.reference)).payment),
    })),
    bindEndpoint(api.refundTransaction, async ({ caller, params, body, idempotency }) => {
      const { payment } = await readPayment(db, caller, params.id);
      const amount = body.amount === undefined ? undefined : minorUnits(body.amount, payment.currency);
      const { reason, reference } = body;
      const request = { paymentId: params.id, amount, reason, reference };
      return operationAnswer(await refundPayment(context, caller, request, idempotency), (refund) => ({
        refundId: refund.id,
        reference: refund.reference,
      }));
    }),
    bindEndpoint(api.reverseTransaction, async ({ caller, params, body, idempotency }) =>
      operationAnswer(
        await reversePayment(context, caller, { paymentId: params.id, reason: body.reason }, idempotency),
        (reversal) => ({ reversalId: reversal.id }),
      ),
    ),
  ];
}

function minorUnits(decimal: string, currency: string): number {
  const read = toMinorUnits(decimal, currency);
  const rule = !read.ok ? read.rule : read.amount === 0 ? 'Must be more than 0.00' : null;
  if (read.ok && rule === null) return read.amount;
  throw new Problem('validation_failed', 'Some fields break a rule', {
    errors: [{ pointer: '/amount', detail: rule ?? 'Must be a decimal' }],
  });
}

function transactionJson(payment: Payment): api.TransactionAnswer {
  const { currency } = payment;
  return {
    transactionId: payment.paymentId,
    reference: payment.reference,
    amount: toBlueboxDecimal(payment.amount, currency),
    currencyCode: currency,
    status: transactionStatus(payment),
    date: payment.updatedAt.toString(),
    description: payment.description,
    terminalId: payment.terminalId,
    subMerchantName: payment.subMerchantName,
    mcc: payment.mcc,
    rrn2: payment.rrn2,
    amountRefunded: toBlueboxDecimal(payment.amountRefunded, currency),
  };
}
