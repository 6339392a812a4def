import { type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Prices } from './compute-totals.ts';
import type { Invoice, InvoiceLine, InvoiceStatus, InvoiceTerms, IssueFacts } from './invoice.ts';
import type { InvoiceKind, Seller } from './invoicing-settings.ts';
import type { PricedLines } from './price-lines.ts';
import type { Rounding } from './rounding.ts';
import type { Owner } from './store-settings.ts';
import type { TaxCategory } from './tax.ts';

/** Breaks invoices_reference_key where another one has the reference. */
export async function insertInvoice(tx: Queryable, invoice: Invoice): Promise<void> {
  await tx
    .insertInto('invoices')
    .values({
      tenant_id: invoice.tenantId,
      invoice_id: invoice.invoiceId,
      mode: invoice.mode,
      kind: invoice.kind,
      reference: invoice.reference,
      rounding: invoice.rounding,
      corrects_invoice_id: invoice.correctsInvoiceId,
      reason: invoice.reason,
      created_at: invoice.createdAt,
      ...changeable(invoice),
    })
    .execute();
}

/** Writes what may change of a draft, or issues it. Breaks invoices_number_key where another series gave the number. */
export async function saveInvoice(tx: Queryable, invoice: Invoice): Promise<void> {
  await tx
    .updateTable('invoices')
    .set(changeable(invoice))
    .where('tenant_id', '=', invoice.tenantId)
    .where('invoice_id', '=', invoice.invoiceId)
    .execute();
}

/** Writes a draft with other lines and what they add up to. @returns the draft with these sums */
export async function saveWithLines(tx: Queryable, draft: Invoice, priced: PricedLines): Promise<Invoice> {
  const { net, taxAmount, gross } = priced.totals;
  const summed = { ...draft, net, taxAmount, gross };
  await saveInvoice(tx, summed);
  await replaceLines(tx, summed, priced);
  return summed;
}

/** With its lines; there is no other trace of a draft. */
export async function deleteInvoice(tx: Queryable, { tenantId, invoiceId }: Invoice): Promise<void> {
  await tx.deleteFrom('invoices').where('tenant_id', '=', tenantId).where('invoice_id', '=', invoiceId).execute();
}

/** Lines with their amounts, in the place of those there were. */
export async function replaceLines(
  tx: Queryable,
  invoice: Pick<Invoice, 'tenantId' | 'invoiceId'>,
  { lines, amounts, totals }: PricedLines,
): Promise<void> {
  const place = { tenant_id: invoice.tenantId, invoice_id: invoice.invoiceId };
  for (const table of ['invoice_lines', 'invoice_tax_groups'] as const) {
    await tx
      .deleteFrom(table)
      .where('tenant_id', '=', place.tenant_id)
      .where('invoice_id', '=', place.invoice_id)
      .execute();
  }
  const rows = lines.map((line, index) => ({
    ...place,
    position: index + 1,
    description: line.description,
    sku: line.sku,
    unit: line.unit,
    quantity: line.quantity,
    per: line.per,
    unit_amount: line.unitAmount,
    discount: line.discount,
    category: line.tax.category,
    rate: line.tax.rate,
    amount: amounts[index] ?? 0n,
    net: totals.lineNets[index] ?? 0n,
  }));
  await sql`insert into invoice_lines select r.* from ${recordset('invoice_lines', rows)} r`.execute(tx);
  const groups = totals.groups.map(({ tax, net, taxAmount }) => ({ ...place, ...tax, net, tax_amount: taxAmount }));
  await sql`insert into invoice_tax_groups select r.* from ${recordset('invoice_tax_groups', groups)} r`.execute(tx);
}

/** Breaks invoice_payments_payment_key where a payment settles another invoice. */
export async function linkPayments(
  tx: Queryable,
  { tenantId, invoiceId }: Pick<Invoice, 'tenantId' | 'invoiceId'>,
  paymentIds: readonly string[],
): Promise<void> {
  const rows = paymentIds.map((paymentId) => ({ tenant_id: tenantId, invoice_id: invoiceId, payment_id: paymentId }));
  if (rows.length > 0) await tx.insertInto('invoice_payments').values(rows).execute();
}

export async function selectInvoice(db: Queryable, owner: Owner, id: string): Promise<Invoice | null> {
  const row = await ownedBy(db, owner).where('invoice_id', '=', id).executeTakeFirst();
  return row === undefined ? null : invoiceFromRow(row);
}

