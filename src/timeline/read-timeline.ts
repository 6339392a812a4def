import type { Mode } from '../kernel/caller.ts';
import type { Page, PageOptions } from '../kernel/page.ts';
import { formatTimeCursor, parseTimeCursor } from '../kernel/time-cursor.ts';
import { readPayment } from '../payments/read-payment.ts';
import type { Queryable } from '../platform/database.ts';
import type { TimelineEntry } from './api.ts';
import { describeEntry } from './describe-entry.ts';
import { selectTimeline } from './store.ts';

/** A page of everything that concerned a payment, oldest first. @throws Problem not_found */
export async function readTimeline(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  paymentId: string,
  page: PageOptions,
): Promise<Page<TimelineEntry>> {
  const { payment } = await readPayment(db, owner, paymentId);
  const { tenantId } = payment;
  const { limit } = page;
  const rows = await selectTimeline(db, {
    tenantId,
    paymentId,
    after: parseTimeCursor(page.cursor),
    rowsMax: limit + 1,
  });
  const hasMore = rows.length > limit;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map((row) => describeEntry(row, payment.currency)),
    hasMore,
    nextCursor: hasMore && last !== undefined ? formatTimeCursor(last) : null,
  };
}
