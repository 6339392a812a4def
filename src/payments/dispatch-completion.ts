import { crashPoint } from '../platform/crash-point.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { CompleteInput, Refused } from '../providers/provider.ts';
import type { SignalResult } from './apply-signal.ts';
import { type Attempt, attemptRefOf } from './attempt.ts';
import { openCompletion } from './attempt-completion.ts';
import { openRequest } from './attempt-request.ts';
import type { PaymentContext } from './context.ts';
import { applyAnswer } from './dispatch-attempt.ts';

/** What an adapter that has lost its second step would say. */
const UNSUPPORTED: Refused = {
  kind: 'refused',
  code: 'not_supported',
  message: 'This provider has no second step.',
};

/**
 * Sends the second step of an attempt and applies the answer. What is sent was committed before, and its key is the
 * attempt's id, so sending it again, also after a crash, never charges twice. Returns null where a repeat brought no news.
 */
export async function dispatchCompletion(
  context: PaymentContext,
  attempt: Attempt,
  send: 'first' | 'repeat',
): Promise<SignalResult | null> {
  const { provider, call } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  const input: CompleteInput = {
    ...attemptRefOf(attempt),
    created: await openRequest(context.sealer, attempt),
    clientData: await openCompletion(context.sealer, attempt),
  };
  crashPoint('completion-unsent');
  const answer = (await provider.complete?.(call, input)) ?? UNSUPPORTED;
  crashPoint('completion-answered');
  return applyAnswer(context, attempt, answer, send, { step: 'complete' });
}
