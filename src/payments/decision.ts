import type { Attempt } from './attempt.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/** A payment as it stands, with the attempt and refund the signal is about. */
export interface PaymentState {
  readonly payment: Payment;
  /** null: the signal names none, or one this payment does not have. */
  readonly attempt: Attempt | null;
  readonly refund: Refund | null;
}

/** What happened, told with the object as it is afterwards. */
export type Happening =
  | { readonly type: `payment.${PaymentHappening}` }
  | { readonly type: 'capture.succeeded'; readonly capture: NewCapture }
  | { readonly type: 'refund.created' | 'refund.succeeded' | 'refund.failed'; readonly refund: Refund };

type PaymentHappening =
  | 'processing'
  | 'attempt_failed'
  | 'authorized'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'expired';

export interface NewCapture {
  readonly attemptId: string;
  readonly amount: bigint;
  readonly currency: string;
}

/**
 * What a signal makes of a payment. `quarantined`: provider proof that contradicts what we know; kept, shown and
 * alarmed, never applied.
 */
export type Decision =
  | {
      readonly outcome: 'applied';
      readonly payment: Payment;
      readonly attempt?: Attempt;
      readonly refund?: Refund;
      readonly captures?: readonly NewCapture[];
      readonly happenings: readonly Happening[];
    }
  | { readonly outcome: 'no_change' | 'quarantined'; readonly note: string };
