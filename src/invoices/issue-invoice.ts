import { Problem } from '../kernel/problem.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';
import { readTenantClock } from '../test-clocks/tenant-clock.ts';
import { lacksForIssue } from './check-issue.ts';
import type { InvoiceContext } from './context.ts';
import type { Invoice } from './invoice.ts';
import { fiscalYearOf, formatNumber } from './invoice-number.ts';
import { type InvoicingSettings, numberingOf } from './invoicing-settings.ts';
import { openCustomer } from './open-customer.ts';
import { lockDraft, readSettings } from './read-invoice.ts';
import { saveInvoice } from './store.ts';
import { takeNumber } from './store-counters.ts';
import type { Owner } from './store-settings.ts';
import { selectStandings } from './store-standings.ts';

/**
 * Makes a draft a document, in the caller's transaction: number, days and seller are of one moment, and a number that
 * was taken has its document.
 * @throws Problem not_found, state_conflict, validation_failed naming what the document would lack
 */
export async function issueInvoice(
  context: InvoiceContext,
  tx: Queryable,
  owner: Owner,
  invoiceId: string,
): Promise<Invoice> {
  const draft = await lockDraft(tx, owner, invoiceId);
  const settings = await readSettings(tx, owner);
  const standing = (await selectStandings(tx, draft.tenantId, [draft.invoiceId])).get(draft.invoiceId);
  const customer = await openCustomer(context.sealer, draft);
  const errors = lacksForIssue({ invoice: draft, customer, groups: standing?.groups ?? [], settings });
  if (errors.length > 0)
    throw new Problem('validation_failed', 'The document would lack what it must say.', { errors });
  return numberDocument(context, tx, draft, settings);
}

/** Gives a draft that may be issued its number. @throws Problem state_conflict where its series is gone or unclear */
export async function numberDocument(
  context: InvoiceContext,
  tx: Queryable,
  draft: Invoice,
  settings: InvoicingSettings,
): Promise<Invoice> {
  const { tenantId, mode, kind, series } = draft;
  const numbering = numberingOf(settings, kind, series);
  if (numbering === null) throw new Problem('state_conflict', 'Your settings no longer have this series.');
  const clock = await readTenantClock(tx, context.clock, tenantId, mode);
  const issuedAt = clock.now();
  const issueDate = issuedAt.toZonedDateTimeISO(settings.timeZone).toPlainDate();
  const fiscalYear = fiscalYearOf(issueDate, settings.fiscalYearStart);
  const now = { issuedAt, issueDate: issueDate.toString() };
  const taken = await takeNumber(tx, { tenantId, mode, kind, series, fiscalYear }, now);
  const dueDate = Temporal.PlainDate.from(taken.issueDate).add({ days: draft.terms.dueDays }).toString();
  const number = formatNumber(numbering, { mode, fiscalYear, sequence: taken.sequence });
  const issued: Invoice = {
    ...draft,
    status: 'issued',
    version: draft.version + 1,
    issue: { ...taken, fiscalYear, number, dueDate, seller: settings.seller },
    updatedAt: context.clock.now(),
  };
  try {
    await saveInvoice(tx, issued);
  } catch (error) {
    if (violatedConstraint(error) !== 'invoices_number_key') throw error;
    const detail = `Another series gave the number ${number}. Give this one a prefix of its own.`;
    throw new Problem('state_conflict', detail, { cause: error });
  }
  return issued;
}
