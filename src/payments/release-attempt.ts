import { crashPoint } from '../platform/crash-point.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { type Attempt, attemptRefOf, nextReleaseAt } from './attempt.ts';
import type { PaymentContext } from './context.ts';
import { applyAnswer } from './dispatch-attempt.ts';
import { clockOfAttempt } from './read-payment.ts';
import { scheduleAttemptSync } from './store-due-work.ts';

/**
 * Has the provider give back what is authorized and not captured, and applies its answer. A release asks for a state and
 * not for a movement, so repeating it is harmless; without an answer it is repeated on a schedule.
 */
export async function releaseAttempt(context: PaymentContext, attempt: Attempt): Promise<void> {
  const { attemptId } = attempt;
  const { provider, call } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  crashPoint('release-unsent');
  const answer = (await provider.release?.(call, attemptRefOf(attempt))) ?? {
    kind: 'refused' as const,
    code: 'not_supported',
    message: 'This provider does not release authorizations.',
  };
  crashPoint('release-answered');
  switch (answer.kind) {
    case 'answered':
      await applyAnswer(context, attempt, answer, 'repeat');
      break;
    case 'refused':
      await context.applySignal(attempt, 'provider_answer', { kind: 'release_refused', attemptId, code: answer.code });
      break;
    default: {
      const tries = attempt.syncTries + 1;
      const clock = await clockOfAttempt(context, attempt);
      const dueAt = nextReleaseAt(tries, clock.now());
      await scheduleAttemptSync(context.database.query, attempt, { dueAt, tries });
    }
  }
}
