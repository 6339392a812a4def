import { assert, present } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database } from '../platform/database.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import { columnsOf, nameOfColumn } from './sealed-columns.ts';
import type { Sealer } from './sealer.ts';
import { countOlderThan, insertDataKey, retireDataKey, selectOlderThan, selectPrimaryVersion } from './store.ts';
import { putPass } from './store-reseals.ts';

export interface RotateContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** The name of the column that a pass over a tenant's values begins with. */
export function firstColumnOf(tenantId: string): string {
  return nameOfColumn(present(columnsOf(tenantId)[0], 'a sealed column'));
}

/**
 * Gives a tenant a new version of its data key, which seals from now on, and has the worker seal anew what is under older
 * ones. Those open what they sealed until nothing is left. Returns the version that seals now.
 * @throws Problem not_found where there is no key, gone where the tenant was removed
 */
export function rotateDataKey(context: RotateContext, tenantId: string): Promise<number> {
  return forTenants([tenantId], () => rotate(context, tenantId));
}

async function rotate({ database, sealer, clock }: RotateContext, tenantId: string): Promise<number> {
  const version = await selectPrimaryVersion(database.query, tenantId);
  if (version === null) throw new Problem('not_found', 'There is no data key of that tenant.');
  const made = await sealer.dataKeys.make(tenantId, version + 1);
  const isOurs = await database.transaction(async (tx) => {
    const now = clock.now();
    if (!(await retireDataKey(tx, { tenantId, version }, now))) return false;
    assert(await insertDataKey(tx, made.row), 'A retired key is followed by the next version');
    await putPass(tx, tenantId, firstColumnOf(tenantId), now);
    crashPoint('key-rotation-uncommitted');
    return true;
  });
  crashPoint('key-rotated');
  sealer.dataKeys.forget(tenantId, []);
  if (isOurs) {
    sealer.dataKeys.remember(made);
    return version + 1;
  }
  // Somebody else has rotated it meanwhile, which is what was asked for; or removed the tenant.
  const now = await selectPrimaryVersion(database.query, tenantId);
  if (now === null) throw new Problem('not_found', 'The tenant was removed meanwhile.');
  return now;
}

const BATCH_TENANTS = 200;

/** Rotates the keys that were made before an instant. Begins none after `budgetMs`; repeated until `remaining` is 0. */
export async function rotateOlderDataKeys(
  context: RotateContext,
  before: Temporal.Instant,
  budgetMs: number,
): Promise<{ readonly changed: number; readonly remaining: number }> {
  const db = context.database.query;
  const countLeft = () => forInstallation('keys', () => countOlderThan(db, before));
  const until = performance.now() + budgetMs;
  let changed = 0;
  for (;;) {
    const due = await forInstallation('keys', () => selectOlderThan(db, before, BATCH_TENANTS));
    for (const tenantId of due) {
      if (performance.now() >= until) return { changed, remaining: await countLeft() };
      await rotateDataKey(context, tenantId);
      changed += 1;
    }
    if (due.length < BATCH_TENANTS) return { changed, remaining: await countLeft() };
  }
}
