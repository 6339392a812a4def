import type { Queryable } from '../platform/database.ts';
import type { Owner } from './store.ts';
import { eventFromRow, type StoredEvent } from './store-deliveries.ts';

interface EventFilter {
  readonly paymentId?: string | undefined;
  readonly type?: string | undefined;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectEvents(
  db: Queryable,
  owner: Owner,
  filter: EventFilter,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<readonly StoredEvent[]> {
  let query = db
    .selectFrom('events')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .orderBy('event_id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('event_id', '<', page.cursor);
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  return (await query.execute()).map(eventFromRow);
}

export async function selectEvent(db: Queryable, owner: Owner, eventId: string): Promise<StoredEvent | null> {
  const row = await db
    .selectFrom('events')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return row === undefined ? null : eventFromRow(row);
}
