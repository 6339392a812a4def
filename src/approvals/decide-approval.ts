import { scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { type Approval, stateAt } from './approval.ts';
import { type RunContext, runApproved } from './run-approved.ts';
import { decide, selectApproval } from './store.ts';

/**
 * Approves of what somebody else asked for, and runs it. Phases: decide, under compare-and-set; run, with the approval's id
 * as the idempotency key; note how it ended. A crash in between leaves it approved, and the worker runs it again.
 * @throws Problem not_found, state_conflict, forbidden
 */
export async function approve(
  context: RunContext,
  caller: TenantCaller,
  { approvalId, note }: { readonly approvalId: string; readonly note: string | null },
): Promise<{ readonly approval: Approval; readonly result: unknown }> {
  const waiting = await findWaiting(context, caller, approvalId);
  refuseApprover(caller, waiting);
  await decideOnce(context, waiting, { state: 'approved', by: caller.actor, note });
  const result = await runApproved(context, waiting);
  return { approval: await find(context, caller, approvalId), result };
}

/** Rejects what was asked for; whoever asked may do so as well. @throws Problem not_found, state_conflict */
export async function reject(
  context: RunContext,
  caller: TenantCaller,
  { approvalId, note }: { readonly approvalId: string; readonly note: string | null },
): Promise<Approval> {
  const waiting = await findWaiting(context, caller, approvalId);
  await decideOnce(context, waiting, { state: 'rejected', by: caller.actor, note });
  return find(context, caller, approvalId);
}

/** A second person means a person, another one, and one who might have asked for it. The database checks the second too. */
function refuseApprover(
  { person, actor, scopes }: TenantCaller,
  { requestedBy, requestedFor, permission }: Approval,
): void {
  if (person === null) throw new Problem('forbidden', 'Only somebody who has signed in can approve.');
  if (actor === requestedBy || actor === requestedFor) {
    throw new Problem('forbidden', 'Somebody else has to approve of what you asked for.');
  }
  if (scopeCovers(scopes, permission)) return;
  throw new Problem('forbidden', `Approving of this needs ${permission} as well.`);
}

async function findWaiting(context: RunContext, caller: TenantCaller, approvalId: string): Promise<Approval> {
  const approval = await find(context, caller, approvalId);
  const state = stateAt(approval, context.clock.now());
  if (state === 'requested') return approval;
  throw new Problem('state_conflict', `This is ${state} already.`, { members: { state } });
}

async function decideOnce(
  { database, clock }: RunContext,
  approval: Approval,
  decision: Parameters<typeof decide>[2],
): Promise<void> {
  if (await decide(database.query, approval, decision, clock.now())) return;
  throw new Problem('state_conflict', 'Somebody else has just decided about this, or its time is over.');
}

async function find({ database }: RunContext, caller: TenantCaller, approvalId: string): Promise<Approval> {
  const approval = await selectApproval(database.query, caller, approvalId);
  if (approval === null) throw new Problem('not_found', 'There is no such approval.');
  return approval;
}
