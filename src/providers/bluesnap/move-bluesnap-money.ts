import type { Money } from '../../kernel/money.ts';
import type {
  AttemptRef,
  CaptureAnswer,
  CaptureInput,
  CreateAnswer,
  NotSent,
  RefundAnswer,
  RefundInput,
  Refused,
  Unknown,
} from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { amountFromBluesnap, amountToBluesnap } from './bluesnap-amount.ts';
import { askBluesnap, type BluesnapCall, type Done, idempotencyKeyOf, refusalOf } from './bluesnap-client.ts';
import { wireRefund } from './bluesnap-wire.ts';
import {
  askRefundId,
  CAPTURE_ID_KEY,
  findTransaction,
  REFUND_ID_KEY,
  readTransaction,
  refundReportOf,
  type Transaction,
} from './find-bluesnap-transaction.ts';

/**
 * Captures an authorization, once: BlueSnap takes no second capture. Phases: find the transaction, whose own id a capture
 * needs; where it is captured already, that is ours if it says so or is of our amount; else capture. A refusal because
 * another request was faster is looked into once more.
 * https://developers.bluesnap.com/v8976-JSON/reference/capture
 */
export async function captureAtBluesnap(call: BluesnapCall, input: CaptureInput): Promise<CaptureAnswer> {
  if (!input.final) return refused('capture_not_final', 'BlueSnap captures an authorization once');
  const amount = amountToBluesnap(input.amount);
  if (amount === null) return refused('amount_not_supported', 'BlueSnap cannot carry this amount in this currency');
  const found = await findOwn(call, input);
  if (found.kind !== 'found') return found;
  if (found.type !== 'AUTH_ONLY') return captureFound(found, input);
  if (found.report.state !== 'authorized') return refused('not_authorized', 'The transaction is not authorized');
  if (isMore(input.amount, found.amount)) {
    return refused('amount_not_available', 'The authorization is of less, or in another currency');
  }
  const meta = { metaKey: CAPTURE_ID_KEY, metaValue: input.captureId, metaDescription: 'Capture' };
  const reply = await askBluesnap(call, {
    method: 'PUT',
    path: '/transactions',
    body: {
      cardTransactionType: 'CAPTURE',
      transactionId: found.transactionId,
      amount,
      transactionMetaData: { metaData: [meta] },
    },
  });
  if (reply.kind === 'failed' && reply.error.errorName === 'TRANSACTION_ALREADY_CAPTURED') {
    const again = await findOwn(call, input);
    return again.kind === 'found' ? captureFound(again, input) : again;
  }
  if (reply.kind === 'failed') return refusalOf(reply);
  if (reply.kind !== 'done') return reply;
  const made = readTransaction(reply.json, input.attemptId);
  if (made.kind !== 'found') return made;
  if (made.transactionId !== found.transactionId) return unknown('the answer is about another transaction');
  return captureMade(made, input);
}

/**
 * Gives back an authorization that was not captured; one that was has nothing left to give back.
 * https://developers.bluesnap.com/v8976-JSON/reference/auth-reversal
 */
export async function releaseAtBluesnap(call: BluesnapCall, attempt: AttemptRef): Promise<CreateAnswer> {
  const found = await findOwn(call, attempt);
  if (found.kind !== 'found') return found;
  if (found.type !== 'AUTH_ONLY') return releaseAnswer(found, attempt);
  if (found.report.state !== 'authorized') return refused('not_authorized', 'The transaction is not authorized');
  const body = { cardTransactionType: 'AUTH_REVERSAL', transactionId: found.transactionId };
  const reply = await askBluesnap(call, { method: 'PUT', path: '/transactions', body });
  if (reply.kind === 'failed') {
    // Another request may have been faster; then the transaction says so, and otherwise the refusal stands.
    const again = await findOwn(call, attempt);
    if (again.kind !== 'found') return again;
    return again.type === 'AUTH_ONLY' ? refusalOf(reply) : releaseAnswer(again, attempt);
  }
  if (reply.kind !== 'done') return reply;
  const made = readTransaction(reply.json, attempt.attemptId);
  if (made.kind !== 'found') return made;
  if (made.transactionId !== found.transactionId) return unknown('the answer is about another transaction');
  return releaseAnswer(made, attempt);
}

/**
 * Refunds, once per refund id. Phases: find the transaction and look for the refund among those it has, since idempotency
 * keys are forgotten after 24 hours; then refund, under the refund's id as idempotency key.
 * https://developers.bluesnap.com/v8976-JSON/reference/refund
 */
