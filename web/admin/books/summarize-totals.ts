import type { PeriodTotal } from '../../../sdk/src/api.generated.ts';

/** What a month moved in one currency, over all provider accounts; minor units. */
export interface MonthSummary {
  readonly currency: string;
  readonly gross: number;
  readonly refunds: number;
  readonly fees: number;
  readonly disputed: number;
  readonly net: number;
  readonly paidOut: number;
  /** What providers owe when the month is over. */
  readonly owed: number;
}

/** What is left of sales after everything that was taken from them. */
export function netOf(sums: Pick<MonthSummary, 'gross' | 'refunds' | 'fees' | 'disputed'>): number {
  return sums.gross - sums.refunds - sums.fees - sums.disputed;
}

/** The totals of a month as finance reads them: one summary for each currency, never across them. */
export function summarizeTotals(totals: readonly PeriodTotal[]): readonly MonthSummary[] {
  const byCurrency = Map.groupBy(totals, ({ currency }) => currency);
  return [...byCurrency].map(([currency, ofCurrency]) => {
    const moved = (account: PeriodTotal['account']) =>
      sumOf(ofCurrency, account, ({ opening, closing }) => closing - opening);
    const sums = {
      gross: moved('sales'),
      refunds: moved('refunds'),
      fees: moved('fees'),
      disputed: moved('disputed_funds'),
    };
    const owed = sumOf(ofCurrency, 'provider_receivable', ({ closing }) => closing);
    return { currency, ...sums, net: netOf(sums), paidOut: moved('bank_clearing'), owed };
  });
}

function sumOf(
  totals: readonly PeriodTotal[],
  account: PeriodTotal['account'],
  read: (total: PeriodTotal) => number,
): number {
  return totals.filter((one) => one.account === account).reduce((sum, one) => sum + read(one), 0);
}
