import { sealedText } from '../events/sealed-address.ts';
import { amountToJson } from '../kernel/money.ts';
import type { Sealer } from '../keys/sealer.ts';
import { type Attempt, nextActionOf } from './attempt.ts';
import { capturableAmount, type Payment } from './payment.ts';
import type { PaymentAnswer, PaymentObject } from './payment-shape.ts';
import { openAddress } from './sealed-address.ts';
import type { ShippingAddress } from './shipping-address.ts';

/** The payment as other programs see it, without the customer's data: what notifications carry. */
export function paymentObjectJson(
  payment: Payment,
  latestAttempt: Attempt | null,
  shippingAddress: ShippingAddress | null = null,
): PaymentObject {
  return {
    id: payment.paymentId,
    object: 'payment',
    mode: payment.mode,
    tenantId: payment.tenantId,
    reference: payment.reference,
    amount: amountToJson(payment.amount),
    amountCapturable: amountToJson(capturableAmount(payment)),
    amountCaptured: amountToJson(payment.amountCaptured),
    amountRefunded: amountToJson(payment.amountRefunded),
    currency: payment.currency,
    status: payment.status,
    late: payment.late,
    duplicatePayment: payment.duplicatePayment,
    reversalId: payment.reversalId,
    captureMethod: payment.captureMethod,
    description: payment.description,
    statementDescriptor: payment.statementDescriptor,
    orderId: payment.orderId,
    productId: payment.productId,
    checkoutId: payment.checkoutId,
    returnUrl: payment.returnUrl,
    cancelUrl: payment.cancelUrl,
    notificationUrl: payment.notificationUrl,
    cartItems: payment.cartItems === null ? null : [...payment.cartItems],
    requestShipping: payment.requestShipping,
    shippingAddress,
    terminalId: payment.terminalId,
    subMerchantName: payment.subMerchantName,
    mcc: payment.mcc,
    rrn2: payment.rrn2,
    attemptsMax: payment.attemptsMax,
    providerAccountId: payment.providerAccountId,
    metadata: { ...payment.metadata },
    expiresAt: payment.expiresAt.toString(),
    authorizationExpiresAt: payment.authorizationExpiresAt?.toString() ?? null,
    createdAt: payment.createdAt.toString(),
    updatedAt: payment.updatedAt.toString(),
    version: payment.version,
    latestAttempt: latestAttempt === null ? null : attemptJson(latestAttempt),
    nextAction: nextActionOf(latestAttempt),
  };
}

/** The payment as its tenant sees it, customer included. */
export async function paymentJson(
  sealer: Sealer,
  payment: Payment,
  latestAttempt: Attempt | null,
): Promise<PaymentAnswer> {
  const [customer, address] = await Promise.all([openCustomer(sealer, payment), openAddress(sealer, payment)]);
  return { ...paymentObjectJson(payment, latestAttempt, address), customer };
}

/** The payment as its events keep it: the address sealed, for those who tell the tenant to open. */
export function paymentEventObject(payment: Payment, latestAttempt: Attempt | null) {
  const { shippingAddressSealed: sealed } = payment;
  return { ...paymentObjectJson(payment, latestAttempt), shippingAddress: sealed === null ? null : sealedText(sealed) };
}

function attemptJson(attempt: Attempt): NonNullable<PaymentObject['latestAttempt']> {
  return {
    id: attempt.attemptId,
    state: attempt.state,
    provider: attempt.provider,
    providerAccountId: attempt.providerAccountId,
    providerRef: attempt.providerRef,
    chargeRef: attempt.chargeRef,
    failureCode: attempt.failureCode,
    instrument: attempt.instrument,
    authCode: attempt.authCode,
    createdAt: attempt.createdAt.toString(),
  };
}

/** The customer's data, which are kept sealed; null where none were given. */
export async function openCustomer(sealer: Sealer, payment: Payment): Promise<PaymentAnswer['customer']> {
  if (payment.customerSealed === null) return null;
  return JSON.parse(String(await sealer.open(customerPlace(payment), payment.customerSealed)));
}

/** Where a payment's customer stands; bound into the sealed bytes. */
export function customerPlace({ tenantId, paymentId }: Pick<Payment, 'tenantId' | 'paymentId'>) {
  return { tenantId, table: 'payments', column: 'customer_sealed', row: paymentId };
}
