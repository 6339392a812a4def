import type { TenantCaller } from '../kernel/caller.ts';
import { noteAct } from '../platform/act.ts';
import { addLaneWork } from '../platform/lanes.ts';
import { openOwnAccount } from '../provider-accounts/open-provider-account.ts';
import { newReconciledAccount, type ReconciledAccount } from './account.ts';
import type { ReconciliationContext } from './context.ts';
import { lockReconciled, selectReconciled, updateReconciled } from './store-accounts.ts';

type Changes = Partial<Pick<ReconciledAccount, 'listing' | 'missingAfterDays' | 'expectedFee'>>;

/** How an account is reconciled; the defaults where nobody has set anything. @throws Problem not_found */
export async function readReconciled(
  context: ReconciliationContext,
  caller: TenantCaller,
  providerAccountId: string,
): Promise<ReconciledAccount> {
  const { account } = await openOwnAccount(context, caller, providerAccountId);
  const { tenantId, mode, createdAt } = account;
  const known = await selectReconciled(context.database.query, account);
  return known ?? newReconciledAccount({ tenantId, providerAccountId, mode }, createdAt);
}

/** Changes how an account is reconciled; counts for what is looked at from then on. @throws Problem not_found */
export async function changeReconciled(
  context: ReconciliationContext,
  caller: TenantCaller,
  providerAccountId: string,
  changes: Changes,
): Promise<ReconciledAccount> {
  const { tenantId, mode } = await readReconciled(context, caller, providerAccountId);
  const now = context.clock.now();
  return context.database.transaction(async (tx) => {
    const account = await lockReconciled(tx, newReconciledAccount({ tenantId, providerAccountId, mode }, now));
    const changed = { ...account, ...changes, updatedAt: now };
    await updateReconciled(tx, changed);
    noteAct({ before: { ...account }, after: { ...changed } });
    // A listing that is switched on again is looked at now.
    await addLaneWork(tx, [{ kind: 'reconcile', laneId: providerAccountId, tenantId, dueAt: now }]);
    return changed;
  });
}
