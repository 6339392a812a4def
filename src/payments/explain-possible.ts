import { toDecimal } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import { checkPayable } from './decide-attempt.ts';
import { decideCaptureRequest, newCapture } from './decide-capture.ts';
import { decideRefundRequest, newRefund } from './decide-refund.ts';
import { whyNotReversible } from './decide-reversal.ts';
import { decideSignal } from './decide-signal.ts';
import type { Circumstances, PaymentState } from './decision.ts';
import type { ExplainFacts } from './explain-payment.ts';
import type { Explanation } from './explain-shape.ts';
import { capturableAmount, refundableAmount } from './payment.ts';

type Possible = Explanation['possible'][number];

/**
 * What can be done with a payment now, and why or why not. The rules are not told again here: each act is decided by
 * the code that would decide it, and a refusal's own sentence is the answer.
 */
export function explainPossible(facts: ExplainFacts): readonly Possible[] {
  const { payment, account } = facts;
  const left = (amount: bigint): string => `${toDecimal({ amount, currency: payment.currency })} ${payment.currency}`;
  return [
    possible('confirm', whyNotConfirm(facts), 'A new attempt may start.'),
    possible('capture', whyNotCapture(facts), `Up to ${left(capturableAmount(payment))} can be captured.`),
    possible(
      'cancel',
      whyNotCancel(facts),
      payment.status === 'authorized'
        ? `${left(capturableAmount(payment))} can be given back.`
        : 'Nothing was paid, so it can be canceled.',
    ),
    possible('refund', whyNotRefund(facts), `Up to ${left(refundableAmount(payment))} can be refunded.`),
    possible(
      'reverse',
      whyNotReverse(facts),
      `The whole capture can be undone until ${account?.reversalCutOff ?? 'the cut-off'}.`,
    ),
    possible(
      'sync',
      facts.latestAttempt === null ? 'No attempt was made, so there is nothing to ask about.' : null,
      'The provider can be asked at any time.',
    ),
  ];
}

function possible(action: Possible['action'], whyNot: string | null, why: string): Possible {
  return { action, allowed: whyNot === null, why: whyNot ?? why };
}

function whyNotConfirm({ payment, now, whyNoAccount }: ExplainFacts): string | null {
  return refusalOf(() => checkPayable(payment, now)) ?? whyNoAccount;
}

function whyNotCapture(facts: ExplainFacts): string | null {
  const { payment, account } = facts;
  const amount = atLeastOne(capturableAmount(payment));
  const its = { amount, madeBy: 'tenant', final: true } as const;
  return (
    refusalOf(() => decideCaptureRequest(payment, newCapture(payment, placeOf(facts), making(facts), its))) ??
    (account?.canCapture === false ? 'This provider takes money with the authorization only.' : null)
  );
}

/** Of a payment under way, the attempt is ended first, where the provider lets it. */
function whyNotCancel(facts: ExplainFacts): string | null {
  const { payment, account, latestAttempt } = facts;
  const state: PaymentState = {
    payment,
    attempt: latestAttempt,
    capture: null,
    refund: null,
    reversal: null,
    dispute: null,
  };
  if (payment.status === 'authorized') {
    if (account?.canRelease === false) return 'This provider does not release authorizations.';
    if (latestAttempt?.releaseRequestedAt != null) return 'The authorization is being given back already.';
    return refusalOf(() => decideSignal(state, { kind: 'release_requested' }, making(facts)));
  }
  const endable = latestAttempt?.state === 'requires_action' || latestAttempt?.state === 'pending';
  if (payment.status === 'processing' && endable && account?.canCancel === true) return null;
  if (payment.status === 'canceled') return 'It is canceled already.';
  return refusalOf(() => decideSignal(state, { kind: 'cancel_requested' }, making(facts)));
}

function whyNotRefund(facts: ExplainFacts): string | null {
  const { payment, account } = facts;
  const its = { madeBy: 'tenant', reason: '', reference: null, amount: atLeastOne(refundableAmount(payment)) } as const;
  const refund = newRefund(payment, placeOf(facts), making(facts), its);
  return refusalOf(() => decideRefundRequest(payment, refund, account?.refund ?? false));
}

function whyNotReverse({ payment, account, now }: ExplainFacts): string | null {
  const refusal = whyNotReversible(payment);
  if (refusal !== null) return refusal;
  if (account?.canReverse !== true || account.reversalCutOff === null) {
    return 'This provider account makes no reversals; refund the payment.';
  }
  const isOver = Temporal.Instant.compare(now, account.reversalCutOff) >= 0;
  return isOver ? `The provider reversed this until ${account.reversalCutOff}; refund the payment.` : null;
}

/** The sentence a decision refuses with; null where it does not. Anything else that breaks is a fault of ours. */
function refusalOf(decide: () => unknown): string | null {
  try {
    decide();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** Nothing decided here is written, so nothing made here needs a name of its own. */
function making({ now }: ExplainFacts): Circumstances {
  return {
    now,
    source: 'tenant',
    policy: { lateSuccess: 'accept', duplicatePayment: 'refund' },
    newId: (prefix) => prefix,
  };
}

function placeOf({ latestAttempt }: ExplainFacts): { readonly attemptId: string; readonly providerAccountId: string } {
  return latestAttempt ?? { attemptId: '', providerAccountId: '' };
}

/** Where nothing is left, the least that could be asked for is refused with the right sentence. */
function atLeastOne(amount: bigint): bigint {
  return amount > 0n ? amount : 1n;
}
