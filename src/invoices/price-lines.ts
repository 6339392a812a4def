import { present } from '../kernel/assert.ts';
import { AMOUNT_MAX, amountFromJson } from '../kernel/money.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import { computeTotals, lineAmount, type Prices, type Totals } from './compute-totals.ts';
import type { InvoiceLine } from './invoice.ts';
import { type GivenLine, LINES_MAX } from './invoice-shape.ts';
import type { InvoicingSettings } from './invoicing-settings.ts';
import { parseQuantity } from './quantity.ts';
import type { Rounding } from './rounding.ts';
import { parseRate, taxKey } from './tax.ts';

export interface PricedLines {
  readonly lines: readonly InvoiceLine[];
  /** Of each line, in the terms of its price. */
  readonly amounts: readonly bigint[];
  readonly totals: Totals;
}

interface Pricing {
  readonly prices: Prices;
  readonly rounding: Rounding;
}

/** Reads and sums up lines as they were sent. @throws Problem validation_failed naming every line that breaks a rule */
export function priceLines(
  given: readonly GivenLine[],
  settings: Pick<InvoicingSettings, 'taxes'>,
  pricing: Pricing,
): PricedLines {
  const offered = new Set(settings.taxes.map(({ category, rate }) => taxKey(taxOf(category, rate))));
  const lines = given.map(lineFrom);
  const amounts = lines.map((line) => lineAmount(line, pricing.rounding));
  const errors = lines.flatMap((line, index): FieldError[] => {
    const amount = present(amounts[index], 'the amount');
    if (!offered.has(taxKey(line.tax))) return [broken(index, 'taxRate', 'Must be one of the taxes in your settings')];
    if (amount < 1n) return [broken(index, 'discount', 'Must leave at least one minor unit of the line')];
    if (amount > AMOUNT_MAX) return [broken(index, 'unitAmount', `A line is at most ${AMOUNT_MAX} minor units`)];
    return [];
  });
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  return sumUp(lines, pricing);
}

/** Sums up lines that may stand. @throws Problem validation_failed where they are too many, or too much together */
export function sumUp(lines: readonly InvoiceLine[], pricing: Pricing): PricedLines {
  if (lines.length > LINES_MAX) {
    const detail = `An invoice has at most ${LINES_MAX} lines`;
    throw new Problem('validation_failed', undefined, { errors: [{ pointer: '/lines', detail }] });
  }
  const amounts = lines.map((line) => lineAmount(line, pricing.rounding));
  const totals = computeTotals(lines, pricing.prices, pricing.rounding);
  if (totals.gross > AMOUNT_MAX) {
    const detail = `All lines together are at most ${AMOUNT_MAX} minor units`;
    throw new Problem('validation_failed', undefined, { errors: [{ pointer: '/lines', detail }] });
  }
  return { lines, amounts, totals };
}

function lineFrom(given: GivenLine): InvoiceLine {
  return {
    description: given.description,
    sku: given.sku ?? null,
    unit: given.unit,
    quantity: present(parseQuantity(given.quantity), 'a quantity that was checked'),
    per: present(parseQuantity(given.per), 'a quantity that was checked'),
    unitAmount: amountFromJson(given.unitAmount),
    discount: amountFromJson(given.discount),
    tax: taxOf(given.taxCategory, given.taxRate),
  };
}

function taxOf(category: GivenLine['taxCategory'], rate: string) {
  return { category, rate: present(parseRate(rate), 'a rate that was checked') };
}

function broken(index: number, member: string, detail: string): FieldError {
  return { pointer: `/lines/${index}/${member}`, detail };
}
