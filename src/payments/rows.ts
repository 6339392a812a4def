import type { Selectable } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { NextAction } from '../providers/provider.ts';
import type { Attempt, AttemptState } from './attempt.ts';
import type { CartItem, Payment, PaymentStatus } from './payment.ts';
import type { Refund, RefundStatus } from './refund.ts';

export function paymentFromRow(row: Selectable<Tables['payments']>): Payment {
  return {
    tenantId: row.tenant_id,
    paymentId: row.payment_id,
    mode: row.mode as Mode,
    reference: row.reference,
    amount: row.amount,
    currency: row.currency,
    captureMethod: row.capture_method as Payment['captureMethod'],
    status: row.status as PaymentStatus,
    late: row.late,
    version: row.version,
    amountAuthorized: row.amount_authorized,
    amountCaptured: row.amount_captured,
    amountRefunded: row.amount_refunded,
    amountRefundPending: row.amount_refund_pending,
    attemptsMax: row.attempts_max,
    attemptsDeclined: row.attempts_declined,
    openAttemptId: row.open_attempt_id,
    lastAttemptId: row.last_attempt_id,
    providerAccountId: row.provider_account_id,
    orderId: row.order_id,
    productId: row.product_id,
    description: row.description,
    statementDescriptor: row.statement_descriptor,
    returnUrl: row.return_url,
    cancelUrl: row.cancel_url,
    notificationUrl: row.notification_url,
    customerSealed: row.customer_sealed,
    cartItems: row.cart_items as CartItem[] | null,
    requestShipping: row.request_shipping,
    terminalId: row.terminal_id,
    subMerchantName: row.sub_merchant_name,
    mcc: row.mcc,
    rrn2: row.rrn2,
    metadata: row.metadata as Record<string, string>,
    expiresAt: row.expires_at,
    authorizationExpiresAt: row.authorization_expires_at,
    dueAt: row.due_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function paymentToRow(payment: Payment): WholeRow<'payments'> {
  return {
    tenant_id: payment.tenantId,
    payment_id: payment.paymentId,
    mode: payment.mode,
    reference: payment.reference,
    amount: payment.amount,
    currency: payment.currency,
    capture_method: payment.captureMethod,
    status: payment.status,
    late: payment.late,
    version: payment.version,
    amount_authorized: payment.amountAuthorized,
    amount_captured: payment.amountCaptured,
    amount_refunded: payment.amountRefunded,
    amount_refund_pending: payment.amountRefundPending,
    attempts_max: payment.attemptsMax,
    attempts_declined: payment.attemptsDeclined,
    open_attempt_id: payment.openAttemptId,
    last_attempt_id: payment.lastAttemptId,
    provider_account_id: payment.providerAccountId,
    order_id: payment.orderId,
    product_id: payment.productId,
    description: payment.description,
    statement_descriptor: payment.statementDescriptor,
    return_url: payment.returnUrl,
    cancel_url: payment.cancelUrl,
    notification_url: payment.notificationUrl,
    customer_sealed: payment.customerSealed as Buffer | null,
    cart_items: payment.cartItems,
    request_shipping: payment.requestShipping,
    terminal_id: payment.terminalId,
    sub_merchant_name: payment.subMerchantName,
    mcc: payment.mcc,
    rrn2: payment.rrn2,
    metadata: payment.metadata,
    expires_at: payment.expiresAt,
    authorization_expires_at: payment.authorizationExpiresAt,
    due_at: payment.dueAt,
    created_at: payment.createdAt,
    updated_at: payment.updatedAt,
  };
}

export function attemptFromRow(row: Selectable<Tables['attempts']>): Attempt {
  return {
    tenantId: row.tenant_id,
    attemptId: row.attempt_id,
    paymentId: row.payment_id,
    providerAccountId: row.provider_account_id,
    provider: row.provider,
    state: row.state as AttemptState,
    providerRef: row.provider_ref,
    requestSealed: row.request_sealed,
    nextAction: row.next_action as NextAction | null,
    failureCode: row.failure_code,
    failureMessage: row.failure_message,
    providerExpiresAt: row.provider_expires_at,
    syncDueAt: row.sync_due_at,
    syncTries: row.sync_tries,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function attemptToRow(attempt: Attempt): WholeRow<'attempts'> {
  return {
    tenant_id: attempt.tenantId,
    attempt_id: attempt.attemptId,
    payment_id: attempt.paymentId,
    provider_account_id: attempt.providerAccountId,
    provider: attempt.provider,
    state: attempt.state,
    provider_ref: attempt.providerRef,
    request_sealed: attempt.requestSealed as Buffer,
    next_action: attempt.nextAction,
    failure_code: attempt.failureCode,
    failure_message: attempt.failureMessage,
    provider_expires_at: attempt.providerExpiresAt,
    sync_due_at: attempt.syncDueAt,
    sync_tries: attempt.syncTries,
    created_at: attempt.createdAt,
    updated_at: attempt.updatedAt,
  };
}

export function refundFromRow(row: Selectable<Tables['refunds']>): Refund {
  return {
    tenantId: row.tenant_id,
    refundId: row.refund_id,
    paymentId: row.payment_id,
    attemptId: row.attempt_id,
    providerAccountId: row.provider_account_id,
    mode: row.mode as Mode,
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    reference: row.reference,
    status: row.status as RefundStatus,
    dispatch: row.dispatch as Refund['dispatch'],
    providerRef: row.provider_ref,
    failureCode: row.failure_code,
    syncDueAt: row.sync_due_at,
    syncTries: row.sync_tries,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function refundToRow(refund: Refund): WholeRow<'refunds'> {
  return {
    tenant_id: refund.tenantId,
    refund_id: refund.refundId,
    payment_id: refund.paymentId,
    attempt_id: refund.attemptId,
    provider_account_id: refund.providerAccountId,
    mode: refund.mode,
    amount: refund.amount,
    currency: refund.currency,
    reason: refund.reason,
    reference: refund.reference,
    status: refund.status,
    dispatch: refund.dispatch,
    provider_ref: refund.providerRef,
    failure_code: refund.failureCode,
    sync_due_at: refund.syncDueAt,
    sync_tries: refund.syncTries,
    created_at: refund.createdAt,
    updated_at: refund.updatedAt,
  };
}
