import type {
  NotSent,
  OperationReport,
  RefundAnswer,
  RefundInput,
  Refused,
  ReversalAnswer,
  ReversalInput,
  Unknown,
} from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { type Asked, codeOf, type FoundTransaction, findCode, findTransaction } from './find-scantopay-transaction.ts';
import { wireAmountOf } from './scantopay-amount.ts';
import { askScantopay, type ScantopayLine } from './scantopay-client.ts';
import { refundOf, reversalOf } from './scantopay-reports.ts';
import type { PaymentMeaning } from './scantopay-states.ts';
import { wireTaken } from './scantopay-wire.ts';

/**
 * Refunds a payment whole. A refund has no key at the provider, and only one of everything cannot be repeated there: a
 * second one exceeds what is left. Phases: find the payment, refund it; a refusal that may be about an earlier copy of
 * the request asks again. The end comes by notification.
 * Source: https://developer.scantopay.io/docs/refunds-and-reversals-business-rules
 */
export async function refundAtScantopay(line: ScantopayLine, input: RefundInput): Promise<RefundAnswer> {
  const { refundId } = input;
  const made = await giveBack(line, input, {
    read: (found) => refundFound(line, input, found),
    send: (paymentId) => ({
      method: 'POST',
      path: `/pluto/purchase/${paymentId}/refund`,
      body: { amount: wireAmountOf(input.amount) },
    }),
    report: refundOf,
    doneBefore: new Set(['already_refunded', 'amount_exceeded', 'invalid_amount']),
  });
  return made.kind === 'made' ? { kind: 'answered', refund: { refundId, ...made.report } } : made;
}

/**
 * Reverses a payment, which is whole and once by nature. Phases as with a refund.
 * Source: https://developer.scantopay.io/docs/refunds-and-reversals
 */
export async function reverseAtScantopay(line: ScantopayLine, input: ReversalInput): Promise<ReversalAnswer> {
  const { reversalId } = input;
  const made = await giveBack(line, input, {
    read: async (found) => reversalFound(input, found),
    send: (paymentId) => ({ method: 'DELETE', path: `/pluto/purchase/${paymentId}` }),
    report: reversalOf,
    doneBefore: new Set(['already_reversed']),
  });
  return made.kind === 'made' ? { kind: 'answered', reversal: { reversalId, ...made.report } } : made;
}

type Input = RefundInput | ReversalInput;
type Made = { readonly kind: 'made'; readonly report: OperationReport } | Refused | NotSent | Unknown;

interface Way {
  /** What the payment's present state makes of the wish; null: it can be sent. */
  readonly read: (found: FoundTransaction) => Promise<Made | null>;
  readonly send: (paymentId: string) => Parameters<typeof askScantopay>[1];
  readonly report: typeof refundOf;
  /** Refusals of a whole payment by which a copy of the request is told that another has come before it. */
  readonly doneBefore: ReadonlySet<string>;
}

async function giveBack(line: ScantopayLine, input: Input, way: Way): Promise<Made> {
  // A hosted checkout cannot be asked about; its notification has told the payment's number.
  if (codeOf(input) === null && input.chargeRef !== undefined)
    return giveBackByNumber(line, input, input.chargeRef, way);
  const asked = await findTransaction(line, input, input.amount);
  if (asked.kind !== 'found') return notFound(asked);
  const standing = await way.read(asked);
  if (standing !== null) return standing;
  const reply = await askScantopay(line, way.send(asked.paymentId));
  if (reply.kind === 'ok') {
    // Who repeats the request finds out by the payment's state.
    if (!wireTaken.safeParse(reply.body).success) return unknown('the answer does not say that it was taken');
    return { kind: 'made', report: way.report(asked.paymentId, input.amount, 'pending') };
  }
  if (reply.kind !== 'refused' || ABOUT_THIS_REQUEST.has(reply.code)) return reply;
  // The refusal may be of a second copy while the first is under way, which the payment's state then shows.
  const again = await findTransaction(line, input, input.amount);
  const now = again.kind === 'found' ? await way.read(again) : null;
  if (now !== null) return now;
  return MAYBE_OF_A_COPY.has(reply.code) || again.kind !== 'found'
    ? unknown('the provider refused what may have been asked for before')
    : reply;
}

