import { lowestId } from '../kernel/id.ts';
import type { ReconciledAccount } from './account.ts';
import type { Statement } from './statement.ts';

/**
 * The account once a statement's lines are all stored. The first one says from when on movements are looked for on
 * statements: of those before it nobody ever had one. A line that is dated into the future makes nothing missing.
 */
export function extendCoverage(
  account: ReconciledAccount,
  { periodFrom, periodTo, updatedAt }: Pick<Statement, 'periodFrom' | 'periodTo' | 'updatedAt'>,
  present: Temporal.Instant,
): ReconciledAccount {
  const { coveredUntil, checkedUntil } = account;
  const end = Temporal.Instant.compare(periodTo, present) > 0 ? present : periodTo;
  const reaches = coveredUntil === null || Temporal.Instant.compare(end, coveredUntil) > 0;
  return {
    ...account,
    coveredUntil: reaches ? end : coveredUntil,
    checkedUntil: coveredUntil === null ? lowestId('tr', periodFrom) : checkedUntil,
    updatedAt,
  };
}
