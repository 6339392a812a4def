import { present } from '../kernel/assert.ts';
import { newId } from '../kernel/id.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';
import { type Prices, type TaxGroup, totalsOf } from './compute-totals.ts';
import type { InvoiceContext } from './context.ts';
import { creditAmount, creditGroup, remainingOf } from './credit.ts';
import { customerPlace, type Invoice, type InvoiceLine } from './invoice.ts';
import type { GivenLine } from './invoice-shape.ts';
import { type InvoicingSettings, MAIN_SERIES } from './invoicing-settings.ts';
import { numberDocument } from './issue-invoice.ts';
import { openCustomer } from './open-customer.ts';
import { type PricedLines, priceLines } from './price-lines.ts';
import { QUANTITY_UNIT } from './quantity.ts';
import { lockIssued, readSettings } from './read-invoice.ts';
import { insertInvoice, replaceLines } from './store.ts';
import type { Owner } from './store-settings.ts';
import { selectCredited, selectStandings } from './store-standings.ts';
import { rateText, taxKey } from './tax.ts';

interface CreditRequest {
  readonly reason: string;
  readonly reference?: string | undefined;
  readonly series?: string | undefined;
  /** With tax, in minor units. Neither this nor lines: all that is left. */
  readonly amount?: number | undefined;
  readonly lines?: readonly GivenLine[] | undefined;
}

/**
 * Issues a credit note in the caller's transaction. The invoice is locked, so that two of them see what the other takes.
 * @throws Problem not_found, state_conflict, amount_not_available, validation_failed, reference_already_used
 */
export async function creditInvoice(
  context: InvoiceContext,
  tx: Queryable,
  owner: Owner,
  invoiceId: string,
  request: CreditRequest,
): Promise<Invoice> {
  const invoice = await lockIssued(tx, owner, invoiceId);
  const settings = await readSettings(tx, owner);
  const standing = present((await selectStandings(tx, invoice.tenantId, [invoiceId])).get(invoiceId), 'the invoice');
  const remaining = remainingOf(standing.groups, await selectCredited(tx, invoice));
  const priced = creditedLines(invoice, remaining, settings, request);
  const now = context.clock.now();
  const place = { tenantId: invoice.tenantId, invoiceId: newId('cn', context.clock) };
  const customer = JSON.stringify(await openCustomer(context.sealer, invoice));
  const draft: Invoice = {
    ...{ ...invoice, ...place, kind: 'credit_note', status: 'draft', version: 1, issue: null },
    reference: request.reference ?? null,
    series: request.series ?? MAIN_SERIES,
    prices: priced.prices,
    customerSealed: await context.sealer.seal(customerPlace(place), customer),
    ...{ net: priced.totals.net, taxAmount: priced.totals.taxAmount, gross: priced.totals.gross },
    ...{ correctsInvoiceId: invoiceId, reason: request.reason, createdAt: now, updatedAt: now },
  };
  try {
    await insertInvoice(tx, draft);
  } catch (error) {
    if (violatedConstraint(error) !== 'invoices_reference_key') throw error;
    throw new Problem('reference_already_used', 'Another invoice has this reference.', { cause: error });
  }
  await replaceLines(tx, draft, priced);
  return numberDocument(context, tx, draft, settings);
}

/** UN/ECE Recommendation 20. */
const PIECE = 'C62';

interface Credited extends PricedLines {
  readonly prices: Prices;
}

function creditedLines(
  invoice: Invoice,
  remaining: readonly TaxGroup[],
  settings: InvoicingSettings,
  { amount, lines, reason }: CreditRequest,
): Credited {
  if (lines !== undefined) return creditOfLines(invoice, remaining, settings, lines);
  const groups = amount === undefined ? remaining : creditAmount(remaining, amountFromJson(amount), invoice.rounding);
  const taken = groups?.filter(({ net, taxAmount }) => net + taxAmount > 0n) ?? [];
  if (taken.length === 0) throw tooMuch(remaining);
  return linesOf(taken, reason);
}

/** Lines that somebody wrote; what is left of a rate stands above what its tax would be rounded to. */
function creditOfLines(
  invoice: Invoice,
  remaining: readonly TaxGroup[],
  settings: InvoicingSettings,
  lines: readonly GivenLine[],
): Credited {
  // A rate that the seller has since given up is still that of the invoice.
  const taxes = [
    ...settings.taxes,
    ...remaining.map(({ tax }) => ({ category: tax.category, rate: rateText(tax.rate) })),
  ];
  const priced = priceLines(lines, { ...settings, taxes }, invoice);
  const groups = priced.totals.groups.map(({ tax, net, taxAmount }) => {
    const left = remaining.find((group) => taxKey(group.tax) === taxKey(tax));
    const sum = invoice.prices === 'net' ? net : net + taxAmount;
    const taken = left === undefined ? null : creditGroup(left, sum, invoice.prices, invoice.rounding);
    if (taken === null) throw tooMuch(remaining);
    return taken;
  });
  return { ...priced, totals: totalsOf(priced.lines, priced.amounts, groups), prices: invoice.prices };
}

/** One line for each rate, with the tax in it: what is left of one can be tax alone. */
function linesOf(groups: readonly TaxGroup[], reason: string): Credited {
  const lines = groups.map(({ tax, net, taxAmount }): InvoiceLine => {
    const whole = { quantity: QUANTITY_UNIT, per: QUANTITY_UNIT, unitAmount: net + taxAmount, discount: 0n };
    return { ...whole, tax, description: reason, sku: null, unit: PIECE };
  });
  const amounts = lines.map(({ unitAmount }) => unitAmount);
  return { lines, amounts, totals: totalsOf(lines, amounts, groups), prices: 'gross' };
}

function tooMuch(remaining: readonly TaxGroup[]): Problem {
  const left = remaining.map(
    ({ tax, net, taxAmount }) => `${net + taxAmount} at ${rateText(tax.rate)} % (${tax.category})`,
  );
  return new Problem(
    'amount_not_available',
    `What is left of the invoice, in minor units with tax: ${left.join(', ')}.`,
  );
}
