import { crashPoint } from '../platform/crash-point.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { CreateAnswer, CreateInput } from '../providers/provider.ts';
import type { SignalOptions, SignalResult } from './apply-signal.ts';
import type { Attempt } from './attempt.ts';
import { openRequest } from './attempt-request.ts';
import type { PaymentContext } from './context.ts';
import type { Signal } from './signal.ts';

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
  options: Pick<SignalOptions, 'known' | 'answer'> = {},
): Promise<SignalResult | null> {
  // A repeat that was not sent, or came back in doubt, says nothing about the request before it.
  if (send === 'repeat' && (answer.kind === 'not_sent' || answer.kind === 'unknown')) return null;
  return context.applySignal(attempt, 'provider_answer', signalOf(attempt.attemptId, answer), options);
}

function signalOf(attemptId: string, answer: CreateAnswer): Signal {
  switch (answer.kind) {
    case 'answered':
      return { kind: 'attempt_reported', attemptId, providerRef: answer.providerRef, report: answer.report };
    case 'refused':
      return { kind: 'attempt_refused', attemptId, code: answer.code, message: answer.message };
    case 'not_sent':
      return { kind: 'attempt_not_sent', attemptId, reason: answer.reason };
    case 'unknown':
      return { kind: 'attempt_unknown', attemptId, reason: answer.reason };
  }
}
