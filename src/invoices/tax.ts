/**
 * Why a line is taxed as it is, in the words of EN 16931's code list (UNTDID 5305), which the XML carries.
 * https://docs.peppol.eu/poacc/billing/3.0/codelist/UNCL5305/
 */
export const TAX_CATEGORIES = {
  standard: { code: 'S', hasRate: true },
  zero: { code: 'Z', hasRate: false },
  exempt: { code: 'E', hasRate: false },
  reverse_charge: { code: 'AE', hasRate: false },
  intra_community: { code: 'K', hasRate: false },
  export: { code: 'G', hasRate: false },
  outside_scope: { code: 'O', hasRate: false },
} as const satisfies Record<string, { readonly code: string; readonly hasRate: boolean }>;
export type TaxCategory = keyof typeof TAX_CATEGORIES;

/** A category and its rate, in thousandths of a percent: 19 % is 19,000. */
export interface Tax {
  readonly category: TaxCategory;
  readonly rate: number;
}

/** All of it: a hundred percent in thousandths. */
export const WHOLE = 100_000n;

/** `"19"`, `"5.5"` → 19,000, 5,500; null for what is no rate with at most three decimals up to 100. */
export function parseRate(text: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(text);
  if (match === null) return null;
  const rate = Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
  return rate <= Number(WHOLE) ? rate : null;
}

/** 19,000 → `"19"`, 5,500 → `"5.5"`: without zeros that say nothing. */
export function rateText(rate: number): string {
  const decimals = (rate % 1000).toString().padStart(3, '0').replace(/0+$/, '');
  return `${Math.floor(rate / 1000)}${decimals === '' ? '' : `.${decimals}`}`;
}

/** Lines with the same key are taxed as one. */
export function taxKey({ category, rate }: Tax): string {
  return `${category} ${rate}`;
}
