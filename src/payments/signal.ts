import type {
  AttemptReport,
  CaptureReport,
  DisputeReport,
  OperationReport,
  RefundReport,
  ReversalReport,
} from '../providers/provider.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import type { RouteNote } from '../routing/route-note.ts';
import type { Attempt } from './attempt.ts';
import type { Capture } from './capture.ts';
import type { Refund } from './refund.ts';
import type { Reversal } from './reversal.ts';

/** Whose word it is. A browser's return is no source: it moves nothing, it only makes us ask. */
export type SignalSource = 'tenant' | 'shopper' | 'provider_answer' | 'notification' | 'poll' | 'timer' | 'operator';

/** Anything that may move a payment. All of them go through apply-signal.ts. */
export type Signal = Told & {
  /** The stored notification that brought it. */
  readonly inboundEventId?: string;
};

/** An attempt, and the step that is answered: the second one, or anything else that was asked about it. */
interface OfAttempt {
  readonly attemptId: string;
  readonly step?: 'complete';
}

type Told =
  /** We are about to call a provider; committed before the first byte is sent. */
  | {
      readonly kind: 'attempt_started';
      readonly attempt: Attempt;
      readonly route?: RouteNote;
      /** Where the confirmation said that the order goes. */
      readonly shippingAddressSealed?: Uint8Array;
    }
  /** Somebody said where the order goes, or changed it. */
  | { readonly kind: 'address_given'; readonly shippingAddressSealed: Uint8Array }
  /** The same for the second step, with what the browser brought. */
  | { readonly kind: 'completion_started'; readonly attemptId: string; readonly completionSealed: Uint8Array }
  | ({
      readonly kind: 'attempt_reported';
      readonly providerRef: string | null;
      readonly report: AttemptReport;
    } & OfAttempt)
  /** Certainly nothing happened, for a reason of the account: `next`, at another one, takes over. */
  | {
      readonly kind: 'attempt_failed_over';
      readonly attemptId: string;
      readonly end: FailoverEnd;
      readonly next: Attempt;
      readonly route: RouteNote;
    }
  | ({ readonly kind: 'attempt_not_sent'; readonly reason: string } & OfAttempt)
  | ({ readonly kind: 'attempt_refused'; readonly code: string; readonly message: string } & OfAttempt)
  | ({ readonly kind: 'attempt_unknown'; readonly reason: string } & OfAttempt)
  | { readonly kind: 'cancel_requested' }
  /** `early`: a test asks for it before its time; test mode only. */
  | { readonly kind: 'expiry_reached'; readonly early: boolean }
  | { readonly kind: 'capture_requested'; readonly capture: Capture }
  | { readonly kind: 'capture_reported'; readonly attemptId: string; readonly report: CaptureReport }
  | { readonly kind: 'capture_refused'; readonly captureId: string; readonly code: string }
  | { readonly kind: 'capture_unknown'; readonly captureId: string; readonly reason: string }
  /** What is authorized and not captured is to be given back. */
  | { readonly kind: 'release_requested' }
  | { readonly kind: 'release_refused'; readonly attemptId: string; readonly code: string }
  /** `capability`: what the account it goes to can do. */
  | { readonly kind: 'refund_requested'; readonly refund: Refund; readonly capability: Capabilities['refund'] }
  | { readonly kind: 'refund_reported'; readonly attemptId: string; readonly report: RefundReport }
  | { readonly kind: 'refund_refused'; readonly refundId: string; readonly code: string }
  | { readonly kind: 'refund_unknown'; readonly refundId: string; readonly reason: string }
  | { readonly kind: 'reversal_requested'; readonly reversal: Reversal }
  | { readonly kind: 'reversal_reported'; readonly attemptId: string; readonly report: ReversalReport }
  | { readonly kind: 'reversal_refused'; readonly reversalId: string; readonly code: string }
  | { readonly kind: 'reversal_unknown'; readonly reversalId: string; readonly reason: string }
  | { readonly kind: 'dispute_reported'; readonly attemptId: string; readonly report: DisputeReport };

/** The two answers after which another account may be tried. */
export type FailoverEnd =
  | { readonly state: 'not_sent'; readonly reason: string }
  | { readonly state: 'refused'; readonly code: string; readonly message: string };

export type SignalKind = Signal['kind'];

/** What a signal is about besides its payment: by our id, or by the provider's name for it. */
export interface Subject {
  /** null: the payment's latest attempt; also for a new one, which nobody can have stored before. */
  readonly attemptId: string | null;
  readonly operation: OperationSubject | null;
}

export interface OperationSubject {
  readonly noun: 'capture' | 'refund' | 'reversal' | 'dispute';
  readonly id: string | null;
  readonly providerRef: string | null;
  /** As reported. */
  readonly amount: bigint | null;
  /** Without an id of ours it may still be the one that waits for its name. */
  readonly mayBeOurs: boolean;
}

/** The attempt and the operation that a signal is about. */
export function subjectOf(signal: Signal): Subject {
  return {
    attemptId: 'attemptId' in signal ? signal.attemptId : null,
    operation: operationOf(signal),
  };
}

function operationOf(signal: Signal): OperationSubject | null {
  switch (signal.kind) {
    case 'capture_requested':
      return named('capture', signal.capture.captureId);
    case 'capture_reported':
      return { ...reported('capture', signal.report.captureId, signal.report), mayBeOurs: true };
    case 'capture_refused':
    case 'capture_unknown':
      return named('capture', signal.captureId);
    case 'refund_requested':
      return named('refund', signal.refund.refundId);
    case 'refund_reported':
      return reported('refund', signal.report.refundId, signal.report);
    case 'refund_refused':
    case 'refund_unknown':
      return named('refund', signal.refundId);
    case 'reversal_requested':
      return named('reversal', signal.reversal.reversalId);
    case 'reversal_reported':
      return reported('reversal', signal.report.reversalId, signal.report);
    case 'reversal_refused':
    case 'reversal_unknown':
      return named('reversal', signal.reversalId);
    case 'dispute_reported':
      return reported('dispute', null, signal.report);
    default:
      return null;
  }
}

function named(noun: OperationSubject['noun'], id: string): OperationSubject {
  return { noun, id, providerRef: null, amount: null, mayBeOurs: false };
}

function reported(
  noun: OperationSubject['noun'],
  id: string | null,
  report: OperationReport | DisputeReport,
): OperationSubject {
  const { providerRef, amount } = report;
  return { noun, id, providerRef, amount: amount.amount, mayBeOurs: 'mayBeOurs' in report };
}
