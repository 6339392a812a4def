import { Problem } from '../kernel/problem.ts';
import type { CaptureReport } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import type { Capture } from './capture.ts';
import { refundLate } from './decide-refund.ts';
import {
  type Circumstances,
  type Decision,
  hasWholePicture,
  type Making,
  type PaymentState,
  quarantined,
  unchanged,
  unfit,
} from './decision.ts';
import {
  acknowledged,
  awaited,
  failed,
  inDoubt,
  mismatch,
  newStanding,
  SUCCEEDED_AFTER_FAILED,
  succeeded,
} from './operation.ts';
import { capturableAmount, type Payment } from './payment.ts';

/** @throws Problem state_conflict where nothing is authorized, amount_not_available where too little is left */
export function decideCaptureRequest(payment: Payment, capture: Capture): Decision {
  if (payment.status !== 'authorized') {
    throw new Problem('state_conflict', `A payment that is ${payment.status} has nothing to capture.`);
  }
  if (payment.capturesClosed) {
    throw new Problem('state_conflict', 'The rest of this authorization is being captured or released already.');
  }
  const available = capturableAmount(payment);
  if (capture.amount > available) {
    throw new Problem('amount_not_available', 'The capture exceeds what is left of the authorization.', {
      errors: [{ pointer: '/amount', detail: `At most ${available} minor units can still be captured.` }],
    });
  }
  return {
    outcome: 'applied',
    payment: {
      ...payment,
      amountCapturePending: payment.amountCapturePending + capture.amount,
      capturesClosed: capture.final,
    },
    captures: [capture],
    happenings: [],
  };
}

/** What a provider's word about a capture makes of it and of the payment. */
export function decideCaptureReport(state: PaymentState, report: CaptureReport, world: Circumstances): Decision {
  const { payment, attempt, capture } = state;
  if (attempt === null) return quarantined('unknown_attempt');
  if (capture === null)
    return report.captureId === null ? foundAtProvider(state, attempt, report, world) : unfit(world, 'unknown_capture');
  const wrong = mismatch(capture, report, state.attempt);
  if (wrong !== null) return quarantined(wrong);
  const known = acknowledged(capture, report);
  if (report.state === 'failed')
    return failCapture({ ...state, capture: known }, report.failureCode ?? 'failed_at_provider');
  if (report.state === 'pending') {
    if (capture.status !== 'pending' || capture.dispatch === 'acknowledged')
      return unchanged(`already ${capture.status}`);
    return { outcome: 'applied', payment, captures: [awaited(known, world.now)], happenings: [] };
  }
  if (capture.status === 'failed') return unfit(world, SUCCEEDED_AFTER_FAILED);
  if (capture.status === 'succeeded') {
    // An automatic capture is known before the provider has named it.
    if (capture.providerRef === known.providerRef) return unchanged('already succeeded');
    return { outcome: 'applied', payment, captures: [known], happenings: [] };
  }
  const done = succeeded(known);
  const taken: Payment = {
    ...payment,
    amountCapturePending: payment.amountCapturePending - capture.amount,
    amountCaptured: payment.amountCaptured + capture.amount,
  };
  const decision = closeWhereDone(taken, attempt, [done]);
  return capture.madeBy === 'provider' ? refundLate(decision, attempt, capture.amount, world) : decision;
}

/** A capture that nobody asked us for: the merchant made it at the provider's console. */
function foundAtProvider(
  { payment }: PaymentState,
  attempt: Attempt,
  report: CaptureReport,
  world: Circumstances,
): Decision {
  const { amount, currency } = report.amount;
  if (currency !== payment.currency || amount <= 0n) return quarantined('amount_mismatch');
  const duplicate = payment.lastAttemptId !== attempt.attemptId;
  // Double money is counted in one sum, once nothing more will be captured of it.
  if (duplicate && attempt.state === 'authorized') return unchanged('counted when its attempt is captured');
  const found: Capture = {
    ...newCapture(payment, attempt, world, { amount, madeBy: 'provider', final: report.final, duplicate }),
    providerRef: report.providerRef,
  };
  if (report.state === 'failed') {
    // Kept, so that an older message of its success finds that it has failed.
    const gone = failed(found, report.failureCode ?? 'failed_at_provider');
    return {
      outcome: 'applied',
      payment,
      captures: [gone],
      happenings: [{ type: 'capture.failed', capture: gone }],
    };
  }
  const missed = isMissed(payment, attempt, duplicate, world) && report.state === 'succeeded';
  if (attempt.state !== 'authorized' && !missed) return unfit(world, `capture_while_attempt_${attempt.state}`);
  const room = payment.amountAuthorized - payment.amountCaptured - payment.amountCapturePending;
  if (amount > room) return unfit(world, 'capture_exceeds_authorized');
  const capturesClosed = payment.capturesClosed || found.final;
  if (report.state === 'pending') {
    return {
      outcome: 'applied',
      payment: { ...payment, amountCapturePending: payment.amountCapturePending + amount, capturesClosed },
      captures: [awaited(found, world.now)],
      happenings: [],
    };
  }
  const taken: Payment = { ...payment, amountCaptured: payment.amountCaptured + amount, capturesClosed };
  if (missed) {
    const capture = succeeded(found);
    const happenings = [{ type: 'capture.succeeded', capture } as const];
    return { outcome: 'applied', payment: taken, captures: [capture], happenings };
  }
  return refundLate(closeWhereDone(taken, attempt, [succeeded(found)]), attempt, amount, world);
}

