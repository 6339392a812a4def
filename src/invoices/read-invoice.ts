import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { Invoice } from './invoice.ts';
import type { InvoicingSettings } from './invoicing-settings.ts';
import { lockInvoice, selectInvoice } from './store.ts';
import { type Owner, selectSettings } from './store-settings.ts';

/** @throws Problem not_found */
export async function readInvoice(db: Queryable, owner: Owner, invoiceId: string): Promise<Invoice> {
  const invoice = await selectInvoice(db, owner, invoiceId);
  if (invoice === null) throw notFound();
  return invoice;
}

/** A draft, locked until the transaction ends. @throws Problem not_found, state_conflict where it was issued */
export async function lockDraft(tx: Queryable, owner: Owner, invoiceId: string): Promise<Invoice> {
  const invoice = await lockInvoice(tx, owner, invoiceId);
  if (invoice === null) throw notFound();
  if (invoice.status !== 'draft') {
    throw new Problem('state_conflict', 'An issued document does not change. Correct an invoice with a credit note.');
  }
  return invoice;
}

/** An invoice that was issued, locked until the transaction ends. @throws Problem not_found, state_conflict */
export async function lockIssued(tx: Queryable, owner: Owner, invoiceId: string): Promise<Invoice> {
  const invoice = await lockInvoice(tx, owner, invoiceId);
  if (invoice === null) throw notFound();
  if (invoice.kind !== 'invoice' || invoice.status !== 'issued') {
    throw new Problem('state_conflict', 'Only issued invoices are corrected; change or delete a draft.');
  }
  return invoice;
}

/** @throws Problem state_conflict where the tenant has not set up its invoices */
export async function readSettings(db: Queryable, owner: Owner): Promise<InvoicingSettings> {
  const settings = await selectSettings(db, owner);
  if (settings === null) {
    throw new Problem('state_conflict', 'Say first who sells and at which rates: PUT /invoicing-settings.');
  }
  return settings;
}

function notFound(): Problem {
  return new Problem('not_found', 'There is no such invoice.');
}
