import type { Clock } from '../kernel/clock.ts';
import { type IdPrefix, newId } from '../kernel/id.ts';
import type { Attempt } from './attempt.ts';
import type { Capture } from './capture.ts';
import type { Dispute } from './dispute.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';
import type { Reversal } from './reversal.ts';
import type { SignalSource } from './signal.ts';

/** A payment as it stands, with what the signal is about. null: the signal names none, or none of this payment. */
export interface PaymentState {
  readonly payment: Payment;
  readonly attempt: Attempt | null;
  readonly capture: Capture | null;
  readonly refund: Refund | null;
  readonly reversal: Reversal | null;
  readonly dispute: Dispute | null;
}

/** What a signal about the latest attempt is decided on. */
export function stateWith(payment: Payment, attempt: Attempt | null): PaymentState {
  return { payment, attempt, capture: null, refund: null, reversal: null, dispute: null };
}

/** What a decision depends on besides the state and the signal. */
export interface Circumstances {
  readonly now: Temporal.Instant;
  readonly source: SignalSource;
  /** The tenant's rules for money that nobody waits for any more. */
  readonly policy: SuccessPolicy;
  readonly newId: (prefix: IdPrefix) => string;
}

/** What making a row takes: its time and its id. */
export type Making = Pick<Circumstances, 'now' | 'newId'>;

/** Rows are made now, under fresh ids. */
export function makingWith(clock: Clock): Making {
  return { now: clock.now(), newId: (prefix) => newId(prefix, clock) };
}

export interface SuccessPolicy {
  /** A success after the payment failed, expired or was canceled. */
  readonly lateSuccess: 'accept' | 'refund';
  /** A second success of one payment. */
  readonly duplicatePayment: 'refund' | 'keep';
}

/** What happened, told with the object as it is afterwards. */
export type Happening =
  | { readonly type: `payment.${PaymentHappening}` }
  | { readonly type: 'capture.succeeded' | 'capture.failed'; readonly capture: Capture }
  | { readonly type: 'refund.created' | 'refund.succeeded' | 'refund.failed'; readonly refund: Refund }
  | { readonly type: 'reversal.succeeded' | 'reversal.failed'; readonly reversal: Reversal }
  | { readonly type: `dispute.${DisputeHappening}`; readonly dispute: Dispute };

type PaymentHappening =
  | 'processing'
  | 'attempt_failed'
  | 'authorized'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'expired'
  | 'reversed';

export type DisputeHappening = 'opened' | 'updated' | 'funds_withdrawn' | 'funds_reinstated' | 'won' | 'lost';

/**
 * What a signal makes of a payment. `quarantined`: provider proof that contradicts what we know; kept, shown and
 * alarmed, never applied. `deferred`: a notification that came before what it stands on, or seems to bring an ended
 * attempt back; the provider is asked for the whole picture first, so that no order of arrival matters.
 */
export type Decision = Applied | { readonly outcome: 'no_change' | 'quarantined' | 'deferred'; readonly note: string };

/** The state afterwards. Operations listed are new or changed. */
export interface Applied {
  readonly outcome: 'applied';
  readonly payment: Payment;
  readonly attempt?: Attempt;
  /** The attempt that `attempt` took over from, as it ended. */
  readonly failedOver?: Attempt;
  readonly captures?: readonly Capture[];
  readonly refunds?: readonly Refund[];
  readonly reversal?: Reversal;
  readonly dispute?: Dispute;
  readonly happenings: readonly Happening[];
}

/** Where a report does not fit: a notification may just be early, anybody else's word is the provider's whole answer. */
export function unfit({ source }: Circumstances, note: string): Decision {
  return { outcome: source === 'notification' ? 'deferred' : 'quarantined', note };
}

/** Whether the provider was asked, and told of every operation too. */
export function hasWholePicture({ source }: Circumstances): boolean {
  return source === 'poll' || source === 'operator';
}

/** The signal says what is known already. */
export function unchanged(note: string): Decision {
  return { outcome: 'no_change', note };
}

/** The signal contradicts what is known. */
export function quarantined(note: string): Decision {
  return { outcome: 'quarantined', note };
}
