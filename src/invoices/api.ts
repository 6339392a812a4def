import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { amount, currency, line, pageAnswer, pageQuery, reference } from '../kernel/shapes.ts';
import { PRICES } from './compute-totals.ts';
import { INVOICE_STATUSES } from './invoice.ts';
import { day, exchangeRate, givenLines, invoice, invoiceCustomer, invoiceLine } from './invoice-shape.ts';
import { INVOICE_KINDS, invoicingSettings, series } from './invoicing-settings.ts';

const TAG = 'Invoices';

const one = z.strictObject({ id: z.string().max(64) });

const ownReference = reference.meta({ description: 'Your own id of this invoice; unique per tenant and mode.' });

const terms = {
  series: series.meta({ description: 'One of your settings; `main` unless given.' }),
  currency,
  prices: z.enum(PRICES).meta({ description: 'Whether the prices of lines are before tax or have it in them.' }),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Must be a language tag')
    .meta({ description: 'That of your settings unless given.' }),
  dueDays: z.int().min(0).max(365),
  note: line(500),
  orderId: line(64),
  supplyDate: day.meta({ description: 'When it was delivered or done; the day of the issue unless given.' }),
  exemptionReason: line(300).meta({ description: 'Why it is exempt from tax; needed where a line is.' }),
  exchangeRate,
} as const;

const optionalTerms = z.object(terms).partial().shape;
/** Null takes a member away; what every document has can only be replaced. */
const { note, orderId, supplyDate, exemptionReason, exchangeRate: rate, ...kept } = optionalTerms;
const changedTerms = {
  ...kept,
  note: note.nullable(),
  orderId: orderId.nullable(),
  supplyDate: supplyDate.nullable(),
  exemptionReason: exemptionReason.nullable(),
  exchangeRate: rate.nullable(),
};

export const getInvoicingSettings = endpoint({
  id: 'getInvoicingSettings',
  method: 'GET',
  path: '/api/v1/invoicing-settings',
  summary: 'Read who sells, at which rates, and how invoices are numbered',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoicing-settings:read' },
  idempotency: 'none',
  answer: { status: 200, schema: invoicingSettings, description: 'The settings.' },
  problems: [],
});

export const setInvoicingSettings = endpoint({
  id: 'setInvoicingSettings',
  method: 'PUT',
  path: '/api/v1/invoicing-settings',
  summary: 'Set who sells, at which rates, and how invoices are numbered',
  description: 'Counts for what is issued from now on. There are no rates until you name yours.',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoicing-settings:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['taxes', 'numbering', 'fiscalYearStart', 'timeZone', 'rounding'] },
  body: invoicingSettings,
  answer: { status: 200, schema: invoicingSettings, description: 'The settings as they are now.' },
  problems: [],
  example: {
    seller: {
      name: 'Bluecom GmbH',
      address: { line1: 'Hauptstraße 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
      vatId: 'DE123456789',
    },
    taxes: [{ category: 'standard', rate: '19' }],
    timeZone: 'Europe/Berlin',
  },
});

export const createInvoice = endpoint({
  id: 'createInvoice',
  method: 'POST',
  path: '/api/v1/invoices',
  summary: 'Draft an invoice',
  description: 'A draft has no number and may be changed and deleted. `POST /invoices/{id}/issue` makes it a document.',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:create' },
  idempotency: 'optional',
  audit: { class: 'change', shows: ['reference', 'series', 'currency', 'paymentIds'] },
  body: z
    .strictObject({
      reference: ownReference.optional(),
      ...optionalTerms,
      customer: invoiceCustomer,
      lines: givenLines,
      paymentIds: z
        .array(z.string().max(64))
        .max(20)
        .default([])
        .meta({ description: 'Payments that settle it; in its currency, and of no other invoice.' }),
    })
    .meta({ id: 'CreateInvoice' }),
  answer: { status: 201, schema: invoice, description: 'The draft.' },
  problems: ['reference_already_used', 'state_conflict'],
  example: {
    customer: { name: 'Ada Lovelace', address: { line1: '12 St James’s Square', city: 'London', country: 'GB' } },
    lines: [{ description: 'Season ticket', unitAmount: 24900, taxCategory: 'standard', taxRate: '19' }],
  },
});

export const listInvoices = endpoint({
  id: 'listInvoices',
  method: 'GET',
  path: '/api/v1/invoices',
  summary: 'List invoices and credit notes, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    status: z.enum(INVOICE_STATUSES).optional(),
    kind: z.enum(INVOICE_KINDS).optional(),
    number: line(60).optional(),
    reference: ownReference.optional(),
    correctsInvoiceId: z.string().max(64).optional(),
    issuedFrom: day.optional(),
    issuedTo: day.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(invoice), description: 'A page of invoices.' },
  problems: [],
});

