import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { noteAct } from '../platform/act.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';
import type { Prices } from './compute-totals.ts';
import type { InvoiceContext } from './context.ts';
import { customerPlace, type Invoice, type InvoiceTerms } from './invoice.ts';
import type { GivenLine, InvoiceCustomer } from './invoice-shape.ts';
import { type InvoicingSettings, MAIN_SERIES, numberingOf } from './invoicing-settings.ts';
import { priceLines } from './price-lines.ts';
import { lockDraft, readInvoice, readSettings } from './read-invoice.ts';
import { deleteInvoice, insertInvoice, linkPayments, replaceLines, saveInvoice, saveWithLines } from './store.ts';
import { selectPaymentCurrencies } from './store-payments.ts';
import type { Owner } from './store-settings.ts';
import { selectStandings } from './store-standings.ts';

interface GivenTerms {
  readonly series?: string | undefined;
  readonly currency?: string | undefined;
  readonly prices?: Prices | undefined;
  readonly language?: string | undefined;
  readonly dueDays?: number | undefined;
}

type OptionalTerms = Omit<InvoiceTerms, 'language' | 'dueDays'>;

interface NewDraft extends GivenTerms, OptionalTerms {
  readonly currency: string;
  readonly reference?: string | undefined;
  readonly customer: InvoiceCustomer;
  readonly lines: readonly GivenLine[];
  readonly paymentIds: readonly string[];
}

/**
 * Writes a draft in the caller's transaction.
 * @throws Problem validation_failed, state_conflict (no settings, a payment of another invoice), reference_already_used
 */
export async function createDraft(
  context: InvoiceContext,
  tx: Queryable,
  { tenantId, mode }: Owner,
  given: NewDraft,
): Promise<Invoice> {
  const owner = { tenantId, mode };
  const settings = await readSettings(tx, owner);
  const { reference = null, customer, lines, paymentIds, series = MAIN_SERIES, prices = 'net', ...rest } = given;
  const { currency, language, dueDays, ...terms } = rest;
  checkSeries(settings, series);
  const priced = priceLines(lines, settings, { prices, rounding: settings.rounding });
  const now = context.clock.now();
  const place = { tenantId, invoiceId: newId('inv', context.clock) };
  const draft: Invoice = {
    ...{ ...place, mode, kind: 'invoice', status: 'draft', version: 1, reference, series, currency, prices },
    rounding: settings.rounding,
    terms: { ...terms, language: language ?? settings.language, dueDays: dueDays ?? settings.dueDays },
    customerSealed: await context.sealer.seal(customerPlace(place), JSON.stringify(customer)),
    ...{ net: priced.totals.net, taxAmount: priced.totals.taxAmount, gross: priced.totals.gross },
    ...{ correctsInvoiceId: null, reason: null, issue: null, createdAt: now, updatedAt: now },
  };
  await checkPayments(tx, draft, paymentIds);
  try {
    await insertInvoice(tx, draft);
    await replaceLines(tx, draft, priced);
    await linkPayments(tx, draft, paymentIds);
  } catch (error) {
    throw refusalOf(error);
  }
  return draft;
}

interface DraftChanges extends GivenTerms {
  /** Undefined stays as it is, null goes. */
  readonly terms: { readonly [Member in keyof OptionalTerms]?: OptionalTerms[Member] | null };
  readonly customer?: InvoiceCustomer | undefined;
  readonly lines?: readonly GivenLine[] | undefined;
  readonly version?: number | undefined;
}

