import type { Payment, PaymentStatus } from '../payments/payment.ts';
import type { EndpointAnswer } from '../platform/http/bind-endpoint.ts';
import { toBlueboxDecimal } from './bluebox-amount.ts';

/** Where a transaction stands, in the words of the notification. Refunded: all that was paid went back. */
export const TRANSACTION_STATUSES = [
  'PENDING',
  'SUCCESS',
  'FAILED',
  'CLIENT_CANCEL',
  'EXPIRED',
  'REVERSED',
  'REFUNDED',
] as const;
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** `authorized` is not yet the merchant's money. */
const STATUS_OF: Readonly<Record<PaymentStatus, TransactionStatus>> = {
  created: 'PENDING',
  processing: 'PENDING',
  authorized: 'PENDING',
  succeeded: 'SUCCESS',
  failed: 'FAILED',
  canceled: 'CLIENT_CANCEL',
  expired: 'EXPIRED',
  reversed: 'REVERSED',
};

/** A payment's status in the words of Bluebox. */
export function transactionStatus({ status, amountCaptured, amountRefunded }: Payment): TransactionStatus {
  return status === 'succeeded' && amountRefunded === amountCaptured ? 'REFUNDED' : STATUS_OF[status];
}

/** What refunds and reversals have in common in their own answers. */
interface Operation {
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
}

const OPERATION_STATUS = { pending: 'PENDING', succeeded: 'SUCCESS', failed: 'FAILED' } as const;

/** The answer of a refund or a reversal in the words of Bluebox, with what `own` adds; a kept one stays a replayed one. */
export function operationAnswer<From extends Operation, Own>(
  answer: EndpointAnswer<From>,
  own: (operation: From) => Own,
) {
  const operation: From = 'json' in answer ? JSON.parse(answer.json) : answer.body;
  return {
    ...('json' in answer || answer.replayed === true ? { replayed: true } : {}),
    body: {
      transactionId: operation.paymentId,
      ...own(operation),
      amount: toBlueboxDecimal(BigInt(operation.amount), operation.currency),
      currencyCode: operation.currency,
      status: OPERATION_STATUS[operation.status],
    },
  };
}
