import type { AttemptReport, RefundReport } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import type { Refund } from './refund.ts';

/** Whose word it is. A browser's return is no source: it moves nothing, it only makes us ask. */
export type SignalSource = 'tenant' | 'shopper' | 'provider_answer' | 'notification' | 'poll' | 'timer' | 'operator';

/** Anything that may move a payment. All of them go through apply-signal.ts. */
export type Signal =
  /** We are about to call a provider; committed before the first byte is sent. */
  | { readonly kind: 'attempt_started'; readonly attempt: Attempt }
  | {
      readonly kind: 'attempt_reported';
      readonly attemptId: string;
      readonly providerRef: string | null;
      readonly report: AttemptReport;
    }
  | { readonly kind: 'attempt_not_sent'; readonly attemptId: string; readonly reason: string }
  | { readonly kind: 'attempt_refused'; readonly attemptId: string; readonly code: string; readonly message: string }
  | { readonly kind: 'attempt_unknown'; readonly attemptId: string; readonly reason: string }
  | { readonly kind: 'cancel_requested' }
  /** `early`: a test asks for it before its time; test mode only. */
  | { readonly kind: 'expiry_reached'; readonly early: boolean }
  | { readonly kind: 'refund_requested'; readonly refund: Refund }
  | { readonly kind: 'refund_reported'; readonly refundId: string; readonly report: RefundReport }
  | { readonly kind: 'refund_refused'; readonly refundId: string; readonly code: string }
  | { readonly kind: 'refund_unknown'; readonly refundId: string; readonly reason: string };

/** The attempt or refund a signal is about; null for those about the payment itself. */
export function subjectOf(signal: Signal): { readonly attemptId: string | null; readonly refundId: string | null } {
  return {
    attemptId: 'attemptId' in signal ? signal.attemptId : 'attempt' in signal ? signal.attempt.attemptId : null,
    refundId: 'refundId' in signal ? signal.refundId : 'refund' in signal ? signal.refund.refundId : null,
  };
}
