export type OrderStatus = 'waiting' | 'paid' | 'failed' | 'canceled' | 'expired';

/** What a merchant asks to be paid. Amounts are minor units. */
export interface CreateAsk {
  readonly orderId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly description: string;
  readonly returnUrl: string;
  readonly ipnUrl: string | null;
  readonly expiresAt: Temporal.Instant;
}

export interface RefundAsk {
  readonly orderId: string;
  readonly providerRef: string | null;
  readonly refundId: string;
  readonly amount: bigint;
  readonly currency: string;
}

export interface SimulatedRefund {
  readonly refundId: string;
  readonly amount: bigint;
  state: 'pending' | 'done' | 'failed';
}

export interface SimulatedOrder {
  readonly providerRef: string;
  readonly merchantCode: string;
  readonly ask: CreateAsk;
  /** The request as it came, to tell a repeat from another one. */
  readonly fingerprint: string;
  readonly way: 'redirect' | 'qr';
  status: OrderStatus;
  paidAt: Temporal.Instant | null;
  readonly refunds: Map<string, SimulatedRefund>;
}

/** What is not given back or about to be. */
export function refundableOf({ ask, refunds }: SimulatedOrder): bigint {
  const taken = [...refunds.values()].filter(({ state }) => state !== 'failed');
  return taken.reduce((rest, { amount }) => rest - amount, ask.amount);
}
