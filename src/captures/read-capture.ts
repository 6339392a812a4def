import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { Capture } from '../payments/capture.ts';
import { captureFromRow } from '../payments/operation-rows.ts';
import type { Queryable } from '../platform/database.ts';

/** A tenant's capture; another tenant's looks like one that does not exist. @throws Problem not_found */
export async function readCapture(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  captureId: string,
): Promise<Capture> {
  const row = await db
    .selectFrom('captures')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('capture_id', '=', captureId)
    .where('mode', '=', owner.mode)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('not_found', 'There is no such capture.');
  return captureFromRow(row);
}
