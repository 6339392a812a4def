import type { Clock } from '../kernel/clock.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import { firstColumnOf } from './rotate-data-key.ts';
import { columnsOf, nameOfColumn, placeOf, type SealedColumn } from './sealed-columns.ts';
import { digestKeyPlace, headerOf, type Sealer } from './sealer.ts';
import { destroyRetired, insertDigestKey, selectLastRetiredAt, selectPrimaryVersion, selectRetired } from './store.ts';
import { deletePass, lockPass, movePass, putPass, type ResealPass, selectDuePasses } from './store-reseals.ts';
import { type LookedAt, type Resealed, selectSealed, updateSealed } from './store-sealed.ts';

export interface ResealContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Counts values that were sealed anew. */
  readonly resealed: (count: number) => void;
}

/**
 * Longer than any process goes on sealing under a version that was retired (it looks once a minute), and than any request
 * holds values that it read before and writes back.
 */
export const SETTLE_MS = 600_000;
/** Rows of one turn: some ten milliseconds of locks. */
const BATCH_ROWS = 500;
const DUE_TENANTS_MAX = 50;

/**
 * One turn: the next rows of each tenant whose pass is due. A pass goes over all sealed columns; when one that began long
 * enough after the last rotation has come upon nothing, the older versions are destroyed. Returns whether more is due now.
 */
export async function resealOnce(context: ResealContext): Promise<boolean> {
  const { database, clock, log } = context;
  const due = await forInstallation('keys', () => selectDuePasses(database.query, clock.now(), DUE_TENANTS_MAX));
  let moved = false;
  for (const tenantId of due) {
    try {
      moved = (await forTenants([tenantId], () => resealNext(context, tenantId))) || moved;
    } catch (error) {
      // One tenant's trouble, such as a master key that does not answer, keeps nobody else's values where they are.
      log.warn({ error, tenantId }, 'Values could not be sealed anew');
    }
  }
  return moved;
}

async function resealNext(context: ResealContext, tenantId: string): Promise<boolean> {
  const { database, sealer, clock } = context;
  await warmVersions(context, tenantId);
  const destroyed: number[] = [];
  const count = await database.transaction(async (tx) => {
    destroyed.length = 0;
    const pass = await lockPass(tx, tenantId, clock.now());
    if (pass === null) return null;
    const version = await selectPrimaryVersion(tx, tenantId);
    if (version === null) {
      await deletePass(tx, tenantId);
      return null;
    }
    if ((await sealer.dataKeys.primary(tenantId)).version !== version) {
      // This process has not heard of the last rotation; what it would seal now would be old at once.
      sealer.dataKeys.forget(tenantId, []);
      return null;
    }
    const { next, moved } = await resealRows(context, tx, tenantId, pass, headerOf(version));
    if (next === null) destroyed.push(...(await endPass(context, tx, tenantId, pass, moved.found)));
    else await movePass(tx, tenantId, { ...next, found: pass.found + BigInt(moved.found) }, clock.now());
    crashPoint('reseal-uncommitted');
    return moved.written;
  });
  crashPoint(destroyed.length > 0 ? 'keys-destroyed' : 'reseal-committed');
  if (count !== null) context.resealed(count);
  if (destroyed.length > 0) sealer.dataKeys.forget(tenantId, destroyed);
  return count !== null;
}

/** Before the transaction: a master key may be far away. */
async function warmVersions({ database, sealer }: ResealContext, tenantId: string): Promise<void> {
  await sealer.warm(tenantId);
  const all = await selectRetired(database.query, tenantId, Temporal.Instant.from('9999-01-01T00:00:00Z'));
  for (const version of all) await sealer.dataKeys.version(tenantId, version);
}

type Place = Pick<ResealPass, 'columnName' | 'position'>;

/** Seals the next rows of a pass anew. `next`: where it goes on; null at its end. */
async function resealRows(
  context: ResealContext,
  tx: Queryable,
  tenantId: string,
  pass: ResealPass,
  header: Buffer,
): Promise<{ readonly next: Place | null; readonly moved: { readonly found: number; readonly written: number } }> {
  const columns = columnsOf(tenantId);
  // A column that the program has no longer: what is left of the list begins anew.
  const index = Math.max(
    0,
    columns.findIndex((one) => nameOfColumn(one) === pass.columnName),
  );
  for (const [at, column] of columns.entries()) {
    if (at < index) continue;
    const after = at === index ? pass.position : [];
    const rows = await selectSealed(tx, column, { tenantId, header, after, limit: BATCH_ROWS });
    const older = rows.filter(isOlder);
    const resealed = await sealAnew(context, tenantId, column, older);
    const written = resealed.length === 0 ? 0 : await updateSealed(tx, tenantId, column, resealed);
    const last = rows.at(-1);
    const moved = { found: older.length, written };
    if (rows.length === BATCH_ROWS && last !== undefined) {
      return { moved, next: { columnName: nameOfColumn(column), position: last.key } };
    }
    const following = columns[at + 1];
    if (following === undefined) return { moved, next: null };
    // Columns in which nothing had to be done cost one read each and are passed in the same turn.
    if (older.length > 0) return { moved, next: { columnName: nameOfColumn(following), position: [] } };
  }
  return { moved: { found: 0, written: 0 }, next: null };
}

type Older = LookedAt & { readonly sealed: Buffer };

function isOlder(row: LookedAt): row is Older {
  return row.sealed !== null;
}

async function sealAnew(
  { sealer, log }: ResealContext,
  tenantId: string,
  column: SealedColumn,
  rows: readonly Older[],
): Promise<readonly Resealed[]> {
  const resealed: Resealed[] = [];
  for (const { key, named, sealed: found } of rows) {
    const place = placeOf(tenantId, column, named);
    try {
      resealed.push({ key, found, sealed: await sealer.seal(place, await sealer.open(place, found)) });
    } catch (error) {
      // It stays as it is, and with it the version that it may be under.
      log.warn({ error, tenantId, column: nameOfColumn(column), key }, 'A sealed value cannot be opened');
    }
  }
  return resealed;
}

/** Destroys the older versions, or has another pass look; returns the versions that are destroyed with the commit. */
async function endPass(
  { sealer, clock }: ResealContext,
  tx: Queryable,
  tenantId: string,
  { found, beganAt }: ResealPass,
  foundNow: number,
): Promise<readonly number[]> {
  const now = clock.now();
  const lastRetiredAt = await selectLastRetiredAt(tx, tenantId);
  const settledAt = lastRetiredAt?.add({ milliseconds: SETTLE_MS }) ?? beganAt;
  const isClean = found + BigInt(foundNow) === 0n && Temporal.Instant.compare(beganAt, settledAt) >= 0;
  if (!isClean) {
    await putPass(tx, tenantId, firstColumnOf(tenantId), now.add({ milliseconds: SETTLE_MS }));
    return [];
  }
  const versions = await selectRetired(tx, tenantId, beganAt.subtract({ milliseconds: SETTLE_MS }));
  for (const version of versions) {
    const { digestKey } = await sealer.dataKeys.version(tenantId, version);
    const sealed = await sealer.seal(digestKeyPlace(tenantId, version), digestKey);
    await insertDigestKey(tx, { tenantId, version, sealed, createdAt: now });
  }
  if (versions.length > 0) await destroyRetired(tx, tenantId, versions);
  await deletePass(tx, tenantId);
  return versions;
}
