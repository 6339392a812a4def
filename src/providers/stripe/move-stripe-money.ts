import type { CaptureAnswer, CaptureInput, NotSent, RefundAnswer, RefundInput, Refused, Unknown } from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { findIntent, listRefunds, readAttempt } from './retrieve-stripe-attempt.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import { askStripe, isAboutKey, type StripeAddress, stripePath } from './stripe-client.ts';
import type { StripeCall } from './stripe-credentials.ts';
import { attemptIdOf, captureReports, intentIdOf, refundReport } from './stripe-reports.ts';
import { type WireIntent, type WireRefund, wireIntent, wireRefund } from './stripe-wire.ts';

const REASON_LENGTH_MAX = 500;

/**
 * Captures, once: Stripe gives the rest back. Capturing several times is for accounts that have agreed on it, and is not
 * offered here (https://docs.stripe.com/payments/multicapture). Phases: look, since Stripe forgets a key after a day and
 * repeats a failure until then; only then capture, with its id as the key.
 */
export async function captureAtStripe(
  address: StripeAddress,
  call: StripeCall,
  input: CaptureInput,
): Promise<CaptureAnswer> {
  const amount = toStripeAmount(input.amount);
  if (amount === null) return refused('amount_not_representable', 'Stripe cannot take this amount in this currency');
  const found = await readAttempt(address, call, input);
  if (found.kind !== 'found') return notLookedUp(found);
  const { intent, report } = found;
  if (intent === null) return refused('nothing_paid', 'Nobody has paid in this session');
  if (report.state === 'captured') {
    const isOwn = intent.metadata.capture_id === input.captureId;
    return isOwn
      ? captureIn(intent, input)
      : refused('already_captured', 'Stripe captures once and gives the rest back');
  }
  if (!input.final && intent.amount !== amount) {
    return refused('multiple_captures_not_supported', 'Stripe captures once and gives the rest back');
  }
  const reply = await askStripe(address, call, {
    method: 'POST',
    path: stripePath('payment_intents', intent.id, '/capture'),
    idempotencyKey: input.captureId,
    form: { amount_to_capture: amount.toString(), 'metadata[capture_id]': input.captureId },
  });
  if (reply.kind === 'declined') return refused('declined', 'The capture was declined');
  if (reply.kind !== 'ok') return reply;
  const parsed = wireIntent.safeParse(reply.body);
  return parsed.success ? captureIn(parsed.data, input) : unknown('the answer is no PaymentIntent');
}

/** What comes of a question that stood before the request itself, which was not sent. */
function notLookedUp(found: Refused | NotSent | Unknown): Refused | NotSent {
  if (found.kind === 'not_sent') return found;
  if (found.kind === 'unknown') return { kind: 'not_sent', reason: found.reason };
  // What an earlier request may have done is then not known either.
  return isAboutKey(found) ? { kind: 'not_sent', reason: found.code } : found;
}

/** An answer counts only if it is about this very capture. */
function captureIn(intent: WireIntent, { attemptId, captureId, amount }: CaptureInput): CaptureAnswer {
  if (attemptIdOf(intent) !== attemptId) return unknown('the answer is about another PaymentIntent');
  const [capture] = captureReports(intent) ?? [];
  if (capture === undefined) return unknown(`the PaymentIntent is ${intent.status} after a capture`);
  if (capture.captureId !== captureId) return unknown('the answer is about another capture');
  if (capture.amount.amount !== amount.amount || capture.amount.currency !== amount.currency) {
    return unknown('the answer has another amount');
  }
  return { kind: 'answered', capture };
}

/**
 * Refunds. Phases: find the PaymentIntent; look whether the refund is there already, since Stripe forgets a key after a
 * day and the gateway asks for longer; only then send it, with its id as the key.
 */
export async function refundAtStripe(
  address: StripeAddress,
  call: StripeCall,
  input: RefundInput,
): Promise<RefundAnswer> {
  const amount = toStripeAmount(input.amount);
  if (amount === null) return refused('amount_not_representable', 'Stripe cannot take this amount in this currency');
  const found = await findIntent(address, call, input);
  if (found.kind !== 'found') return notLookedUp(found);
  const { intentId } = found;
  const listed = await listRefunds(address, call, intentId);
  if (listed.kind !== 'listed') return { kind: 'not_sent', reason: listed.reason };
  const there = listed.items.find(({ metadata }) => metadata?.refund_id === input.refundId);
  if (there !== undefined) return refundIn(there, intentId, input);
  const reply = await askStripe(address, call, {
    method: 'POST',
    path: '/v1/refunds',
    idempotencyKey: input.refundId,
    form: {
      payment_intent: intentId,
      amount: amount.toString(),
      'metadata[attempt_id]': input.attemptId,
      'metadata[refund_id]': input.refundId,
      'metadata[reason]': input.reason?.slice(0, REASON_LENGTH_MAX),
    },
  });
  if (reply.kind === 'declined') return refused('declined', 'The refund was declined');
  if (reply.kind !== 'ok') return reply;
  const parsed = wireRefund.safeParse(reply.body);
  return parsed.success ? refundIn(parsed.data, intentId, input) : unknown('the answer is no refund');
}

/** An answer counts only if it is about this very refund. */
function refundIn(refund: WireRefund, intentId: string, input: RefundInput): RefundAnswer {
  const isMeant = intentIdOf(refund.payment_intent) === intentId && refund.metadata?.refund_id === input.refundId;
  if (!isMeant || refund.metadata?.attempt_id !== input.attemptId) return unknown('the answer is about another refund');
  const told = fromStripeAmount(refund.amount, refund.currency);
  const report = refundReport(refund);
  if (report === null || told?.amount !== input.amount.amount || told.currency !== input.amount.currency) {
    return unknown('the answer has another amount');
  }
  return { kind: 'answered', refund: report };
}