export async function refundAtBluesnap(call: BluesnapCall, input: RefundInput): Promise<RefundAnswer> {
  const amount = amountToBluesnap(input.amount);
  if (amount === null) return refused('amount_not_supported', 'BlueSnap cannot carry this amount in this currency');
  const found = await findOwn(call, input);
  if (found.kind !== 'found') return found;
  for (const each of found.refunds) {
    const named = await askRefundId(call, each.refundTransactionId);
    if (named.kind === 'unknown') return named;
    if (named.refundId !== input.refundId) continue;
    if (!isSame(each.amount, input.amount)) return unknown('the refund was made with another amount');
    return { kind: 'answered', refund: refundReportOf(each, named.refundId) };
  }
  if (found.report.state !== 'captured') return refused('not_captured', 'The transaction is not captured');
  if (isMore(input.amount, found.amount)) {
    return refused('amount_not_available', 'The transaction is of less, or in another currency');
  }
  const meta = { metaKey: REFUND_ID_KEY, metaValue: input.refundId, metaDescription: 'Refund' };
  const reply = await askBluesnap(call, {
    method: 'POST',
    path: `/transactions/refund/${found.transactionId}`,
    idempotencyKey: idempotencyKeyOf(input.refundId),
    body: {
      amount,
      ...(input.reason === undefined ? {} : { reason: input.reason.slice(0, 4_000) }),
      cancelSubscriptions: false,
      transactionMetaData: { metaData: [meta] },
    },
  });
  if (reply.kind === 'failed') return refusalOf(reply);
  return reply.kind === 'done' ? refundAnswer(reply, input) : reply;
}

/** The transaction of an attempt of which there must be one. */
async function findOwn(call: BluesnapCall, attempt: AttemptRef): Promise<Transaction | Refused | NotSent | Unknown> {
  const found = await findTransaction(call, attempt);
  return found.kind === 'not_found' ? refused('transaction_not_found', 'BlueSnap knows no such transaction') : found;
}

/** What was captured before this request: by an earlier one for the same capture, or by somebody else. */
function captureFound(found: Transaction, input: CaptureInput): CaptureAnswer {
  const { report, captureId, amount } = found;
  if (report.state === 'pending') return unknown('the capture is not decided');
  if (report.state !== 'captured') return refused('not_authorized', 'The authorization is over');
  const isOurs = captureId === null ? isSame(amount, input.amount) : captureId === input.captureId;
  if (!isOurs) return refused('already_captured', 'Another capture has taken the authorization');
  return captureMade(found, input);
}

function captureMade({ type, report, amount, transactionId }: Transaction, { captureId, ...input }: CaptureInput) {
  const isMade = (type === 'CAPTURE' || type === 'AUTH_CAPTURE') && report.state === 'captured';
  if (!isMade || !isSame(amount, input.amount)) return unknown('the answer is about another capture');
  const capture = { captureId, providerRef: transactionId, amount, final: true, state: 'succeeded' } as const;
  return { kind: 'answered', capture } as const;
}

/** An answer that leaves the authorization standing is none. */
function releaseAnswer({ report }: Transaction, { attemptId }: AttemptRef): CreateAnswer {
  const isOver = report.state === 'canceled' || report.state === 'captured';
  return isOver
    ? { kind: 'answered', providerRef: attemptId, report }
    : unknown(`the transaction is ${report.state} after a release`);
}

function refundAnswer({ json }: Done, { amount, refundId }: RefundInput): RefundAnswer {
  const parsed = wireRefund.safeParse(json);
  if (!parsed.success) return unknown('the answer is no refund');
  const { refundTransactionId: providerRef, refundStatus, ...told } = parsed.data;
  if (told.currency !== undefined && told.currency !== amount.currency)
    return unknown('the answer has another currency');
  if (told.amount !== undefined && amountFromBluesnap(told.amount, amount.currency) !== amount.amount) {
    return unknown('the answer has another amount');
  }
  const state = refundStatus === 'PENDING' ? 'pending' : 'succeeded';
  return { kind: 'answered', refund: { refundId, providerRef, amount, state } };
}

function isSame(one: Money, other: Money): boolean {
  return one.amount === other.amount && one.currency === other.currency;
}

function isMore(wanted: Money, there: Money): boolean {
  return wanted.currency !== there.currency || wanted.amount > there.amount;
}
