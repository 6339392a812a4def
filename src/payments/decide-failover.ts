import { endAttempt } from './decide-attempt.ts';
import { type Circumstances, type Decision, type PaymentState, quarantined, unchanged } from './decision.ts';
import type { FailoverEnd, Signal } from './signal.ts';

/** The failure code of an attempt whose request never reached its provider. */
export const NOT_SENT_CODE = 'provider_unreachable';

/**
 * Ends an attempt of which certainly nothing came and starts the next in its place, as one change: the payment stays
 * processing, nobody is told of a failure that no shopper has seen, and it costs no try. Only an attempt whose first
 * request is the only one may be replaced; in doubt, and where the payment has moved on or its time is over, nothing
 * changes, and the answer is to be applied as if there were no other account.
 */
export function decideFailover(
  { payment, attempt }: PaymentState,
  { end, next, attemptId }: Signal & { readonly kind: 'attempt_failed_over' },
  world: Circumstances,
): Decision {
  if (attempt === null) return quarantined('unknown_attempt');
  if (attempt.state !== 'dispatched') return unchanged(`already ${attempt.state}`);
  if (payment.openAttemptId !== attemptId) return unchanged('the payment has moved on');
  if (Temporal.Instant.compare(world.now, payment.expiresAt) >= 0) return unchanged('the time to pay is over');
  const ended = endAttempt(payment, attempt, attemptEnd(end), world);
  if (ended.outcome !== 'applied' || ended.attempt === undefined) return ended;
  return {
    outcome: 'applied',
    payment: { ...payment, openAttemptId: next.attemptId, lastAttemptId: next.attemptId },
    attempt: next,
    failedOver: { ...ended.attempt, failedOverTo: next.attemptId },
    happenings: [],
  };
}

function attemptEnd(end: FailoverEnd): Parameters<typeof endAttempt>[2] {
  return end.state === 'not_sent'
    ? { state: 'not_sent', code: NOT_SENT_CODE, message: end.reason }
    : { state: 'refused', code: end.code, message: end.message };
}