/**
 * Gives a payment back of which nothing but its number is known. Whole, as all that is asked for here: a repeat is then
 * refused by words that say that it was done before, and is told as the first answer would have been. The end of both
 * comes by notification, under the same name.
 */
async function giveBackByNumber(line: ScantopayLine, { amount }: Input, paymentId: string, way: Way): Promise<Made> {
  const made: Made = { kind: 'made', report: way.report(paymentId, amount, 'pending') };
  const reply = await askScantopay(line, way.send(paymentId));
  if (reply.kind === 'ok') return made;
  if (reply.kind !== 'refused') return reply;
  if (way.doneBefore.has(reply.code)) return made;
  return reply.code === 'in_progress' ? unknown('the provider is at it, and does not say with what') : reply;
}

const MAYBE_OF_A_COPY: ReadonlySet<string> = new Set([
  'already_refunded',
  'already_reversed',
  'in_progress',
  'amount_exceeded',
  'invalid_amount',
]);

/** Refusals that are no less true of a request that came for the first time. */
const ABOUT_THIS_REQUEST: ReadonlySet<string> = new Set(['invalid_card', 'invalid_credentials', 'forbidden']);

function notFound(asked: Exclude<Asked, FoundTransaction>): Refused | NotSent | Unknown {
  switch (asked.kind) {
    case 'unpaid':
    case 'not_told':
      return refused('nothing_captured', 'Nothing was paid with this code');
    // The request itself was never sent.
    case 'unknown':
      return { kind: 'not_sent', reason: `finding the payment: ${asked.reason}` };
    default:
      return asked;
  }
}

async function refundFound(line: ScantopayLine, input: RefundInput, found: FoundTransaction): Promise<Made | null> {
  const { meaning, paymentId, wire } = found;
  if (meaning === null) return { kind: 'not_sent', reason: 'the payment is on its way' };
  if (meaning.of === 'reversal' && meaning.state === 'succeeded') {
    return refused('already_reversed', 'The payment is reversed');
  }
  if (meaning.of === 'payment' && !mayBePaid(meaning)) {
    return refused('nothing_captured', 'The payment was not taken');
  }
  const paid = meaning.of === 'refund' ? await paidWith(line, input) : found.amount.amount;
  if (typeof paid !== 'bigint') return paid;
  if (paid !== input.amount.amount) {
    return refused('partial_refund_not_supported', 'Only a refund of everything can be repeated safely');
  }
  if (meaning.of !== 'refund' || meaning.state === 'failed') return null;
  // Without the payment's own number it may be the payment that is shown, of which any part may be refunded.
  if (wire.originalTransactionId == null) return unknown('the answer does not say how much is refunded');
  return found.amount.amount === paid
    ? { kind: 'made', report: refundOf(paymentId, input.amount, 'succeeded') }
    : refused('partly_refunded', 'A part of the payment is refunded already');
}

/** What the payer was asked for, where the last transaction is a refund and has its own amount. */
async function paidWith(line: ScantopayLine, input: RefundInput): Promise<bigint | NotSent> {
  const found = await findCode(line, input, codeOf(input) ?? '');
  if (found.kind === 'code') return found.amount.amount;
  return { kind: 'not_sent', reason: `finding the code: ${found.kind === 'refused' ? found.code : found.reason}` };
}

function reversalFound(input: ReversalInput, { meaning, paymentId, amount }: FoundTransaction): Made | null {
  if (meaning === null) return { kind: 'not_sent', reason: 'the payment is on its way' };
  if (meaning.of === 'refund' && meaning.state === 'succeeded') {
    return refused('already_refunded', 'A payment of which something was refunded is not reversed');
  }
  if (meaning.of === 'payment' && !mayBePaid(meaning)) {
    return refused('nothing_captured', 'The payment was not taken');
  }
  if (meaning.of !== 'refund' && amount.amount !== input.amount.amount) {
    return refused('amount_mismatch', 'Only the whole payment is reversed');
  }
  return meaning.of === 'reversal' && meaning.state === 'succeeded'
    ? { kind: 'made', report: reversalOf(paymentId, input.amount, 'succeeded') }
    : null;
}

/** What is only perhaps a success is for the provider to refuse: giving nothing back harms nobody. */
function mayBePaid({ state }: PaymentMeaning): boolean {
  return state === 'captured' || state === 'perhaps_captured';
}
