/** Money is a whole number of minor units everywhere: 1250 with EUR is 12.50 EUR. Instants are RFC 3339 in UTC. */
export interface PaymentObject {
  id: string;
  object: 'payment';
  mode: 'live' | 'test';
  tenantId: string;
  /** The reference you gave; yours alone, and used once. */
  reference: string;
  amount: number;
  amountCapturable: number;
  amountCaptured: number;
  amountRefunded: number;
  currency: string;
  status: 'created' | 'processing' | 'authorized' | 'succeeded' | 'failed' | 'canceled' | 'expired' | 'reversed';
  /** Proof of payment came after the payment had expired, failed or been canceled. */
  late: boolean;
  captureMethod: 'automatic' | 'manual';
  description: string | null;
  statementDescriptor: string | null;
  orderId: string | null;
  productId: string | null;
  returnUrl: string | null;
  cancelUrl: string | null;
  notificationUrl: string | null;
  cartItems: readonly CartItemObject[] | null;
  requestShipping: boolean;
  terminalId: string | null;
  subMerchantName: string | null;
  mcc: string | null;
  rrn2: string | null;
  attemptsMax: number;
  providerAccountId: string | null;
  metadata: Readonly<Record<string, string>>;
  expiresAt: string;
  authorizationExpiresAt: string | null;
  createdAt: string;
  updatedAt: string;
  /** Grows with every change. Notifications may overtake one another: apply one only where it is higher than yours. */
  version: number;
  latestAttempt: AttemptObject | null;
}

export interface CartItemObject {
  description: string;
  quantity: number;
  value: number;
  imageUrl?: string | undefined;
  destination?: string | undefined;
  itemType?: string | undefined;
}

/** One try at one provider. */
export interface AttemptObject {
  id: string;
  state: string;
  provider: string;
  providerAccountId: string;
  providerRef: string | null;
  /** Why it failed, such as `insufficient_funds`; null where it did not. */
  failureCode: string | null;
  createdAt: string;
}

export interface RefundObject {
  id: string;
  object: 'refund';
  paymentId: string;
  amount: number;
  currency: string;
  status: 'pending' | 'succeeded' | 'failed';
  reason: string;
  reference: string | null;
  failureCode: string | null;
  createdAt: string;
  updatedAt: string;
}

export type PaymentEventType =
  `payment.${'created' | 'processing' | 'attempt_failed' | 'authorized' | 'succeeded' | 'failed' | 'canceled' | 'expired' | 'reversed'}`;

export type RefundEventType = `refund.${'created' | 'succeeded' | 'failed'}`;

export type OtherEventType =
  | `capture.${'succeeded' | 'failed'}`
  | `reversal.${'succeeded' | 'failed'}`
  | `dispute.${'opened' | 'updated' | 'funds_withdrawn' | 'funds_reinstated' | 'won' | 'lost'}`
  | `invoice.${'issued' | 'paid' | 'credited'}`
  | 'payout.paid'
  | 'reconciliation.mismatch'
  | `endpoint.${'failing' | 'disabled' | 'test'}`;

interface EventOf<Type extends string, Subject> {
  /** The same in every copy of the event. */
  id: string;
  type: Type;
  apiVersion: string;
  createdAt: string;
  mode: 'live' | 'test';
  tenantId: string;
  /** The object as it was right after the event. */
  data: { object: Subject };
}

/**
 * What a notification says; `type` tells which object it is about.
 * New types come without notice: acknowledge those you do not know, and do nothing.
 */
export type WebhookEvent =
  | EventOf<PaymentEventType, PaymentObject>
  | EventOf<RefundEventType, RefundObject>
  | EventOf<OtherEventType, Readonly<Record<string, unknown>>>;
