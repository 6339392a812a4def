import { BEANS, KETTLE, MUG, POUR_OVER } from './drawings.ts';
import type { Html } from './html.ts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly line: string;
  /** Minor units: 950 is 9.50. */
  readonly amount: number;
  readonly drawing: Html;
}

export const CURRENCY = 'EUR';

export const PRODUCTS: readonly Product[] = [
  {
    id: 'hill-blend',
    name: 'Hill blend, 250 g',
    line: 'Whole beans. Hazelnut first, then plum.',
    amount: 950,
    drawing: BEANS,
  },
  {
    id: 'stoneware-mug',
    name: 'Stoneware mug',
    line: 'Holds a generous cup and keeps it warm.',
    amount: 1800,
    drawing: MUG,
  },
  {
    id: 'pour-over-set',
    name: 'Pour-over set',
    line: 'Dripper, carafe and forty paper filters.',
    amount: 3850,
    drawing: POUR_OVER,
  },
  {
    id: 'gooseneck-kettle',
    name: 'Gooseneck kettle',
    line: 'Pours a thin, steady stream, for the patient.',
    amount: 6400,
    drawing: KETTLE,
  },
];

/** `1250 EUR` → `€12.50`. Exact: Intl formats the decimal text, not a float. */
export function formatPrice(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const text = String(amount).padStart(digits + 1, '0');
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return format.format(decimal as Intl.StringNumericLiteral);
}
