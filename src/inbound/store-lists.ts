import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { InboundState, InboundVerdict } from './inbound-event.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

interface InboundFilter {
  readonly verdict?: InboundVerdict | undefined;
  readonly state?: InboundState | undefined;
  readonly providerAccountId?: string | undefined;
  readonly paymentId?: string | undefined;
  readonly createdAfter?: Temporal.Instant | undefined;
  readonly createdBefore?: Temporal.Instant | undefined;
}

/** A kept notification, its request sealed. */
export type InboundEventRow = Awaited<ReturnType<ReturnType<typeof ofOwner>['execute']>>[number];

/** A notification has the mode of its account. */
function ofOwner(db: Queryable, { tenantId, mode }: Owner) {
  return db
    .selectFrom('inbound_events as e')
    .innerJoin('provider_accounts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'e.tenant_id').onRef('a.provider_account_id', '=', 'e.provider_account_id'),
    )
    .selectAll('e')
    .select('a.mode')
    .where('e.tenant_id', '=', tenantId)
    .where('a.mode', '=', mode);
}

export async function selectInboundEvent(db: Queryable, owner: Owner, id: string): Promise<InboundEventRow | null> {
  return (await ofOwner(db, owner).where('e.inbound_event_id', '=', id).executeTakeFirst()) ?? null;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectInboundEvents(
  db: Queryable,
  owner: Owner,
  filter: InboundFilter,
  page: PageOptions,
): Promise<readonly InboundEventRow[]> {
  let query = ofOwner(db, owner).$call(newestFirst('e.inbound_event_id', page));
  if (filter.verdict !== undefined) query = query.where('e.verdict', '=', filter.verdict);
  if (filter.state !== undefined) query = query.where('e.state', '=', filter.state);
  if (filter.providerAccountId !== undefined) {
    query = query.where('e.provider_account_id', '=', filter.providerAccountId);
  }
  if (filter.paymentId !== undefined) query = query.where('e.payment_id', '=', filter.paymentId);
  // Ids begin with their time, so that a period is a range of the primary key.
  if (filter.createdAfter !== undefined) {
    query = query.where('e.inbound_event_id', '>=', lowestId('in', filter.createdAfter.add({ milliseconds: 1 })));
  }
  if (filter.createdBefore !== undefined) {
    query = query.where('e.inbound_event_id', '<', lowestId('in', filter.createdBefore));
  }
  return query.execute();
}
