import type { Queryable } from '../platform/database.ts';
import type { InvoiceContext } from './context.ts';
import type { Invoice } from './invoice.ts';
import type { GivenLine } from './invoice-shape.ts';
import { priceLines, sumUp } from './price-lines.ts';
import { lockDraft, readSettings } from './read-invoice.ts';
import { saveWithLines, selectAllLines } from './store.ts';
import type { Owner } from './store-settings.ts';

interface MoreLines {
  readonly invoiceId: string;
  readonly lines: readonly GivenLine[];
}

/**
 * Adds lines to a draft in the caller's transaction, and sums it up anew: with tax in the prices, one line more changes
 * what the others of its rate are before tax.
 * @throws Problem not_found, state_conflict (issued), validation_failed
 */
export async function addLines(
  { clock }: InvoiceContext,
  tx: Queryable,
  owner: Owner,
  { invoiceId, lines }: MoreLines,
): Promise<Invoice> {
  const before = await lockDraft(tx, owner, invoiceId);
  const added = priceLines(lines, await readSettings(tx, owner), before);
  const priced = sumUp([...(await selectAllLines(tx, before)), ...added.lines], before);
  return saveWithLines(tx, { ...before, version: before.version + 1, updatedAt: clock.now() }, priced);
}
