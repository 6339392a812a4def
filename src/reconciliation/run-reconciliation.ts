import { forTenants } from '../platform/tenant-scope.ts';
import { type OpenAccount, openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { newReconciledAccount } from './account.ts';
import { newListing, openNextWindow } from './collect-listing.ts';
import type { ReconciliationContext } from './context.ts';
import { takeTurn } from './reconcile-account.ts';
import type { Report } from './report.ts';
import { lockReconciled, selectAccountIds } from './store-accounts.ts';
import { insertStatement, selectCollecting } from './store-statements.ts';

export interface Period {
  readonly from: Temporal.Instant;
  /** null: now. */
  readonly to: Temporal.Instant | null;
}

interface RunRequest {
  readonly tenantId: string;
  /** Only this one; every account of the tenant unless given. */
  readonly providerAccountId?: string | undefined;
  /** What to list; unless given, from where the last listing ended. */
  readonly period?: Period | undefined;
}

/** How one account came out. */
export interface AccountRun {
  readonly tenantId: string;
  readonly providerAccountId: string;
  readonly provider: string;
  readonly mode: string;
  readonly reports: readonly Report[];
  /** Why statements could not be read to their end. */
  readonly failures: readonly string[];
  readonly isRight: boolean;
}

/**
 * Reconciles a tenant's accounts now, to the end, beside whatever workers do. An account without any statement, at a
 * provider that lists none, has nothing to say and is left out.
 */
export function runReconciliation(context: ReconciliationContext, request: RunRequest): Promise<readonly AccountRun[]> {
  return forTenants([request.tenantId], () => runAll(context, request));
}

async function runAll(
  context: ReconciliationContext,
  { tenantId, providerAccountId, period }: RunRequest,
): Promise<readonly AccountRun[]> {
  const ids = await selectAccountIds(context.database.query, tenantId);
  const wanted = providerAccountId === undefined ? ids : ids.filter((id) => id === providerAccountId);
  const runs: AccountRun[] = [];
  for (const id of wanted) {
    const open = await openProviderAccount(context, tenantId, id);
    const run = await runAccount(context, open, period);
    if (run.reports.length > 0 || run.failures.length > 0) runs.push(run);
  }
  return runs;
}

async function runAccount(
  context: ReconciliationContext,
  open: OpenAccount,
  period: Period | undefined,
): Promise<AccountRun> {
  const { tenantId, providerAccountId, mode, provider } = open.account;
  if (open.provider.listSettlement !== undefined) {
    if (period === undefined) await openNextWindow(context, open, true);
    else await openListing(context, open, period);
  }
  let turn = await takeTurn(context, open);
  while (!turn.isDone) turn = await takeTurn(context, open);
  const failures = (await selectCollecting(context.database.query, open.account)).map(
    ({ statementId, lastError }) => `${statementId}: ${lastError ?? 'not read to its end'}`,
  );
  const isSound = turn.reports.every(({ unexplained, exceptionsOpen }) => unexplained === 0n && exceptionsOpen === 0);
  return {
    ...{ tenantId, providerAccountId, provider, mode, failures },
    reports: turn.reports,
    isRight: isSound && failures.length === 0,
  };
}

async function openListing(context: ReconciliationContext, { account }: OpenAccount, period: Period): Promise<void> {
  const { tenantId, providerAccountId, mode } = account;
  const place = { tenantId, providerAccountId, mode };
  const now = context.clock.now();
  await context.database.transaction(async (tx) => {
    await lockReconciled(tx, newReconciledAccount(place, now));
    await insertStatement(tx, newListing(place, { from: period.from, to: period.to ?? now, automatic: false }, now));
  });
}
