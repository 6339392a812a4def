import { lowestId } from '../kernel/id.ts';
import type { ReconciledAccount } from './account.ts';
import type { Statement } from './statement.ts';

/**
 * The account once a statement's lines are all stored. The first one says from when on movements are looked for on
 * statements: of those before it nobody ever had one.
 */
export function extendCoverage(
  account: ReconciledAccount,
  { periodFrom, periodTo, updatedAt }: Pick<Statement, 'periodFrom' | 'periodTo' | 'updatedAt'>,
): ReconciledAccount {
  const { coveredUntil, checkedUntil } = account;
  const reaches = coveredUntil === null || Temporal.Instant.compare(periodTo, coveredUntil) > 0;
  return {
    ...account,
    coveredUntil: reaches ? periodTo : coveredUntil,
    checkedUntil: coveredUntil === null ? lowestId('tr', periodFrom) : checkedUntil,
    updatedAt,
  };
}
