import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { newReconciledAccount } from './account.ts';
import type { ReconciliationContext } from './context.ts';
import type { ReconciliationException, Resolution } from './exception.ts';
import { type ExceptionObject, exceptionJson } from './reconciliation-json.ts';
import { lockReconciled } from './store-accounts.ts';
import { acceptLine, putExceptions, selectException } from './store-exceptions.ts';
import type { Owner } from './store-statements.ts';

interface ResolveRequest {
  readonly exceptionId: string;
  readonly resolution: Exclude<Resolution, 'matched_later'>;
  readonly note: string;
}

/**
 * Records what a person decided. Nothing is posted and no payment moves by it; the difference stays in the proof, as one
 * that was accepted. A line is never looked at again; an operation is, should a statement say something new of it.
 * @throws Problem not_found, state_conflict, idempotency_key_reused
 */
export async function resolveException(
  context: ReconciliationContext,
  caller: TenantCaller,
  { exceptionId, resolution, note }: ResolveRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<ExceptionObject>> {
  const { tenantId, mode, actor } = caller;
  const before = await readException(context.database.query, caller, exceptionId);
  const scope = { tenantId, mode, route: 'resolveReconciliationException' };
  return runOnce(context, scope, idempotency, async (tx) => {
    const now = context.clock.now();
    await lockReconciled(tx, newReconciledAccount(before, now));
    const exception = await readException(tx, caller, exceptionId);
    if (exception.state === 'resolved') {
      throw new Problem('state_conflict', `This was resolved at ${exception.resolvedAt}: ${exception.resolution}.`);
    }
    const decided = {
      state: 'resolved',
      resolution,
      note,
      resolvedBy: actor,
      resolvedAt: now,
      updatedAt: now,
    } as const;
    const resolved: ReconciliationException = { ...exception, ...decided };
    await putExceptions(tx, [resolved]);
    // Which of two ways of telling a line is right says nothing of what the line is about.
    if (exception.subjectNoun === 'line' && exception.kind !== 'conflicting_line') await acceptLine(tx, exception, now);
    return { status: 200, body: exceptionJson(resolved) };
  });
}

/** A tenant's exception; another tenant's looks like one that does not exist. @throws Problem not_found */
export async function readException(
  db: Queryable,
  owner: Owner,
  exceptionId: string,
): Promise<ReconciliationException> {
  const exception = await selectException(db, owner, exceptionId);
  if (exception === null) throw new Problem('not_found', 'There is no such exception.');
  return exception;
}
