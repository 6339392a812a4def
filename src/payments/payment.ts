import type { Mode } from '../kernel/caller.ts';

/** What a tenant wants paid: amount, currency and how far it has come. Attempts try to get it paid. */
export interface Payment {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly mode: Mode;
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  readonly status: PaymentStatus;
  readonly late: boolean;
  readonly version: number;
  readonly amountAuthorized: bigint;
  readonly amountCaptured: bigint;
  /** Captures under way; promised, so no longer available. */
  readonly amountCapturePending: bigint;
  readonly amountRefunded: bigint;
  readonly amountRefundPending: bigint;
  /** A final capture or a release was asked for: nothing more can be captured. */
  readonly capturesClosed: boolean;
  /** The reversal under way or succeeded. With one there is no refund, and with a refund no reversal. */
  readonly reversalId: string | null;
  /** Money arrived a second time, by another attempt. */
  readonly duplicatePayment: boolean;
  /** It was counted against limits, which get back what is not paid or is given back. */
  readonly holdsLimits: boolean;
  readonly attemptsMax: number;
  readonly attemptsDeclined: number;
  readonly openAttemptId: string | null;
  readonly lastAttemptId: string | null;
  readonly providerAccountId: string | null;
  readonly orderId: string | null;
  readonly productId: string | null;
  /** The stored checkout that it was made by. */
  readonly checkoutId: string | null;
  readonly description: string | null;
  readonly statementDescriptor: string | null;
  readonly returnUrl: string | null;
  /** In whose words the shopper is led back: ours, or Bluebox's and without our page in between. */
  readonly returnStyle: 'plain' | 'bluebox';
  readonly cancelUrl: string | null;
  readonly notificationUrl: string | null;
  readonly customerSealed: Uint8Array | null;
  /** By which it is found by the customer's e-mail address; null where nobody has looked for one yet. */
  readonly emailDigest: bigint | null;
  readonly cartItems: readonly CartItem[] | null;
  readonly requestShipping: boolean;
  /** Where the order goes; null: nobody said so yet, or nobody asked. */
  readonly shippingAddressSealed: Uint8Array | null;
  readonly terminalId: string | null;
  readonly subMerchantName: string | null;
  readonly mcc: string | null;
  readonly rrn2: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly expiresAt: Temporal.Instant;
  readonly authorizationExpiresAt: Temporal.Instant | null;
  readonly dueAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export interface CartItem {
  readonly description: string;
  readonly quantity: number;
  /** Minor units of the payment's currency, for one. */
  readonly value: number;
  readonly imageUrl?: string | undefined;
  readonly destination?: string | undefined;
  readonly itemType?: string | undefined;
}

export type PaymentStatus =
  | 'created'
  | 'processing'
  | 'authorized'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'expired'
  | 'reversed';

/**
 * Where each status may lead; apply-signal.ts refuses everything else. The ways out of failed, canceled and expired
 * exist because a provider may prove late that money moved; succeeded fails where the provider takes the whole capture
 * back. created and processing are canceled and expired also by a provider that tells of both at once.
 */
export const PAYMENT_TRANSITIONS: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  created: ['processing', 'authorized', 'succeeded', 'canceled', 'expired'],
  processing: ['created', 'authorized', 'succeeded', 'failed', 'canceled', 'expired'],
  authorized: ['succeeded', 'canceled', 'expired'],
  succeeded: ['reversed', 'failed'],
  failed: ['authorized', 'succeeded'],
  canceled: ['authorized', 'succeeded'],
  expired: ['authorized', 'succeeded'],
  reversed: [],
};

export function mayMove(from: PaymentStatus, to: PaymentStatus): boolean {
  return from === to || PAYMENT_TRANSITIONS[from].includes(to);
}

/** What may still be refunded; refunds under way count as gone. */
export function refundableAmount(payment: Payment): bigint {
  if (payment.reversalId !== null) return 0n;
  return payment.amountCaptured - payment.amountRefunded - payment.amountRefundPending;
}

/** What may still be captured; captures under way count as gone. */
export function capturableAmount(payment: Payment): bigint {
  if (payment.status !== 'authorized' || payment.capturesClosed) return 0n;
  return payment.amountAuthorized - payment.amountCaptured - payment.amountCapturePending;
}

/** Whether it may not be paid before somebody has said where the order goes. */
export function lacksAddress({ requestShipping, shippingAddressSealed }: Payment): boolean {
  return requestShipping && shippingAddressSealed === null;
}

/** Whether nothing is left for a shopper to do. */
export function isEnded(payment: Payment): boolean {
  return payment.status !== 'created' && payment.status !== 'processing';
}
