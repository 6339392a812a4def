import { inParallel } from '../platform/in-parallel.ts';
import type { PaymentContext } from './context.ts';
import { isInDoubt } from './operation.ts';
import type { Payment } from './payment.ts';
import { selectAttempts } from './store.ts';
import { selectAttemptsToAsk, selectPendingOperations } from './store-explanations.ts';
import { syncAttempt } from './sync-attempt.ts';
import { syncOperation } from './sync-operation.ts';

/** The sync worker has the rest; a request must end while somebody waits for it. */
const OPERATIONS_MAX = 12;
const CONCURRENCY = 4;

/**
 * Asks the provider about everything of a payment that is open: operations in doubt are sent again with their own keys,
 * then each attempt concerned is asked about once, whose answer tells of all its operations. What is being sent by its
 * own request at this moment is left to it. Harmless to run at any time and twice at once.
 */
export async function syncPayment(context: PaymentContext, payment: Payment): Promise<void> {
  const db = context.database.query;
  const now = (await context.tenantClocks.of(payment.tenantId, payment.mode)).now();
  const pending = await selectPendingOperations(db, payment);
  const inDoubt = pending.filter((operation) => isInDoubt(operation, now)).slice(0, OPERATIONS_MAX);
  await inParallel(inDoubt, CONCURRENCY, (operation) => syncOperation(context, operation));
  const open = await selectAttemptsToAsk(db, payment);
  const latest = payment.lastAttemptId === null ? [] : [payment.lastAttemptId];
  const concerned = [...open, ...pending].map(({ attemptId }) => attemptId);
  const attempts = await selectAttempts(db, payment.tenantId, [...new Set([...latest, ...concerned])]);
  await inParallel([...attempts.values()], CONCURRENCY, async (attempt) => {
    await syncAttempt(context, attempt, 'operator');
  });
}
