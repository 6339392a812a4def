import { pause } from '../platform/deadline.ts';
import type { AuditContext } from './context.ts';
import type { NewEntry } from './entry.ts';
import { appendEntry, selectKeyOwner } from './store.ts';

/** Entries about what strangers can make happen as often as they like. */
export interface RepeatCounter {
  /** Returns at once and never throws: the first of a kind is written, the others of its minute are counted. */
  count(entry: NewEntry): void;
  /** Writes what is still counted; nothing is taken after it. */
  close(): Promise<void>;
}

const WINDOW_MS = 60_000;
/** Kinds that are told apart within a minute; whatever comes on top is counted together. A bound on what a flood writes. */
const KINDS_MAX = 200;

interface Counted {
  readonly entry: NewEntry;
  times: number;
}

/**
 * Writes the first entry of a kind (the same actor, address, action, target and outcome) at once, and after a minute how
 * often it happened again. A crash loses what was counted and not the first. Nobody waits for it, since it must neither
 * slow down an answer nor stand in its way.
 */
export function createRepeatCounter(context: AuditContext): RepeatCounter {
  const kinds = new Map<string, Counted>();
  const writing = new Set<Promise<void>>();
  const closing = new AbortController();
  let window: Promise<void> | null = null;

  function write(entry: NewEntry): void {
    const written = append(context, entry).catch((error: unknown) => {
      context.log.error(
        { action: entry.action, actor: entry.actor, error },
        'An entry of the record could not be written',
      );
    });
    writing.add(written);
    void written.finally(() => writing.delete(written));
  }

  async function endWindow(): Promise<void> {
    await pause(WINDOW_MS, closing.signal);
    window = null;
    const over = [...kinds.values()];
    kinds.clear();
    for (const { entry, times } of over) {
      if (times > 0) write({ ...entry, at: context.clock.now(), details: { ...entry.details, times } });
    }
  }

  return {
    count(entry) {
      if (closing.signal.aborted) return;
      const kind = kindOf(entry);
      const known = kinds.get(kind) ?? (kinds.size < KINDS_MAX ? undefined : kinds.get(REST));
      window ??= endWindow();
      if (known !== undefined) {
        known.times++;
        return;
      }
      const counted = kinds.size < KINDS_MAX ? entry : restOf(entry);
      kinds.set(kinds.size < KINDS_MAX ? kind : REST, { entry: counted, times: 0 });
      write(counted);
    },
    async close() {
      closing.abort();
      await window;
      await Promise.all(writing);
    },
  };
}

const REST = 'rest';

function kindOf({ tenantId, actor, address, action, targetId, outcome, details }: NewEntry): string {
  return JSON.stringify([tenantId, actor, address, action, targetId, outcome, details.code]);
}

/** What too many different ones have in common: that they were too many. */
function restOf(entry: NewEntry): NewEntry {
  const unknown = { actor: 'many', address: null, correlationId: null, mode: null } as const;
  return { ...entry, ...unknown, tenantId: 'system', action: 'many', targetType: null, targetId: null };
}

const KEY_ACTOR = /^key:(key_[0-9a-z]{26})$/;

/** A key's refusals stand with its tenant, also where the request was refused before it was known whose it is. */
async function append({ database }: AuditContext, entry: NewEntry): Promise<void> {
  const [, keyId] = KEY_ACTOR.exec(entry.actor) ?? [];
  const owner = keyId === undefined ? null : await selectKeyOwner(database.query, keyId);
  await database.transaction((tx) => appendEntry(tx, { ...entry, ...owner }));
}
