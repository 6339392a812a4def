import type { PaymentContext } from './context.ts';
import { type AnyOperation, dispatchOperation } from './dispatch-operation.ts';
import { nextOperationSyncAt } from './operation.ts';
import { selectAttempt } from './store.ts';
import { scheduleOperationSync } from './store-due-work.ts';
import { syncAttempt } from './sync-attempt.ts';

/**
 * Finds out what came of a capture, refund or reversal: one that the provider acknowledged is asked about, any other is
 * sent again with its own key. Without news the next try is scheduled.
 */
export async function syncOperation(context: PaymentContext, operation: AnyOperation): Promise<void> {
  if (operation.dispatch === 'acknowledged') {
    const attempt = await selectAttempt(context.database.query, operation.tenantId, operation.attemptId);
    if (attempt !== null) await syncAttempt(context, attempt, 'poll');
  } else {
    await dispatchOperation(context, operation);
  }
  const tries = operation.syncTries + 1;
  const dueAt = nextOperationSyncAt(tries, context.clock.now());
  await scheduleOperationSync(context.database.query, operation, { dueAt, tries });
}
