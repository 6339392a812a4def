import type { Mode } from '../kernel/caller.ts';
import type { StatementLine } from './line.ts';

/** What a provider sent to the tenant's bank. */
export interface Payout {
  readonly tenantId: string;
  readonly payoutId: string;
  readonly mode: Mode;
  readonly providerAccountId: string;
  readonly statementId: string;
  readonly lineId: string;
  /** The provider's name; unique within the account. */
  readonly payoutRef: string;
  readonly status: 'paid' | 'returned';
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly currency: string;
  readonly paidAt: Temporal.Instant;
  readonly returnedAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** A bank may send a payout back, days later. */
export const PAYOUT_TRANSITIONS: Readonly<Record<Payout['status'], readonly Payout['status'][]>> = {
  paid: ['returned'],
  returned: [],
};

/** What a payout line makes of the payout of its name; `second`: that was paid by another line before. */
export type PayoutNews =
  | { readonly kind: 'paid' | 'returned'; readonly payout: Payout }
  | { readonly kind: 'second' }
  | { readonly kind: 'unknown' };

/** Reads a payout line beside what is known under its name. A positive one brings a payout back. */
export function readPayout(
  line: StatementLine,
  known: Payout | null,
  { now, payoutId }: { readonly now: Temporal.Instant; readonly payoutId: string },
): PayoutNews {
  if (line.gross >= 0n) {
    const isWhole = known !== null && known.amount === line.gross && known.currency === line.currency;
    if (!isWhole || known.status === 'returned') return { kind: 'unknown' };
    const returned = { ...known, status: 'returned', returnedAt: line.occurredAt, updatedAt: now } as const;
    return { kind: 'returned', payout: returned };
  }
  if (known !== null) return { kind: 'second' };
  const { tenantId, mode, providerAccountId, statementId, lineId, currency } = line;
  return {
    kind: 'paid',
    payout: {
      ...{ tenantId, mode, providerAccountId, statementId, lineId, currency, payoutId },
      payoutRef: payoutRefOf(line),
      status: 'paid',
      amount: -line.gross,
      paidAt: line.occurredAt,
      returnedAt: null,
      createdAt: now,
      updatedAt: now,
    },
  };
}

/** Files may name a payout by its line alone. */
export function payoutRefOf({ payoutRef, lineRef }: Pick<StatementLine, 'payoutRef' | 'lineRef'>): string {
  return payoutRef ?? lineRef;
}
