import { newId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { ReconciledAccount } from './account.ts';
import type { AccountPlace, ReconciliationContext } from './context.ts';
import { bookedAmount } from './operation.ts';
import { type Report, unexplainedOf } from './report.ts';
import { selectReconciled } from './store-accounts.ts';
import { selectOperations } from './store-matching.ts';
import { putReports, selectNamedDifferences, selectSums, selectUnchecked } from './store-reports.ts';

/** Transfers of one statement. */
const AT_ONCE = 5_000;

/**
 * The proof of the day, for each currency of an account: what the ledger says the provider owes is what its statements say
 * less what it paid out, but for what is still in transit and the differences that have a name. Everything is read anew
 * from the rows, as of one snapshot. What nothing explains is a fault, and told to the operators.
 */
export async function proveAccount(context: ReconciliationContext, place: AccountPlace): Promise<readonly Report[]> {
  const clock = await context.tenantClocks.of(place.tenantId, place.mode);
  const asOf = clock.now();
  const now = context.clock.now();
  const reports = await context.database.query
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const account = await selectReconciled(tx, place);
      if (account === null) return [];
      const inTransit = await sumInTransit(tx, account);
      return (await selectSums(tx, account)).map((sums): Report => {
        const proof = { ...sums, inTransit: inTransit.get(sums.currency) ?? 0n };
        return {
          ...place,
          ...proof,
          reportId: newId('rr', { now: () => now }),
          day: asOf.toString().slice(0, 10),
          asOf,
          unexplained: unexplainedOf(proof),
          createdAt: now,
        };
      });
    });
  await putReports(context.database.query, reports);
  for (const { tenantId, providerAccountId, currency, unexplained } of reports) {
    if (unexplained === 0n) continue;
    context.log.error({ tenantId, providerAccountId, currency, unexplained }, 'The books of an account do not add up');
  }
  return reports;
}

/**
 * What is booked of operations that need not be on a statement yet, less what statements say of them all the same, and
 * less what an exception says already.
 */
async function sumInTransit(tx: Queryable, account: ReconciledAccount): Promise<ReadonlyMap<string, bigint>> {
  const sums = new Map<string, bigint>();
  const counted = new Set<string>();
  for (let after = account.checkedUntil; ; ) {
    const { subjectIds, last } = await selectUnchecked(tx, account, { after, limit: AT_ONCE });
    if (last === null) return sums;
    after = last;
    const fresh = subjectIds.filter((id) => !counted.has(id));
    for (const id of fresh) counted.add(id);
    const named = await selectNamedDifferences(tx, account.tenantId, fresh);
    for (const operation of await selectOperations(tx, account, fresh)) {
      const { id, currency, said } = operation;
      const silent = bookedAmount(operation) - said.gross - (named.get(id) ?? 0n);
      sums.set(currency, (sums.get(currency) ?? 0n) + silent);
    }
  }
}
