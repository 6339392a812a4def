import type { Prices, TaxGroup } from './compute-totals.ts';
import { taxOf } from './compute-totals.ts';
import { type Rounding, shareOut } from './rounding.ts';
import { taxKey } from './tax.ts';

/** What is left of each rate of an invoice after the credit notes that were issued for it. */
export function remainingOf(invoiced: readonly TaxGroup[], credited: readonly TaxGroup[]): readonly TaxGroup[] {
  return invoiced.map((group) => {
    const taken = credited.filter(({ tax }) => taxKey(tax) === taxKey(group.tax));
    return {
      tax: group.tax,
      net: taken.reduce((rest, { net }) => rest - net, group.net),
      taxAmount: taken.reduce((rest, { taxAmount }) => rest - taxAmount, group.taxAmount),
    };
  });
}

/**
 * Takes a sum off one rate. Tax is rounded for each credit note by itself, so that several could take a unit more or less
 * than the invoice has: whoever takes all that is left gets exactly that, and nobody gets more.
 * @returns null where less than that is left
 */
export function creditGroup(remaining: TaxGroup, sum: bigint, prices: Prices, rounding: Rounding): TaxGroup | null {
  const { tax, net: netLeft, taxAmount: taxLeft } = remaining;
  const rounded = taxOf(sum, tax.rate, prices, rounding);
  if (prices === 'net') {
    if (sum > netLeft) return null;
    return { tax, net: sum, taxAmount: sum === netLeft || rounded > taxLeft ? taxLeft : rounded };
  }
  if (sum > netLeft + taxLeft) return null;
  const least = sum > netLeft ? sum - netLeft : 0n;
  const taxAmount = rounded < least ? least : rounded > taxLeft ? taxLeft : rounded;
  return { tax, net: sum - taxAmount, taxAmount };
}

/**
 * Takes a gross amount, such as that of a refund, off all rates in the proportion of what is left of them.
 * @returns null where less than that is left
 */
export function creditAmount(
  remaining: readonly TaxGroup[],
  amount: bigint,
  rounding: Rounding,
): readonly TaxGroup[] | null {
  const left = remaining.map(({ net, taxAmount }) => net + taxAmount);
  if (amount > left.reduce((one, other) => one + other, 0n)) return null;
  const shares = shareOut(amount, left);
  return remaining
    .map((group, index) => creditGroup(group, shares[index] ?? 0n, 'gross', rounding))
    .filter((group) => group !== null && group.net + group.taxAmount > 0n) as readonly TaxGroup[];
}
