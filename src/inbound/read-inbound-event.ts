import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { type InboundEventRow, type Owner, selectInboundEvent } from './store-lists.ts';

/** A tenant's notification; another tenant's or mode's looks like one that does not exist. @throws Problem not_found */
export async function readInboundEvent(db: Queryable, owner: Owner, id: string): Promise<InboundEventRow> {
  const row = await selectInboundEvent(db, owner, id);
  if (row === null) throw new Problem('not_found', 'There is no such notification.');
  return row;
}
