import { lowestId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import { newReconciledAccount, type ReconciledAccount } from './account.ts';
import type { AccountPlace, ReconciliationContext } from './context.ts';
import { judgeOperation } from './judge-operation.ts';
import { lockReconciled, updateReconciled } from './store-accounts.ts';
import { selectExceptionsOf, selectOpenOperations } from './store-exceptions.ts';
import { selectNextMovements, selectOperations } from './store-matching.ts';
import { type Told, tell, writeFindings } from './write-findings.ts';

/** Transfers, or exceptions, of one transaction. */
const AT_ONCE = 1_000;

/**
 * Looks at the next movements of the ledger that must be on a statement by now, once each: what is not there, or not with
 * its amount, becomes an exception. Goes by the statements' reach and not by the day, so that a listing that could not be
 * had makes nothing missing. Returns whether there may be more.
 */
export async function checkNextMovements(context: ReconciliationContext, place: AccountPlace): Promise<boolean> {
  return inAccount(context, place, async (tx, account, clock) => {
    const { coveredUntil, missingAfterDays } = account;
    if (coveredUntil === null) return null;
    const before = lowestId('tr', coveredUntil.subtract({ hours: 24 * missingAfterDays }));
    const after = account.checkedUntil;
    // A test clock that was released went back in time, and the ledger with it.
    if (after > lowestId('tr', clock.now())) {
      await updateReconciled(tx, { ...account, checkedUntil: before });
      return null;
    }
    const { subjectIds, lastTransferId } = await selectNextMovements(tx, account, { after, before, limit: AT_ONCE });
    if (lastTransferId === null) return null;
    await updateReconciled(tx, { ...account, checkedUntil: lastTransferId });
    return { subjectIds, more: true };
  });
}

/** Looks again at operations with open exceptions, from after one; closes what has become right. Returns where it ended. */
export async function recheckOperations(
  context: ReconciliationContext,
  place: AccountPlace,
  after: string,
): Promise<string | null> {
  let last: string | null = null;
  await inAccount(context, place, async (tx, account) => {
    const open = await selectOpenOperations(tx, account, { after, limit: AT_ONCE });
    last = open.at(-1)?.exceptionId ?? null;
    return { subjectIds: [...new Set(open.map(({ subjectId }) => subjectId))], more: last !== null };
  });
  return last;
}

type Choose = (
  tx: Queryable,
  account: ReconciledAccount,
  clock: TenantClock,
) => Promise<{ readonly subjectIds: readonly string[]; readonly more: boolean } | null>;

/** One transaction that holds the account: chooses operations, judges them as due, and writes what comes of it. */
async function inAccount(context: ReconciliationContext, place: AccountPlace, choose: Choose): Promise<boolean> {
  const clock = await context.tenantClocks.of(place.tenantId, place.mode);
  const now = context.clock.now();
  const outcome = await context.database.transaction(async (tx) => {
    const account = await lockReconciled(tx, newReconciledAccount(place, now));
    const chosen = await choose(tx, account, clock);
    if (chosen === null) return null;
    const operations = await selectOperations(tx, account, chosen.subjectIds);
    const judged = operations.map((operation) => ({
      operation,
      judgment: judgeOperation(operation, { isDue: true, expectedFee: account.expectedFee }),
    }));
    const told: Told = await writeFindings(
      tx,
      place,
      {
        ...{ lines: [], transfers: [], paid: [], returned: [], mismatches: [] },
        judged,
        known: await selectExceptionsOf(tx, place.tenantId, chosen.subjectIds),
      },
      { now, clock },
    );
    return { more: chosen.more, told };
  });
  if (outcome === null) return false;
  tell(context, outcome.told);
  return outcome.more;
}
