import type { PaymentContext } from './context.ts';
import { type AnyOperation, dispatchOperation } from './dispatch-operation.ts';
import { nextOperationSyncAt } from './operation.ts';
import { selectAttempt } from './store.ts';
import { scheduleOperationSync } from './store-due-work.ts';
import { syncAttempt } from './sync-attempt.ts';

/**
 * Finds out what came of a capture, refund or reversal: one that the provider acknowledged is asked about, any other is
 * sent again with its own key. The next try is scheduled beforehand, so that one that breaks is not hammered.
 */
export async function syncOperation(context: PaymentContext, operation: AnyOperation): Promise<void> {
  const db = context.database.query;
  const tries = operation.syncTries + 1;
  const clock = await context.tenantClocks.of(operation.tenantId, operation.mode);
  const dueAt = nextOperationSyncAt(tries, clock.now());
  await scheduleOperationSync(db, operation, { dueAt, tries });
  if (operation.dispatch !== 'acknowledged') return dispatchOperation(context, operation);
  const attempt = await selectAttempt(db, operation.tenantId, operation.attemptId);
  if (attempt !== null) await syncAttempt(context, attempt, 'poll');
}
