import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { type Attempt, attemptRefOf } from './attempt.ts';
import type { PaymentContext } from './context.ts';
import { applyAnswer } from './dispatch-attempt.ts';

/** Has an attempt without money ended at its provider, where that can be, and applies the answer. */
export async function cancelAttempt(context: PaymentContext, attempt: Attempt): Promise<void> {
  const { provider, call } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  const answer = await provider.cancel?.(call, attemptRefOf(attempt));
  // A refusal to cancel is no word about the attempt itself.
  if (answer?.kind === 'answered') await applyAnswer(context, attempt, answer, 'repeat');
}
