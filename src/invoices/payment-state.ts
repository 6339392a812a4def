/** How an issued invoice stands. None of it is stored: money and credit notes say it. */
export const PAYMENT_STATES = ['open', 'partly_settled', 'settled', 'overpaid', 'credited', 'refunded'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Minor units. */
export interface InvoiceMoney {
  readonly gross: bigint;
  readonly credited: bigint;
  readonly captured: bigint;
  /** Given back by refunds and reversals. */
  readonly refunded: bigint;
  /** Taken by lost disputes. */
  readonly lost: bigint;
}

/** What is still to be paid; negative where more was paid than is owed. */
export function amountDue({ gross, credited, captured, refunded, lost }: InvoiceMoney): bigint {
  return gross - credited - (captured - refunded - lost);
}

/**
 * The state by what is owed and what was paid and kept. A lost dispute takes the money and not the debt, so it opens the
 * invoice again; a refund does too, unless a credit note says that the debt is gone.
 */
export function paymentStateOf(money: InvoiceMoney): PaymentState {
  const owed = money.gross - money.credited;
  const due = amountDue(money);
  if (due < 0n) return 'overpaid';
  if (owed === 0n) return money.refunded > 0n ? 'refunded' : 'credited';
  if (due === 0n) return 'settled';
  return due < owed ? 'partly_settled' : 'open';
}
