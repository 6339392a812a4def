import { crashPoint } from '../platform/crash-point.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
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

interface FirstSending extends Pick<SignalOptions, 'known' | 'answer'> {
  /** What was just sealed into the attempt, for whoever still has it; else it is opened again. */
  readonly request?: CreateInput | undefined;
}

/**
 * Sends an attempt's request to its provider and applies the answer. The request is the stored one and its key is the
 * attempt's id, so sending it again, also after a crash, never starts a second attempt there.
 * Returns null where a repeat brought no news.
 */
export async function dispatchAttempt(
  context: PaymentContext,
  attempt: Attempt,
  send: 'first' | 'repeat',
  { request, ...options }: FirstSending = {},
): Promise<SignalResult | null> {
  const { provider, call } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  crashPoint('attempt-unsent');
  const answer = await provider.create(call, request ?? (await openRequest(context.sealer, attempt)));
  crashPoint('attempt-answered');
  return applyAnswer(context, attempt, answer, send, options);
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
