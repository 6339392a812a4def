import { crashPoint } from '../platform/crash-point.ts';
import { type OpenAccount, openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { CreateAnswer, CreateInput } from '../providers/provider.ts';
import type { SignalOptions, SignalResult } from './apply-signal.ts';
import type { Attempt } from './attempt.ts';
import { openRequest } from './attempt-request.ts';
import type { PaymentContext } from './context.ts';
import type { Signal } from './signal.ts';

interface Sending extends Pick<SignalOptions, 'known' | 'answer'> {
  /** The step that is answered: the second one, or anything else that was asked about the attempt. */
  readonly step?: 'complete';
}

/** Sends an attempt's request to its provider, whose intent is committed. What came of it is not yet anywhere. */
export async function callProvider({ provider, call }: OpenAccount, request: CreateInput): Promise<CreateAnswer> {
  crashPoint('attempt-unsent');
  const answer = await provider.create(call, request);
  crashPoint('attempt-answered');
  return answer;
}

/**
 * Sends an attempt's request once more and applies the answer. The request is the stored one and its key is the attempt's
 * id, so sending it again, also after a crash, never starts a second attempt there.
 * Returns null where the repeat brought no news, or nothing is to be repeated any more.
 */
export async function repeatAttempt(context: PaymentContext, attempt: Attempt): Promise<SignalResult | null> {
  if (attempt.state === 'dispatched' && !(await putInDoubt(context, attempt))) return null;
  const opened = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  const answer = await callProvider(opened, await openRequest(context.sealer, attempt));
  return applyAnswer(context, attempt, answer, 'repeat');
}

/**
 * Whoever sent the first request may still be at it, and may hear that it was not sent; that would be true of the first
 * and say nothing of ours. So the attempt is in doubt before ours goes out, and nobody starts another in its place.
 */
async function putInDoubt(context: PaymentContext, attempt: Attempt): Promise<boolean> {
  const { attemptId } = attempt;
  const reason = 'sent again, since nobody had said what came of the first request';
  const doubted = await context.applySignal(attempt, 'poll', { kind: 'attempt_unknown', attemptId, reason });
  return doubted.attempt?.attemptId === attemptId && doubted.attempt.state === 'unknown';
}

/** Applies a provider's answer about an attempt to its payment. */
export async function applyAnswer(
  context: PaymentContext,
  attempt: Attempt,
  answer: CreateAnswer,
  send: 'first' | 'repeat',
  { step, ...options }: Sending = {},
): Promise<SignalResult | null> {
  // A repeat that was not sent, or came back in doubt, says nothing about the request before it.
  if (send === 'repeat' && (answer.kind === 'not_sent' || answer.kind === 'unknown')) return null;
  return context.applySignal(attempt, 'provider_answer', signalOf(attempt.attemptId, answer, step), options);
}

function signalOf(attemptId: string, answer: CreateAnswer, step: Sending['step']): Signal {
  const about = step === undefined ? { attemptId } : { attemptId, step };
  switch (answer.kind) {
    case 'answered':
      return { kind: 'attempt_reported', ...about, providerRef: answer.providerRef, report: answer.report };
    case 'refused':
      return { kind: 'attempt_refused', ...about, code: answer.code, message: answer.message };
    case 'not_sent':
      return { kind: 'attempt_not_sent', ...about, reason: answer.reason };
    case 'unknown':
      return { kind: 'attempt_unknown', ...about, reason: answer.reason };
  }
}