/** Changes a draft. @throws Problem not_found, state_conflict (issued, another version), validation_failed */
export async function changeDraft(
  context: InvoiceContext,
  owner: Owner,
  invoiceId: string,
  { terms, customer, lines, version, series, currency, prices, language, dueDays }: DraftChanges,
): Promise<Invoice> {
  const db = context.database.query;
  const { tenantId } = await readInvoice(db, owner, invoiceId);
  const settings = await readSettings(db, owner);
  if (series !== undefined) checkSeries(settings, series);
  const place = customerPlace({ tenantId, invoiceId });
  const sealed = customer === undefined ? null : await context.sealer.seal(place, JSON.stringify(customer));
  return context.database.transaction(async (tx) => {
    const before = await lockDraft(tx, owner, invoiceId);
    if (version !== undefined && version !== before.version) {
      throw new Problem('state_conflict', 'The draft has been changed since it was read. Read it again.', {
        members: { version: before.version },
      });
    }
    if (prices !== undefined && prices !== before.prices && lines === undefined) {
      const detail = 'Give the lines again where their prices mean something else';
      throw new Problem('validation_failed', undefined, { errors: [{ pointer: '/prices', detail }] });
    }
    const merged = Object.entries({ ...before.terms, ...terms }).filter(([, value]) => value !== null);
    const changed: Invoice = {
      ...before,
      version: before.version + 1,
      series: series ?? before.series,
      currency: currency ?? before.currency,
      prices: prices ?? before.prices,
      terms: {
        ...(Object.fromEntries(merged) as OptionalTerms),
        language: language ?? before.terms.language,
        dueDays: dueDays ?? before.terms.dueDays,
      },
      customerSealed: sealed ?? before.customerSealed,
      updatedAt: context.clock.now(),
    };
    if (changed.currency !== before.currency) await checkUnpaid(tx, before);
    noteAct({ before: actFacts(before), after: actFacts(changed) });
    if (lines === undefined) {
      await saveInvoice(tx, changed);
      return changed;
    }
    return saveWithLines(tx, changed, priceLines(lines, settings, changed));
  });
}

/** Deletes a draft. @throws Problem not_found, state_conflict */
export async function removeDraft({ database }: InvoiceContext, owner: Owner, invoiceId: string): Promise<void> {
  await database.transaction(async (tx) => deleteInvoice(tx, await lockDraft(tx, owner, invoiceId)));
}

/** Its payments are in its currency. */
async function checkUnpaid(tx: Queryable, draft: Invoice): Promise<void> {
  const standing = (await selectStandings(tx, draft.tenantId, [draft.invoiceId])).get(draft.invoiceId);
  if ((standing?.paymentIds.length ?? 0) === 0) return;
  const errors = [{ pointer: '/currency', detail: 'Must stay that of the payments which settle the invoice' }];
  throw new Problem('validation_failed', undefined, { errors });
}

function actFacts({ series, currency }: Invoice) {
  return { series, currency };
}

function checkSeries(settings: InvoicingSettings, series: string): void {
  if (numberingOf(settings, 'invoice', series) !== null) return;
  const errors = [{ pointer: '/series', detail: 'Must be a series of invoices in your settings' }];
  throw new Problem('validation_failed', undefined, { errors });
}

async function checkPayments(tx: Queryable, draft: Invoice, paymentIds: readonly string[]): Promise<void> {
  const currencies = await selectPaymentCurrencies(tx, draft, paymentIds);
  const errors = paymentIds.flatMap((id, index) => {
    const pointer = `/paymentIds/${index}`;
    if (paymentIds.indexOf(id) < index) return [{ pointer, detail: 'Stands twice' }];
    if (!currencies.has(id)) return [{ pointer, detail: 'Must be a payment of this mode' }];
    if (currencies.get(id) !== draft.currency) return [{ pointer, detail: 'Must be in the currency of the invoice' }];
    return [];
  });
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
}

function refusalOf(error: unknown): unknown {
  switch (violatedConstraint(error)) {
    case 'invoices_reference_key':
      return new Problem('reference_already_used', 'Another invoice has this reference.', { cause: error });
    case 'invoice_payments_payment_key':
      return new Problem('state_conflict', 'One of the payments settles another invoice.', { cause: error });
    default:
      return error;
  }
}
