import type { Attempt } from './attempt.ts';
import type { Capture } from './capture.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';
import type { Reversal } from './reversal.ts';

/** Times of the samples: made at noon, to be paid within a quarter of an hour. */
export const NOON = Temporal.Instant.from('2026-01-01T12:00:00Z');

/** A payment of 12.50 EUR that was just created. */
export function samplePayment(changes: Partial<Payment> = {}): Payment {
  return {
    tenantId: 'ten_1',
    paymentId: 'pay_1',
    mode: 'test',
    reference: 'order-1',
    amount: 1250n,
    currency: 'EUR',
    captureMethod: 'automatic',
    status: 'created',
    late: false,
    version: 1,
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountRefunded: 0n,
    amountRefundPending: 0n,
    amountCapturePending: 0n,
    capturesClosed: false,
    reversalId: null,
    duplicatePayment: false,
    holdsLimits: false,
    attemptsMax: 3,
    attemptsDeclined: 0,
    openAttemptId: null,
    lastAttemptId: null,
    providerAccountId: null,
    orderId: null,
    productId: null,
    checkoutId: null,
    description: null,
    statementDescriptor: null,
    returnUrl: null,
    returnStyle: 'plain',
    cancelUrl: null,
    notificationUrl: null,
    customerSealed: null,
    emailDigest: null,
    cartItems: null,
    requestShipping: false,
    shippingAddressSealed: null,
    terminalId: null,
    subMerchantName: null,
    mcc: null,
    rrn2: null,
    metadata: {},
    expiresAt: NOON.add({ minutes: 15 }),
    authorizationExpiresAt: null,
    dueAt: NOON.add({ minutes: 15 }),
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  };
}

/** An attempt whose intent was just committed. */
export function sampleAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    tenantId: 'ten_1',
    attemptId: 'att_1',
    paymentId: 'pay_1',
    providerAccountId: 'pa_1',
    provider: 'sandbox',
    state: 'dispatched',
    providerRef: null,
    chargeRef: null,
    requestSealed: new Uint8Array(),
    completionSealed: null,
    nextAction: null,
    failureCode: null,
    failureMessage: null,
    providerExpiresAt: null,
    releaseRequestedAt: null,
    syncDueAt: NOON.add({ seconds: 35 }),
    syncTries: 0,
    failedOverTo: null,
    instrument: null,
    authCode: null,
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  };
}

/** A refund of 5.00 EUR whose intent was just committed. */
export function sampleRefund(changes: Partial<Refund> = {}): Refund {
  return {
    tenantId: 'ten_1',
    refundId: 're_1',
    paymentId: 'pay_1',
    attemptId: 'att_1',
    providerAccountId: 'pa_1',
    mode: 'test',
    amount: 500n,
    currency: 'EUR',
    reason: 'returned',
    reference: null,
    madeBy: 'tenant',
    duplicate: false,
    status: 'pending',
    dispatch: 'dispatched',
    providerRef: null,
    failureCode: null,
    syncDueAt: NOON.add({ minutes: 1 }),
    syncTries: 0,
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  };
}

/** A capture of 5.00 EUR whose intent was just committed; more may follow. */
export function sampleCapture(changes: Partial<Capture> = {}): Capture {
  const { refundId, reason, reference, ...operation } = sampleRefund();
  return { ...operation, captureId: 'cap_1', final: false, ...changes };
}

/** A reversal of a whole payment of 12.50 EUR whose intent was just committed. */
export function sampleReversal(changes: Partial<Reversal> = {}): Reversal {
  const { refundId, reference, duplicate, ...operation } = sampleRefund();
  return { ...operation, reversalId: 'rev_1', amount: 1250n, reason: 'unacknowledged', ...changes };
}
