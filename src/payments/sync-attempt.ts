import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { applySignal } from './apply-signal.ts';
import { type Attempt, isOpen, nextSyncAt } from './attempt.ts';
import type { PaymentContext } from './context.ts';
import { applyAttemptSignal, dispatchAttempt } from './dispatch-attempt.ts';
import { selectAttempt } from './store.ts';
import { scheduleAttemptSync } from './store-due-work.ts';

/**
 * Asks the provider where an attempt stands and applies the answer: the second net under notifications, and the way
 * out of every doubt. An attempt the provider does not know is sent again with the same key and content, never anew.
 * Without news the next question is scheduled. Harmless to run at any time and twice at once.
 */
export async function syncAttempt(
  context: PaymentContext,
  attempt: Attempt,
  source: 'poll' | 'operator',
): Promise<void> {
  if (isOpen(attempt)) {
    await askProvider(context, attempt, source);
    await scheduleNext(context, attempt);
  } else {
    await askProvider(context, attempt, source);
  }
}

async function askProvider(context: PaymentContext, attempt: Attempt, source: 'poll' | 'operator'): Promise<void> {
  const { provider, call } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  const { attemptId, providerRef } = attempt;
  const canAsk = providerRef !== null || provider.capabilities.retrieveBy.includes('attemptId');
  const answer = canAsk
    ? await provider.retrieve(call, providerRef === null ? { attemptId } : { attemptId, providerRef })
    : { kind: 'not_found' as const };
  if (answer.kind === 'unknown') return;
  if (answer.kind === 'not_found') {
    const neverConfirmed = attempt.state === 'dispatched' || attempt.state === 'unknown';
    if (neverConfirmed) await dispatchAttempt(context, attempt, 'repeat');
    return;
  }
  await applyAttemptSignal(context, attempt, source, {
    kind: 'attempt_reported',
    attemptId,
    providerRef: answer.providerRef,
    report: answer.report,
  });
  for (const report of answer.refunds) {
    if (report.refundId === null) continue;
    const signal = { kind: 'refund_reported', refundId: report.refundId, report } as const;
    await applySignal({ db: context.database.query, clock: context.clock }, attempt, source, signal);
  }
  if (answer.refunds.length > 0) context.wakeRelay();
}

/** Where the attempt is as it was, it is asked about again later. A changed one has its new time already. */
async function scheduleNext({ database, clock }: PaymentContext, before: Attempt): Promise<void> {
  const now = await selectAttempt(database.query, before.tenantId, before.attemptId);
  if (now === null || now.state !== before.state) return;
  const tries = before.syncTries + 1;
  const dueAt = nextSyncAt(before.state, tries, clock.now());
  if (dueAt !== null) await scheduleAttemptSync(database.query, before, { dueAt, tries });
}
