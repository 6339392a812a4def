import { type OperatorCaller, scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
import { type Approval, stateAt } from './approval.ts';
import { type RunContext, runApproved } from './run-approved.ts';
import { decide, selectApproval } from './store.ts';

type Decider = TenantCaller | OperatorCaller;

/** Whose approvals somebody may see and decide: a tenant's of one mode, or the installation's. */
export function ownerOf(caller: Decider): Pick<Approval, 'tenantId' | 'mode'> {
  return caller.by === 'tenant' ? caller : { tenantId: SYSTEM, mode: 'live' };
}

/**
 * Approves of what somebody else asked for, and runs it. Phases: decide, under compare-and-set; run, with the approval's id
 * as the idempotency key; note how it ended. A crash in between leaves it approved, and the worker runs it again.
 * @throws Problem not_found, state_conflict, forbidden
 */
export async function approve(
  context: RunContext,
  caller: Decider,
  { approvalId, note }: { readonly approvalId: string; readonly note: string | null },
): Promise<{ readonly approval: Approval; readonly result: unknown }> {
  const waiting = await findWaiting(context, caller, approvalId);
  refuseApprover(caller, waiting);
  await decideOnce(context, waiting, { state: 'approved', by: caller.actor, note });
  const result = await runApproved(context, { ...waiting, decidedBy: caller.actor });
  return { approval: await find(context, caller, approvalId), result };
}

/** Rejects what was asked for; whoever asked may do so as well. @throws Problem not_found, state_conflict */
export async function reject(
  context: RunContext,
  caller: Decider,
  { approvalId, note }: { readonly approvalId: string; readonly note: string | null },
): Promise<Approval> {
  const waiting = await findWaiting(context, caller, approvalId);
  await decideOnce(context, waiting, { state: 'rejected', by: caller.actor, note });
  return find(context, caller, approvalId);
}

/** A second person means a person, another one, and one who might have asked for it. The database checks the second too. */
function refuseApprover(decider: Decider, { requestedBy, requestedFor, permission }: Approval): void {
  const { person, actor } = decider;
  if (person === null) throw new Problem('forbidden', 'Only somebody who has signed in can approve.');
  if (actor === requestedBy || actor === requestedFor) {
    throw new Problem('forbidden', 'Somebody else has to approve of what you asked for.');
  }
  const rights = decider.by === 'tenant' ? decider.scopes : decider.permissions;
  if (scopeCovers(rights, permission)) return;
  throw new Problem('forbidden', `Approving of this needs ${permission} as well.`);
}

async function findWaiting(context: RunContext, caller: Decider, approvalId: string): Promise<Approval> {
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
  const now = clock.now();
  // A transaction of its own: the record has the decision as one entry, and what it leads to as another.
  if (await database.transaction((tx) => decide(tx, approval, decision, now))) return;
  throw new Problem('state_conflict', 'Somebody else has just decided about this, or its time is over.');
}

async function find({ database }: RunContext, caller: Decider, approvalId: string): Promise<Approval> {
  const approval = await selectApproval(database.query, ownerOf(caller), approvalId);
  if (approval === null) throw new Problem('not_found', 'There is no such approval.');
  return approval;
}