/**
 * Whether a capture may have been made before ours closed the payment. Only the whole picture counts: a message may be
 * older than the capture's being taken back.
 */
function isMissed(payment: Payment, attempt: Attempt, duplicate: boolean, world: Circumstances): boolean {
  const stands = payment.status === 'succeeded' && payment.reversalId === null;
  return attempt.state === 'captured' && stands && !duplicate && hasWholePicture(world);
}

/** A capture's row before anything is known of it. */
export function newCapture(
  payment: Payment,
  attempt: Pick<Attempt, 'attemptId' | 'providerAccountId'>,
  { now, newId }: Making,
  its: Pick<Capture, 'amount' | 'madeBy' | 'final'> & { readonly duplicate?: boolean },
): Capture {
  return {
    tenantId: payment.tenantId,
    captureId: newId('cap'),
    paymentId: payment.paymentId,
    attemptId: attempt.attemptId,
    providerAccountId: attempt.providerAccountId,
    mode: payment.mode,
    currency: payment.currency,
    ...newStanding(its.madeBy, now),
    ...its,
    duplicate: its.duplicate ?? false,
  };
}

/** A payment has succeeded once nothing more will be captured of it, and nothing is under way. */
export function closeWhereDone(payment: Payment, attempt: Attempt, captures: readonly Capture[]): Decision {
  const told = captures.map((capture) => ({ type: 'capture.succeeded', capture }) as const);
  // A release that was asked for is not yet one that was made.
  const isClosed = attempt.releaseRequestedAt === null || captures.some(({ final }) => final);
  const nothingLeft = (payment.capturesClosed && isClosed) || payment.amountCaptured === payment.amountAuthorized;
  if (!nothingLeft || payment.amountCapturePending > 0n || payment.amountCaptured === 0n) {
    return { outcome: 'applied', payment, captures, happenings: told };
  }
  return {
    outcome: 'applied',
    payment: { ...payment, status: 'succeeded', capturesClosed: true, openAttemptId: null, dueAt: null },
    attempt: {
      ...attempt,
      state: 'captured',
      nextAction: null,
      releaseRequestedAt: null,
      syncDueAt: null,
      syncTries: 0,
    },
    captures,
    happenings: [...told, { type: 'payment.succeeded' }],
  };
}

/**
 * The capture did not go through, or the provider took it back: its amount is gone again. A final one that fails leaves
 * the rest capturable; a payment of which nothing is left has failed.
 */
export function failCapture(state: PaymentState, code: string): Decision {
  const { payment, attempt, capture } = state;
  if (capture === null) return quarantined('unknown_capture');
  if (capture.status === 'failed') return unchanged('already failed');
  if (capture.duplicate) return quarantined('duplicate_capture_failed');
  const happenings = [{ type: 'capture.failed', capture: failed(capture, code) }] as const;
  if (capture.status === 'pending') {
    const open: Payment = {
      ...payment,
      amountCapturePending: payment.amountCapturePending - capture.amount,
      capturesClosed: payment.capturesClosed && !capture.final,
    };
    const captures = [happenings[0].capture];
    const closed = attempt === null ? null : closeWhereDone(open, attempt, []);
    if (closed?.outcome !== 'applied') return { outcome: 'applied', payment: open, captures, happenings };
    return { ...closed, captures, happenings: [...happenings, ...closed.happenings] };
  }
  if (payment.status === 'reversed' || payment.reversalId !== null) return quarantined('capture_failed_after_reversal');
  const amountCaptured = payment.amountCaptured - capture.amount;
  if (amountCaptured < payment.amountRefunded + payment.amountRefundPending) {
    return quarantined('capture_failed_after_refund');
  }
  const nothingLeft = payment.status === 'succeeded' && amountCaptured === 0n;
  return {
    outcome: 'applied',
    payment: nothingLeft
      ? { ...payment, amountCaptured, amountAuthorized: 0n, status: 'failed' }
      : { ...payment, amountCaptured },
    captures: [happenings[0].capture],
    happenings: nothingLeft ? [...happenings, { type: 'payment.failed' }] : happenings,
  };
}

/** Sent, outcome unknown: stays pending, its amount stays promised, and the same request is repeated. */
export function captureInDoubt({ payment, capture }: PaymentState, world: Circumstances): Decision {
  if (capture === null) return quarantined('unknown_capture');
  const unknown = inDoubt(capture, world.now);
  if (unknown === null) return unchanged(`already ${capture.status}`);
  return { outcome: 'applied', payment, captures: [unknown], happenings: [] };
}
