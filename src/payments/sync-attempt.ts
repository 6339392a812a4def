import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { RetrieveAnswer } from '../providers/provider.ts';
import { type Attempt, attemptRefOf, hasLapsed, isCompletionOpen, isOpen, nextSyncAt } from './attempt.ts';
import { cancelAttempt } from './cancel-attempt.ts';
import type { PaymentContext } from './context.ts';
import { repeatAttempt } from './dispatch-attempt.ts';
import { dispatchCompletion } from './dispatch-completion.ts';
import { clockOfAttempt, readPaymentOfAttempt } from './read-payment.ts';
import { releaseAttempt } from './release-attempt.ts';
import type { Signal } from './signal.ts';
import { selectAttempt } from './store.ts';
import { scheduleAttemptSync } from './store-due-work.ts';

type Source = 'poll' | 'operator';

/**
 * Asks the provider where an attempt and its operations stand and applies the answer: the second net under
 * notifications, and the way out of every doubt. An attempt the provider does not know is sent again with the same key
 * and content, never anew; one whose second step it has not seen has that step sent again. Without news the next
 * question is scheduled. Harmless to run at any time and twice at once. Returns whether the provider answered.
 */
export async function syncAttempt(context: PaymentContext, attempt: Attempt, source: Source): Promise<boolean> {
  if (attempt.state === 'authorized' && attempt.releaseRequestedAt !== null) {
    await releaseAttempt(context, attempt);
  }
  try {
    return await askProvider(context, attempt, source);
  } finally {
    // Also where it broke: what fails for one attempt must not be the first in the queue for ever.
    if (isOpen(attempt)) await scheduleNext(context, attempt);
  }
}

async function askProvider(context: PaymentContext, attempt: Attempt, source: Source): Promise<boolean> {
  const { provider, call } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  const canAsk = attempt.providerRef !== null || provider.capabilities.retrieveBy.includes('attemptId');
  const answer = canAsk ? await provider.retrieve(call, attemptRefOf(attempt)) : { kind: 'not_found' as const };
  if (answer.kind === 'unknown') return false;
  if (isCompletionOpen(attempt)) {
    // Whoever still waits for the second step has not seen it.
    const isUnseen = answer.kind === 'not_found' || answer.report.state === 'requires_action';
    if (isUnseen) {
      await repeatCompletion(context, attempt);
      return canAsk;
    }
  }
  if (answer.kind === 'not_found') {
    await repeatUnknown(context, attempt);
    return canAsk;
  }
  for (const signal of await signalsOf(context, attempt, answer)) await context.applySignal(attempt, source, signal);
  return true;
}

/** What is being sent by its own request at this moment is left to it. */
async function repeatCompletion(context: PaymentContext, attempt: Attempt): Promise<void> {
  const now = (await clockOfAttempt(context, attempt)).now();
  const isBeingSent =
    attempt.state === 'completing' &&
    attempt.syncDueAt !== null &&
    Temporal.Instant.compare(now, attempt.syncDueAt) < 0;
  if (!isBeingSent) await dispatchCompletion(context, attempt, 'repeat');
}

/** An attempt that its provider does not know never reached it, or can still be begun there and nowhere else. */
async function repeatUnknown(context: PaymentContext, attempt: Attempt): Promise<void> {
  if (attempt.state === 'dispatched' || attempt.state === 'unknown') {
    await repeatAttempt(context, attempt);
  } else if (attempt.state === 'requires_action' && hasLapsed(attempt, context.clock)) {
    await cancelAttempt(context, attempt);
  }
}

/** The provider's whole picture as signals, what stands on something after what it stands on. */
async function signalsOf(
  context: PaymentContext,
  attempt: Attempt,
  answer: RetrieveAnswer & { kind: 'answered' },
): Promise<readonly Signal[]> {
  const { attemptId } = attempt;
  const { providerRef, report } = answer;
  const attemptSignal: Signal = { kind: 'attempt_reported', attemptId, providerRef, report };
  const captures = answer.captures.map((one): Signal => ({ kind: 'capture_reported', attemptId, report: one }));
  const first: Signal[] = [];
  if (report.state === 'captured' && captures.length > 0 && attempt.state !== 'authorized') {
    // Captures are of an authorization, which the final state no longer tells.
    const { amount, currency } = await readPaymentOfAttempt(context.database.query, attempt);
    const authorized = { state: 'authorized', amount: { amount, currency } } as const;
    first.push({ kind: 'attempt_reported', attemptId, providerRef, report: authorized });
  }
  // Every end of an authorization stands on what was captured of it; only its beginning comes before.
  const capturesFirst = report.state !== 'authorized';
  return [
    ...first,
    ...(capturesFirst ? [...captures, attemptSignal] : [attemptSignal, ...captures]),
    ...answer.refunds.map((one): Signal => ({ kind: 'refund_reported', attemptId, report: one })),
    ...answer.reversals.map((one): Signal => ({ kind: 'reversal_reported', attemptId, report: one })),
    ...answer.disputes.map((one): Signal => ({ kind: 'dispute_reported', attemptId, report: one })),
  ];
}

/** Where the attempt is as it was, it is asked about again later. A changed one has its new time already. */
async function scheduleNext(context: PaymentContext, before: Attempt): Promise<void> {
  const { query } = context.database;
  const now = await selectAttempt(query, before.tenantId, before.attemptId);
  if (now === null || now.state !== before.state) return;
  const tries = before.syncTries + 1;
  const clock = await clockOfAttempt(context, before);
  const dueAt = nextSyncAt(before.state, tries, clock.now());
  if (dueAt !== null) await scheduleAttemptSync(query, before, { dueAt, tries });
}
