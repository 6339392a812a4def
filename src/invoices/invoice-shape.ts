import { z } from 'zod';
import { amount, instant, line } from '../kernel/shapes.ts';
import { PRICES } from './compute-totals.ts';
import { INVOICE_STATUSES } from './invoice.ts';
import { INVOICE_KINDS, postalAddress, seller, taxCategory, taxRate, vatId } from './invoicing-settings.ts';
import { PAYMENT_STATES } from './payment-state.ts';
import { parseQuantity } from './quantity.ts';
import { ROUNDINGS } from './rounding.ts';

/** Invoices as other programs see them; browser-safe. */

export const day = z
  .string()
  .refine(isDay, 'Must be a day such as 2026-11-22')
  .meta({ description: 'ISO 8601.', example: '2026-11-22' });

const quantity = z
  .string()
  .refine((text) => parseQuantity(text) !== null, 'Must be a number above 0 with four decimals at most, such as 1.5');

export const invoiceCustomer = z
  .strictObject({
    name: line(120),
    email: z.email('Must be an e-mail address').max(254).optional(),
    address: postalAddress,
    vatId: vatId.optional(),
    vatIdCheck: z
      .strictObject({ checkedAt: instant, evidence: line(100) })
      .optional()
      .meta({ description: 'When the VAT identifier was confirmed, and the number that the confirmation bears.' }),
    reference: line(100)
      .optional()
      .meta({ description: 'What they want to read on it, such as a number of an order.' }),
  })
  .meta({ id: 'InvoiceCustomer', description: 'Kept sealed.' });
export type InvoiceCustomer = z.output<typeof invoiceCustomer>;

export const givenLine = z
  .strictObject({
    description: line(500),
    sku: line(64).optional(),
    unit: z
      .string()
      .regex(/^[A-Z0-9]{2,3}$/, 'Must be a code of UN/ECE Recommendation 20, such as C62, HUR or KGM')
      .default('C62'),
    quantity: quantity.default('1'),
    unitAmount: amount,
    per: quantity
      .default('1')
      .meta({ description: 'How many units `unitAmount` is for: 1000 for prices below a cent.' }),
    discount: z.int().min(0).max(999_999_999_999).default(0).meta({ description: 'Minor units off the line.' }),
    taxCategory,
    taxRate,
  })
  .meta({ id: 'GivenInvoiceLine' });
export type GivenLine = z.output<typeof givenLine>;

export const LINES_MAX = 10_000;
export const givenLines = z
  .array(givenLine)
  .min(1, 'Must have at least one line')
  .max(LINES_MAX, `Must have at most ${LINES_MAX} lines`);

export const exchangeRate = z
  .strictObject({
    currency: z.string().length(3),
    rate: z
      .string()
      .regex(/^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,8})?$/, 'Must be a number above 0 with eight decimals at most'),
    date: day,
    source: line(60),
  })
  .meta({ description: 'What one unit of the invoice’s currency is in the currency of the tax.' });

export const invoiceLine = z
  .strictObject({
    position: z.int(),
    description: z.string(),
    sku: z.string().nullable(),
    unit: z.string(),
    quantity: z.string(),
    unitAmount: z.int(),
    per: z.string(),
    discount: z.int(),
    taxCategory,
    taxRate: z.string(),
    amount: z.int().describe('What the line costs, before tax or with it as `prices` says.'),
    netAmount: z.int().describe('Before tax.'),
  })
  .meta({ id: 'InvoiceLine' });

const taxTotal = z
  .strictObject({
    taxCategory,
    taxRate: z.string(),
    netAmount: z.int(),
    taxAmount: z.int(),
  })
  .meta({ id: 'InvoiceTax' });

export const invoice = z
  .strictObject({
    id: z.string().meta({ example: 'inv_01kaj2m3n4p5q6r7s8t9v0w1x2' }),
    object: z.literal('invoice'),
    kind: z.enum(INVOICE_KINDS),
    mode: z.enum(['live', 'test']),
    status: z.enum(INVOICE_STATUSES),
    paymentState: z
      .enum(PAYMENT_STATES)
      .nullable()
      .meta({ description: 'Told by money and credit notes; null of drafts and credit notes.' }),
    number: z.string().nullable(),
    series: z.string(),
    reference: z.string().nullable(),
    currency: z.string(),
    prices: z.enum(PRICES),
    rounding: z.enum(ROUNDINGS),
    netAmount: z.int(),
    taxAmount: z.int(),
    grossAmount: z.int(),
    creditedAmount: z.int(),
    paidAmount: z.int().describe('Captured, less what was refunded, reversed or lost in disputes.'),
    dueAmount: z.int().describe('Below zero where more was paid than is owed.'),
    taxes: z.array(taxTotal),
    /** The tax as it is declared, where that is in another currency. */
    taxInTaxCurrency: z.strictObject({ amount: z.int(), currency: z.string() }).nullable(),
    customer: invoiceCustomer.nullable().describe('Null in lists.'),
    seller: seller.nullable().describe('As it was on the day of the issue.'),
    language: z.string(),
    note: z.string().nullable(),
    orderId: z.string().nullable(),
    supplyDate: z.string().nullable(),
    exemptionReason: z.string().nullable(),
    exchangeRate: exchangeRate.nullable(),
    dueDays: z.int(),
    issueDate: z.string().nullable(),
    dueDate: z.string().nullable(),
    correctsInvoiceId: z.string().nullable(),
    reason: z.string().nullable(),
    paymentIds: z.array(z.string()),
    version: z.int(),
    issuedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Invoice' });
export type InvoiceAnswer = z.output<typeof invoice>;
export type InvoiceLineAnswer = z.output<typeof invoiceLine>;

function isDay(text: string): boolean {
  if (!/^[12]\d{3}-\d\d-\d\d$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}
