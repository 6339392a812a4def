import type { ProviderAccount, RoutingChanges } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { amountFromJson, toDecimal } from '../../../src/kernel/money.ts';
import { linesOf } from '../form/lines.ts';
import { parseAmount } from '../form/parse-amount.ts';

export interface AmountRow {
  currency: string;
  min: string;
  max: string;
}

/** The rules of an account as people type them. */
export interface RulesForm {
  priority: string;
  weight: string;
  currencies: string;
  methods: string;
  amounts: AmountRow[];
}

export function valuesOf({ priority, routing }: Pick<ProviderAccount, 'priority' | 'routing'>): RulesForm {
  const decimal = (minor: number | undefined, currency: string) =>
    minor === undefined ? '' : toDecimal({ amount: amountFromJson(minor), currency });
  return {
    priority: String(priority),
    weight: routing.weight === null ? '' : String(routing.weight),
    currencies: routing.currencies?.join(', ') ?? '',
    methods: routing.methods?.join(', ') ?? '',
    amounts: Object.entries(routing.amounts ?? {}).map(([currency, { min, max }]) => ({
      currency,
      min: decimal(min, currency),
      max: decimal(max, currency),
    })),
  };
}

/** The whole of the rules, as they are sent; the number of a row that is no amount where one is not. */
export function rulesOf({ weight, currencies, methods, amounts: rows }: RulesForm): RoutingChanges | number {
  const amounts = amountsOf(rows);
  if (typeof amounts === 'number') return amounts;
  const listOrNull = (text: string) => (linesOf(text).length === 0 ? null : linesOf(text));
  return {
    weight: weight.trim() === '' ? null : Number(weight),
    currencies: listOrNull(currencies.toUpperCase()),
    methods: listOrNull(methods),
    amounts,
  };
}

function amountsOf(rows: readonly AmountRow[]): NonNullable<RoutingChanges['amounts']> | null | number {
  const amounts: Record<string, { min?: number; max?: number }> = {};
  for (const [index, row] of rows.entries()) {
    const currency = row.currency.trim().toUpperCase();
    if (!isCurrency(currency) || currency in amounts) return index;
    const [min, max] = [row.min, row.max].map((text) => (text.trim() === '' ? undefined : parseAmount(text, currency)));
    if (min === null || max === null) return index;
    amounts[currency] = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  }
  return rows.length === 0 ? null : amounts;
}
