import { z } from 'zod';
import type { Mode } from '../kernel/caller.ts';
import type { ExpectedFee } from './judge-operation.ts';

/** How the statements of a provider account are read, and how far they have been. */
export interface ReconciledAccount {
  readonly tenantId: string;
  readonly providerAccountId: string;
  readonly mode: Mode;
  /** `off`: only on demand, or by upload. */
  readonly listing: 'daily' | 'off';
  /** So many days after an operation it must be on a statement. */
  readonly missingAfterDays: number;
  readonly expectedFee: ExpectedFee | null;
  /** Automatic listings have been read up to here; null: none was. */
  readonly listedUntil: Temporal.Instant | null;
  /** Statements reach to here; null: there are none. */
  readonly coveredUntil: Temporal.Instant | null;
  /** The last ledger transfer that was looked for on them; empty: none was. */
  readonly checkedUntil: string;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** Card money is in the books two days later, and a weekend may lie between. */
const MISSING_AFTER_DAYS = 5;

export const expectedFee = z.strictObject({
  basisPoints: z.int().min(0).max(10_000).meta({ description: 'Of the amount; 150 is 1.5 %.' }),
  fixed: z.int().min(0).max(1_000_000).default(0).meta({ description: 'Minor units of the currency charged.' }),
  tolerance: z.int().min(0).max(1_000_000).default(0).meta({ description: 'Minor units either way.' }),
});

/** An account nobody has set anything of. */
export function newReconciledAccount(
  its: Pick<ReconciledAccount, 'tenantId' | 'providerAccountId' | 'mode'>,
  now: Temporal.Instant,
): ReconciledAccount {
  return {
    ...its,
    listing: 'daily',
    missingAfterDays: MISSING_AFTER_DAYS,
    expectedFee: null,
    listedUntil: null,
    coveredUntil: null,
    checkedUntil: '',
    createdAt: now,
    updatedAt: now,
  };
}
