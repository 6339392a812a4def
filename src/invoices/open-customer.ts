import type { Sealer } from '../keys/sealer.ts';
import { customerPlace, type Invoice } from './invoice.ts';
import type { InvoiceCustomer } from './invoice-shape.ts';

/** Who is asked to pay. @throws DataKeyMissing, Problem gone where the tenant was removed */
export async function openCustomer(sealer: Sealer, invoice: Invoice): Promise<InvoiceCustomer> {
  const opened = await sealer.open(customerPlace(invoice), invoice.customerSealed);
  return JSON.parse(opened.toString()) as InvoiceCustomer;
}