/** The same, locked until the transaction ends. */
export async function lockInvoice(tx: Queryable, owner: Owner, id: string): Promise<Invoice | null> {
  const row = await ownedBy(tx, owner).where('invoice_id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return row === undefined ? null : invoiceFromRow(row);
}

interface InvoiceFilter {
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly number?: string | undefined;
  readonly reference?: string | undefined;
  readonly correctsInvoiceId?: string | undefined;
  readonly issuedFrom?: string | undefined;
  readonly issuedTo?: string | undefined;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectInvoices(
  db: Queryable,
  owner: Owner,
  { status, kind, number, reference, correctsInvoiceId, issuedFrom, issuedTo, ...page }: InvoiceFilter & PageOptions,
): Promise<readonly Invoice[]> {
  let query = ownedBy(db, owner).$call(newestFirst('invoice_id', page));
  const equal = { status, kind, number, reference, corrects_invoice_id: correctsInvoiceId };
  for (const [column, value] of Object.entries(equal))
    if (value !== undefined) query = query.where(sql.ref(column), '=', value);
  if (issuedFrom !== undefined) query = query.where('issue_date', '>=', issuedFrom);
  if (issuedTo !== undefined) query = query.where('issue_date', '<=', issuedTo);
  return (await query.execute()).map(invoiceFromRow);
}

/** A line as it stands on the document. */
export type StoredLine = Selectable<Tables['invoice_lines']>;

/** Lines behind a position, in their order; one more than the limit. */
export async function selectLines(
  db: Queryable,
  { tenantId, invoiceId }: Pick<Invoice, 'tenantId' | 'invoiceId'>,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly StoredLine[]> {
  return db
    .selectFrom('invoice_lines')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('invoice_id', '=', invoiceId)
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit + 1)
    .execute();
}

/** All lines, to be summed up anew. */
export async function selectAllLines(
  tx: Queryable,
  { tenantId, invoiceId }: Pick<Invoice, 'tenantId' | 'invoiceId'>,
): Promise<readonly InvoiceLine[]> {
  const rows = await tx
    .selectFrom('invoice_lines')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('invoice_id', '=', invoiceId)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({
    ...{ description: row.description, sku: row.sku, unit: row.unit, quantity: row.quantity, per: row.per },
    ...{ unitAmount: row.unit_amount, discount: row.discount },
    tax: { category: row.category as TaxCategory, rate: row.rate },
  }));
}

function ownedBy(
  db: Queryable,
  { tenantId, mode }: Owner,
): SelectQueryBuilder<Tables, 'invoices', Selectable<Tables['invoices']>> {
  return db.selectFrom('invoices').selectAll().where('tenant_id', '=', tenantId).where('mode', '=', mode);
}

function changeable(invoice: Invoice) {
  const { issue } = invoice;
  return {
    status: invoice.status,
    version: invoice.version,
    series: invoice.series,
    currency: invoice.currency,
    prices: invoice.prices,
    terms: JSON.stringify(invoice.terms),
    customer_sealed: Buffer.from(invoice.customerSealed),
    net: invoice.net,
    tax_amount: invoice.taxAmount,
    gross: invoice.gross,
    fiscal_year: issue?.fiscalYear ?? null,
    sequence: issue?.sequence ?? null,
    number: issue?.number ?? null,
    issue_date: issue?.issueDate ?? null,
    due_date: issue?.dueDate ?? null,
    issued_at: issue?.issuedAt ?? null,
    seller: issue === null ? null : JSON.stringify(issue.seller),
    updated_at: invoice.updatedAt,
  };
}

function invoiceFromRow(row: Selectable<Tables['invoices']>): Invoice {
  return {
    tenantId: row.tenant_id,
    invoiceId: row.invoice_id,
    mode: row.mode as Mode,
    kind: row.kind as InvoiceKind,
    status: row.status as InvoiceStatus,
    version: row.version,
    reference: row.reference,
    series: row.series,
    currency: row.currency,
    prices: row.prices as Prices,
    rounding: row.rounding as Rounding,
    terms: row.terms as InvoiceTerms,
    customerSealed: row.customer_sealed,
    net: row.net,
    taxAmount: row.tax_amount,
    gross: row.gross,
    correctsInvoiceId: row.corrects_invoice_id,
    reason: row.reason,
    issue: issueFromRow(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function issueFromRow(row: Selectable<Tables['invoices']>): IssueFacts | null {
  const {
    fiscal_year: fiscalYear,
    sequence,
    number,
    issue_date: issueDate,
    due_date: dueDate,
    issued_at: issuedAt,
  } = row;
  if (fiscalYear === null || sequence === null || number === null) return null;
  if (issueDate === null || dueDate === null || issuedAt === null) return null;
  return { fiscalYear, sequence, number, issueDate, dueDate, issuedAt, seller: row.seller as Seller };
}
