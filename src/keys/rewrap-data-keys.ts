import { Problem } from '../kernel/problem.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Queryable } from '../platform/database.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { wrapContext } from './data-keys.ts';
import { missingMasterKeys } from './load-master-key.ts';
import { type MasterKey, MasterKeyDenied } from './master-key.ts';
import type { MasterKeys } from './master-keys.ts';
import { selectMasterKeyIds } from './store.ts';
import {
  countWrappedByOthers,
  type DataKeyName,
  type RewrappedKey,
  selectWrappedBy,
  updateWrapped,
  type WrappedKey,
} from './store-rewrap.ts';

interface RewrapContext {
  readonly db: Queryable;
  readonly masterKeys: MasterKeys;
}

/** What one turn did. Repeated until `remaining` is 0, or only refused ones remain. */
export interface Rewrapped {
  readonly changed: number;
  readonly remaining: number;
  /** Keys that their master key does not unwrap: they, or what names them, were changed. */
  readonly refused: readonly DataKeyName[];
}

/** One statement each, and what a crash makes us do again. */
const BATCH_ROWS = 1_000;
/** Calls to a key elsewhere at the same time. */
const REMOTE_CALLS_MAX = 16;
/** Enough to see what they have in common. */
const REFUSED_MAX = 100;

/**
 * Wraps every data key by the primary master key that another one has wrapped, in batches that each commit by themselves:
 * whatever ends it, the next call goes on. Begins no further batch after `budgetMs`.
 * @throws Problem state_conflict where a master key is not loaded
 * @throws MasterKeyUnavailable where one cannot be asked
 */
export function rewrapDataKeys(context: RewrapContext, budgetMs: number): Promise<Rewrapped> {
  return forInstallation('keys', () => rewrap(context, budgetMs));
}

async function rewrap(context: RewrapContext, budgetMs: number): Promise<Rewrapped> {
  const { db, masterKeys } = context;
  const [missing] = await missingMasterKeys(db, masterKeys);
  if (missing !== undefined) {
    throw new Problem('state_conflict', `Master key ${missing} still wraps data keys and is not loaded.`);
  }
  const until = performance.now() + budgetMs;
  const refused: DataKeyName[] = [];
  let changed = 0;
  for (const id of await selectMasterKeyIds(db)) {
    if (id === masterKeys.primary.id) continue;
    let after: DataKeyName | null = null;
    do {
      const batch: readonly WrappedKey[] = await selectWrappedBy(db, id, { after, limit: BATCH_ROWS });
      const rewrapped = await rewrapBatch(masterKeys, masterKeys.named(id), batch, refused);
      if (rewrapped.length > 0) changed += await updateWrapped(db, masterKeys.primary.id, rewrapped);
      crashPoint('keys-rewrapped');
      after = batch.length < BATCH_ROWS ? null : (batch.at(-1) ?? null);
    } while (after !== null && performance.now() < until);
  }
  const remaining = await countWrappedByOthers(db, masterKeys.primary.id);
  return { changed, remaining, refused: refused.slice(0, REFUSED_MAX) };
}

async function rewrapBatch(
  { primary }: MasterKeys,
  from: MasterKey,
  batch: readonly WrappedKey[],
  refused: DataKeyName[],
): Promise<readonly RewrappedKey[]> {
  const done: RewrappedKey[] = [];
  await inParallel(batch, REMOTE_CALLS_MAX, async (key) => {
    const context = wrapContext(key.tenantId, key.version);
    try {
      done.push({ ...key, rewrapped: await primary.wrap(await from.unwrap(key.wrapped, context), context) });
    } catch (error) {
      if (!(error instanceof MasterKeyDenied)) throw error;
      refused.push({ tenantId: key.tenantId, version: key.version });
    }
  });
  return done;
}