export const getInvoice = endpoint({
  id: 'getInvoice',
  method: 'GET',
  path: '/api/v1/invoices/{id}',
  summary: 'Read an invoice or a credit note',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:read' },
  idempotency: 'none',
  audit: 'counted for people',
  params: one,
  answer: { status: 200, schema: invoice, description: 'The invoice.' },
  problems: [],
});

export const listInvoiceLines = endpoint({
  id: 'listInvoiceLines',
  method: 'GET',
  path: '/api/v1/invoices/{id}/lines',
  summary: 'List the lines of an invoice in their order',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:read' },
  idempotency: 'none',
  params: one,
  query: z.strictObject({
    limit: pageQuery.limit,
    after: z.coerce.number().int().min(0).default(0).meta({ description: 'The position of the last line before.' }),
  }),
  answer: {
    status: 200,
    schema: z.strictObject({ data: z.array(invoiceLine), hasMore: z.boolean() }),
    description: 'A page of lines.',
  },
  problems: [],
});

export const updateInvoice = endpoint({
  id: 'updateInvoice',
  method: 'PATCH',
  path: '/api/v1/invoices/{id}',
  summary: 'Change a draft',
  description: 'Members that are left out stay. Lines are replaced as a whole.',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['series', 'currency'] },
  params: one,
  body: z
    .strictObject({
      ...changedTerms,
      customer: invoiceCustomer.optional(),
      lines: givenLines.optional(),
      version: z.int().optional().meta({ description: 'Refused where the draft has been changed since that version.' }),
    })
    .meta({ id: 'UpdateInvoice' }),
  answer: { status: 200, schema: invoice, description: 'The draft as it is now.' },
  problems: ['state_conflict'],
  example: { note: 'Thank you.' },
});

export const addInvoiceLines = endpoint({
  id: 'addInvoiceLines',
  method: 'POST',
  path: '/api/v1/invoices/{id}/lines',
  summary: 'Add lines to a draft',
  description: 'Behind those it has; an invoice that is too long for one request is drafted in several.',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:update' },
  idempotency: 'optional',
  params: one,
  body: z.strictObject({ lines: givenLines }).meta({ id: 'AddInvoiceLines' }),
  answer: { status: 200, schema: invoice, description: 'The draft as it is now.' },
  problems: ['state_conflict'],
  example: { lines: [{ description: 'Delivery', unitAmount: 490, taxCategory: 'standard', taxRate: '19' }] },
});

export const deleteInvoice = endpoint({
  id: 'deleteInvoice',
  method: 'DELETE',
  path: '/api/v1/invoices/{id}',
  summary: 'Delete a draft',
  description: 'It never had a number, so that none is missing.',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:delete' },
  idempotency: 'none',
  params: one,
  answer: { status: 204, schema: z.undefined(), description: 'It is gone.' },
  problems: ['state_conflict'],
});

export const issueInvoice = endpoint({
  id: 'issueInvoice',
  method: 'POST',
  path: '/api/v1/invoices/{id}/issue',
  summary: 'Issue a draft',
  description:
    'Gives it the next number of its series and fiscal year, keeps the seller as of today, and closes it for ever. ' +
    'Refused where the document would lack what EN 16931 asks for; each missing member is named.',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:execute' },
  idempotency: 'optional',
  audit: { class: 'money' },
  params: one,
  answer: { status: 200, schema: invoice, description: 'The issued invoice.' },
  problems: ['state_conflict'],
});

export const creditInvoice = endpoint({
  id: 'creditInvoice',
  method: 'POST',
  path: '/api/v1/invoices/{id}/credit-notes',
  summary: 'Issue a credit note',
  description:
    'Takes back an amount in the proportion of the rates, lines of their own, or, where neither is given, all that is ' +
    'left. Credit notes together take no more of a rate than the invoice has.',
  tag: TAG,
  access: { by: 'tenant', scope: 'invoice:execute' },
  idempotency: 'optional',
  audit: { class: 'money', shows: ['amount', 'series'] },
  params: one,
  body: z
    .strictObject({
      reason: line(300),
      reference: ownReference.optional(),
      series: series.optional(),
      amount: amount.optional().meta({ description: 'With tax, in minor units.' }),
      lines: givenLines.optional(),
    })
    .refine((body) => body.amount === undefined || body.lines === undefined, {
      path: ['amount'],
      error: 'Give amount or lines, not both',
    })
    .meta({ id: 'CreditInvoice' }),
  answer: { status: 201, schema: invoice, description: 'The credit note, issued.' },
  problems: ['state_conflict', 'amount_not_available', 'reference_already_used'],
  example: { reason: 'Came damaged', amount: 5000 },
});
