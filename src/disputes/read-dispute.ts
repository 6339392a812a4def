import { Problem } from '../kernel/problem.ts';
import type { Dispute } from '../payments/dispute.ts';
import type { Queryable } from '../platform/database.ts';
import { type Owner, selectDispute } from './store.ts';

/** A tenant's dispute; another tenant's looks like one that does not exist. @throws Problem not_found */
export async function readDispute(db: Queryable, owner: Owner, disputeId: string): Promise<Dispute> {
  const dispute = await selectDispute(db, owner.tenantId, disputeId);
  if (dispute === null || dispute.mode !== owner.mode) throw new Problem('not_found', 'There is no such dispute.');
  return dispute;
}
