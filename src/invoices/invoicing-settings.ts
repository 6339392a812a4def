import { z } from 'zod';
import { currency, line } from '../kernel/shapes.ts';
import { isCountryCode } from '../payments/address-format.ts';
import { isClearPrefix, type Numbering } from './invoice-number.ts';
import { ROUNDINGS } from './rounding.ts';
import { parseRate, TAX_CATEGORIES, type TaxCategory, taxKey } from './tax.ts';

export const INVOICE_KINDS = ['invoice', 'credit_note'] as const;
export type InvoiceKind = (typeof INVOICE_KINDS)[number];

/** The series of whoever names none. */
export const MAIN_SERIES = 'main';

const country = z.string().refine(isCountryCode, 'Must be an ISO 3166-1 code in capitals, such as DE');

export const postalAddress = z
  .strictObject({
    line1: line(100),
    line2: line(100).optional(),
    city: line(80),
    postalCode: line(20).optional(),
    region: line(80).optional(),
    country,
  })
  .meta({ id: 'PostalAddress' });

/** Of EU member states by their prefix, of others whatever they write; whether it exists is not asked of anybody. */
export const vatId = z
  .string()
  .regex(/^[A-Z]{2}[A-Z0-9+*.]{2,18}$/, 'Must be a VAT identifier such as DE123456789, without blanks')
  .meta({ description: 'With the prefix of its country.' });

export const seller = z
  .strictObject({
    name: line(120).meta({ description: 'The legal name.' }),
    tradingName: line(120).optional(),
    address: postalAddress,
    vatId: vatId.optional(),
    taxNumber: line(40).optional().meta({ description: 'Of the local tax office, for who has no VAT identifier.' }),
    registration: line(120).optional().meta({ description: 'Such as HRB 12345, Amtsgericht Berlin.' }),
    email: z.email('Must be an e-mail address').max(254).optional(),
    phone: line(40).optional(),
    iban: z
      .string()
      .regex(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/, 'Must be an IBAN without blanks')
      .refine(isIban, 'Has wrong check digits')
      .optional(),
    bic: z
      .string()
      .regex(/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'Must be a BIC')
      .optional(),
  })
  .meta({ id: 'Seller' });
export type Seller = z.output<typeof seller>;

export const taxCategory = z.enum(Object.keys(TAX_CATEGORIES) as [TaxCategory, ...TaxCategory[]]);
export const taxRate = z
  .string()
  .refine((text) => parseRate(text) !== null, 'Must be a percentage with three decimals at most, such as 19 or 5.5')
  .meta({ description: 'Percent, as text: 19, 5.5.' });

const offeredTax = z
  .strictObject({ name: line(60).optional(), category: taxCategory, rate: taxRate })
  .refine(({ category, rate }) => TAX_CATEGORIES[category].hasRate === (parseRate(rate) ?? 0) > 0, {
    path: ['rate'],
    error: 'Must be above 0 for standard and 0 for all other categories',
  });

export const series = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,19}$/, 'Must be 1 to 20 characters of a-z 0-9 _ and begin with a letter');

const numbering = z.strictObject({
  kind: z.enum(INVOICE_KINDS),
  series: series.default(MAIN_SERIES),
  prefix: z
    .string()
    .max(30)
    .refine(isClearPrefix, 'Must name {year}, hold A-Z a-z 0-9 . / _ - besides, and end with none of 0 to 9')
    .meta({ description: 'What stands before the number; {year} is the fiscal year. Test mode has TEST- in front.' }),
  digits: z.int().min(1).max(12).default(6),
});

/** What a tenant decides about its invoices. */
export const invoicingSettings = z
  .strictObject({
    seller,
    taxes: z
      .array(offeredTax)
      .min(1, 'Must have at least one entry')
      .max(50)
      .meta({ description: 'The rates there are: lines with others are refused.' }),
    taxCurrency: currency
      .optional()
      .meta({ description: 'What tax is declared in; invoices in other currencies say the tax in this one as well.' }),
    numbering: z
      .array(numbering)
      .max(20)
      .default([
        { kind: 'invoice', series: MAIN_SERIES, prefix: 'INV-{year}-', digits: 6 },
        { kind: 'credit_note', series: MAIN_SERIES, prefix: 'CN-{year}-', digits: 6 },
      ])
      .meta({ description: 'Counted without gaps by kind, series and fiscal year. No two have one prefix.' }),
    fiscalYearStart: z.int().min(1).max(12).default(1).meta({ description: 'Its first month.' }),
    timeZone: z
      .string()
      .refine(isTimeZone, 'Must be an IANA time zone such as Europe/Berlin')
      .default('UTC')
      .meta({ description: 'Whose days the documents are dated by.' }),
    rounding: z.enum(ROUNDINGS).default('half_up'),
    dueDays: z.int().min(0).max(365).default(14),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Must be a language tag')
      .default('en'),
    note: line(500).optional().meta({ description: 'Stands at the foot of every document.' }),
  })
  .superRefine(({ numbering: all, taxes }, context) => {
    for (const index of repeated(all.map(({ kind, series: of }) => `${kind} ${of}`)))
      context.addIssue({ code: 'custom', path: ['numbering', index], message: 'This kind and series stand twice' });
    for (const index of repeated(all.map(({ prefix }) => prefix)))
      context.addIssue({ code: 'custom', path: ['numbering', index, 'prefix'], message: 'This prefix stands twice' });
    for (const index of repeated(taxes.map(({ category, rate }) => taxKey({ category, rate: parseRate(rate) ?? 0 }))))
      context.addIssue({ code: 'custom', path: ['taxes', index], message: 'This rate stands twice' });
  })
  .meta({ id: 'InvoicingSettings' });
export type InvoicingSettings = z.output<typeof invoicingSettings>;

/** How the documents of a kind and series are numbered; null where there is no such series. */
export function numberingOf({ numbering: all }: InvoicingSettings, kind: InvoiceKind, name: string): Numbering | null {
  return all.find((one) => one.kind === kind && one.series === name) ?? null;
}

/** ISO 13616: moved to the end and written as digits, what stands in front makes the rest of 97 one. */
function isIban(iban: string): boolean {
  const digits = [...(iban.slice(4) + iban.slice(0, 4))].map((character) => Number.parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

function repeated(keys: readonly string[]): readonly number[] {
  return keys.flatMap((key, index) => (keys.indexOf(key) < index ? [index] : []));
}
