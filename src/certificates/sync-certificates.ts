import type { Clock } from '../kernel/clock.ts';
import { type Sealer, SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import { clearIncoming, findPlaces, readFiles, writeItem } from './storage-folder.ts';
import { deleteEnded, type SealedItem, selectHeads, selectItems, upsertItems } from './store.ts';
import { hasEnded, type ItemHead, readItem, type StoredItem, supersedes } from './stored-item.ts';

export interface SyncContext {
  readonly db: Queryable;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface SyncResult {
  /** Items that were handed over to the database, and that were taken from it. */
  readonly exported: number;
  readonly imported: number;
}

/** What lies at a place of the folder, as it was last read. */
interface Local {
  readonly stamp: string;
  /** null: not whole, or ended. */
  readonly head: ItemHead | null;
  /** It was the same one pass ago, so nobody is about to write there. */
  readonly isSettled: boolean;
}

const BATCH = 100;
/** Clocks of machines differ, and a change is seen when it commits. */
const OVERLAP = { minutes: 2 };
/** Everything is compared anew, whatever was missed. */
const COMPARE_ALL_EVERY = { minutes: 10 };
/** A certificate is of no use once it has ended; the proxy itself keeps it two weeks longer. */
const KEEP_ENDED = { hours: 24 * 14 };

/**
 * Keeps the storage folder of a proxy and the database the same, one pass a call. Phases of a pass: read what changed in
 * the folder and in the table; hand over what is newer here; take what is newer there. Each step is whole by itself and is
 * repeated by the next pass, so that it may end anywhere, and any number of proxies may do it at once.
 */
export function createCertificateSync(context: SyncContext, root: string): () => Promise<SyncResult> {
  const locals = new Map<string, Local>();
  const shared = new Map<string, ItemHead>();
  let comparedAllAt: Temporal.Instant | null = null;
  let lookedAt: Temporal.Instant | null = null;

  async function readShared(now: Temporal.Instant): Promise<void> {
    const isAll = comparedAllAt === null || Temporal.Instant.compare(now, comparedAllAt.add(COMPARE_ALL_EVERY)) >= 0;
    if (isAll) {
      await deleteEnded(context.db, now.subtract(KEEP_ENDED));
      if (comparedAllAt === null) await clearIncoming(root);
    }
    const heads = await selectHeads(context.db, isAll ? null : (lookedAt?.subtract(OVERLAP) ?? null));
    if (isAll) shared.clear();
    for (const head of heads) shared.set(head.place, head);
    if (isAll) comparedAllAt = now;
    lookedAt = now;
  }

  return async () => {
    const now = context.clock.now();
    await readLocals(root, locals, now);
    await readShared(now);
    const mine = [...locals.values()].flatMap(({ head }) => (head === null ? [] : [head]));
    const exported = await hand(context, root, mine, shared, now);
    const wanted = [...shared.values()].filter(
      (head) => !hasEnded(head, now) && isWanted(head, locals.get(head.place)),
    );
    const imported = await take(context, root, wanted);
    return { exported, imported };
  };
}

/** What is half written is left to its writer; where it stays so, nobody is writing any more. */
function isWanted(head: ItemHead, local: Local | undefined): boolean {
  if (local === undefined) return true;
  return local.head === null ? local.isSettled : supersedes(head, local.head);
}

async function readLocals(root: string, locals: Map<string, Local>, now: Temporal.Instant): Promise<void> {
  const found = await findPlaces(root);
  const places = new Set(found.map(({ place }) => place));
  for (const place of locals.keys()) if (!places.has(place)) locals.delete(place);
  for (const { place, stamp } of found) {
    const before = locals.get(place);
    if (before?.stamp === stamp) {
      locals.set(place, { ...before, isSettled: true });
      continue;
    }
    const item = readItem(place, await readFiles(root, place));
    const head = item === null || hasEnded(item, now) ? null : headOf(item);
    locals.set(place, { stamp, head, isSettled: false });
  }
}

/** Hands over what supersedes what is shared; read again, since it may have changed since. */
async function hand(
  { db, sealer }: SyncContext,
  root: string,
  mine: readonly ItemHead[],
  shared: ReadonlyMap<string, ItemHead>,
  now: Temporal.Instant,
): Promise<number> {
  const newer = mine.filter((head) => supersedes(head, shared.get(head.place)));
  let exported = 0;
  for (let from = 0; from < newer.length; from += BATCH) {
    const sealed: SealedItem[] = [];
    for (const { place } of newer.slice(from, from + BATCH)) {
      const item = readItem(place, await readFiles(root, place));
      if (item === null) continue;
      const filesSealed = await sealer.seal(sealedPlace(place), JSON.stringify(item.files));
      sealed.push({ ...headOf(item), filesSealed });
    }
    await upsertItems(db, sealed, now);
    exported += sealed.length;
  }
  return exported;
}

async function take({ db, sealer, log }: SyncContext, root: string, wanted: readonly ItemHead[]): Promise<number> {
  let imported = 0;
  for (let from = 0; from < wanted.length; from += BATCH) {
    const places = wanted.slice(from, from + BATCH).map(({ place }) => place);
    for (const row of await selectItems(db, places)) {
      const item = await openItem(sealer, row);
      if (item === null) {
        log.error({ place: row.place }, 'A shared certificate cannot be opened and was left alone');
        continue;
      }
      await writeItem(root, item);
      imported++;
    }
  }
  return imported;
}

/** null: it was changed or moved by somebody without the key, or is not what its row says. */
async function openItem(sealer: Sealer, row: SealedItem): Promise<StoredItem | null> {
  const opened = await sealer.open(sealedPlace(row.place), row.filesSealed).catch(() => null);
  if (opened === null) return null;
  const item = readItem(row.place, JSON.parse(opened.toString('utf8')) as Record<string, string>);
  return item?.fingerprint === row.fingerprint ? item : null;
}

function sealedPlace(place: string) {
  return { tenantId: SYSTEM, table: 'proxy_storage', column: 'files_sealed', row: place };
}

function headOf({ place, kind, fingerprint, validFrom, validUntil }: StoredItem): ItemHead {
  return { place, kind, fingerprint, validFrom, validUntil };
}
