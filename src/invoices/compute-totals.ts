import { divideRounded, type Rounding, shareOut } from './rounding.ts';
import { type Tax, taxKey, WHOLE } from './tax.ts';

/** Whether the prices of lines are before tax or have it in them. */
export const PRICES = ['net', 'gross'] as const;
export type Prices = (typeof PRICES)[number];

/** What a line costs: a price for so many units, and what is taken off. Amounts in minor units. */
export interface PricedLine {
  readonly tax: Tax;
  /** In ten-thousandths, as `per`: how many units the price is for. */
  readonly quantity: bigint;
  readonly per: bigint;
  readonly unitAmount: bigint;
  readonly discount: bigint;
}

/** What is taxed at one rate for one reason. */
export interface TaxGroup {
  readonly tax: Tax;
  readonly net: bigint;
  readonly taxAmount: bigint;
}

export interface Totals {
  /** Of each line, before tax, in the order of the lines: those of a group sum up to its net amount. */
  readonly lineNets: readonly bigint[];
  readonly groups: readonly TaxGroup[];
  readonly net: bigint;
  readonly taxAmount: bigint;
  readonly gross: bigint;
}

/** What a line costs in the terms of its price, rounded once; negative where more is taken off than there is. */
export function lineAmount({ unitAmount, quantity, per, discount }: PricedLine, rounding: Rounding): bigint {
  return divideRounded(unitAmount * quantity, per, rounding) - discount;
}

/**
 * Sums up an invoice as EN 16931 does (BR-CO-10 to BR-CO-17): lines are rounded, then tax is rounded once for each rate.
 * Of prices that have the tax in them, it is taken out of the sum of a rate, and the lines share what is left.
 * https://docs.peppol.eu/poacc/billing/3.0/bis/#_calculation_of_totals
 */
export function computeTotals(lines: readonly PricedLine[], prices: Prices, rounding: Rounding): Totals {
  const amounts = lines.map((line) => lineAmount(line, rounding));
  const groups = [...groupsOf(lines)].map(([tax, members]) => {
    const sum = sumOf(members.map((index) => amounts[index] ?? 0n));
    const taxAmount = taxOf(sum, tax.rate, prices, rounding);
    return { tax, net: prices === 'net' ? sum : sum - taxAmount, taxAmount };
  });
  return totalsOf(lines, amounts, groups);
}

/** The totals of lines whose rates have been summed up; the lines of each share its net amount by their own. */
export function totalsOf(
  lines: readonly PricedLine[],
  amounts: readonly bigint[],
  groups: readonly TaxGroup[],
): Totals {
  const lineNets = [...amounts];
  const nets = new Map(groups.map(({ tax, net }) => [taxKey(tax), net]));
  for (const [tax, members] of groupsOf(lines)) {
    const shares = shareOut(
      nets.get(taxKey(tax)) ?? 0n,
      members.map((index) => amounts[index] ?? 0n),
    );
    for (const [place, index] of members.entries()) lineNets[index] = shares[place] ?? 0n;
  }
  const net = sumOf(groups.map((group) => group.net));
  const taxAmount = sumOf(groups.map((group) => group.taxAmount));
  return { lineNets, groups, net, taxAmount, gross: net + taxAmount };
}

/** The tax on a sum that is before it, or in a sum that has it in it. */
export function taxOf(sum: bigint, rate: number, prices: Prices, rounding: Rounding): bigint {
  const parts = BigInt(rate);
  return divideRounded(sum * parts, prices === 'net' ? WHOLE : WHOLE + parts, rounding);
}

function groupsOf(lines: readonly PricedLine[]): Iterable<readonly [Tax, number[]]> {
  const groups = new Map<string, readonly [Tax, number[]]>();
  for (const [index, { tax }] of lines.entries()) {
    const key = taxKey(tax);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [tax, [index]]);
    else known[1].push(index);
  }
  return groups.values();
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((one, other) => one + other, 0n);
}
