import { runForMany } from './act.ts';
import { type AskedIn, currentScope, forScopes, forTenants } from './tenant-scope.ts';

interface Waiting<Item, Outcome> {
  readonly item: Item;
  /** Unless the batch says by itself whose items are. */
  readonly askedIn: AskedIn;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

interface BatchOptions<Item, Outcome> {
  /** Writes all items at once and returns their outcomes in the same order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Bounds one statement's size. */
  readonly itemsMax: number;
  /** Whose rows a write touches for an item; without it, those that may be touched where the item comes from. */
  readonly tenantsOf?: (item: Item) => Iterable<string>;
  /** What a write locks for an item: two that would wait for each other are not begun together. */
  readonly lockOf?: (item: Item) => unknown;
}

/** While the database works on one, the next is made ready; more would only make the batches smaller. */
const WRITES_MAX = 2;
/** A write that takes longer waits for a lock or a bad disk; those behind it go past it. */
const SLOW_MS = 50;
const WRITES_WITH_SLOW_MAX = 6;

/**
 * Gathers items that arrive while a write is under way and writes them together: one round trip and one commit for many
 * requests. An idle system adds no wait: the first item is written at once. A slow write does not hold up the others.
 * A write may touch the rows of those alone whose items are in it (platform/tenant-scope.ts).
 * Where a write of several items fails, each is written again alone, so that one bad item harms only itself.
 */
export function createBatcher<Item, Outcome>(options: BatchOptions<Item, Outcome>): (item: Item) => Promise<Outcome> {
  const { tenantsOf } = options;
  const queue = new WriteQueue<Item, Waiting<Item, Outcome>>(options);
  let pumpsSoon = false;
  let writing = 0;
  let slowWrites = 0;

  async function write(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const items = batch.map(({ item }) => item);
      const run = () => runForMany(() => options.write(items));
      const outcomes = await (tenantsOf === undefined
        ? forScopes(
            batch.map(({ askedIn }) => askedIn),
            run,
          )
        : forTenants(
            items.flatMap((item) => [...tenantsOf(item)]),
            run,
          ));
      batch.forEach(({ resolve }, index) => {
        resolve(outcomes[index] as Outcome);
      });
    } catch (error) {
      if (batch.length > 1) await Promise.all(batch.map((one) => write([one])));
      else batch[0]?.reject(error);
    }
  }

  function pump(): void {
    while (writing < WRITES_MAX && writing + slowWrites < WRITES_WITH_SLOW_MAX) {
      const batch = queue.take();
      if (batch.length === 0) return;
      begin(batch);
    }
  }

  function begin(batch: readonly Waiting<Item, Outcome>[]): void {
    writing++;
    let isSlow = false;
    const patience = setTimeout(() => {
      isSlow = true;
      slowWrites++;
      writing--;
      pump();
    }, SLOW_MS);
    void write(batch).finally(() => {
      clearTimeout(patience);
      queue.free(batch);
      if (isSlow) slowWrites--;
      else writing--;
      pump();
    });
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.add({ item, askedIn: currentScope(), resolve, reject });
      if (pumpsSoon) return;
      pumpsSoon = true;
      // Requests read from the sockets in the same turn of the event loop still join this write.
      setImmediate(() => {
        pumpsSoon = false;
        pump();
      });
    });
}

/** What is to be written, in the order in which it came, as far as no write holds its lock. */
class WriteQueue<Item, Entry extends { readonly item: Item }> {
  readonly #limits: Pick<BatchOptions<Item, unknown>, 'itemsMax' | 'lockOf'>;
  readonly #entries: Entry[] = [];
  /** What a write that is under way has locked, with those that wait for its end. */
  readonly #locked = new Map<unknown, Entry[]>();

  constructor(limits: Pick<BatchOptions<Item, unknown>, 'itemsMax' | 'lockOf'>) {
    this.#limits = limits;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** Takes out the next that may be written together, and locks what they need until they are freed. */
  take(): readonly Entry[] {
    const { itemsMax, lockOf } = this.#limits;
    if (lockOf === undefined) return this.#entries.splice(0, itemsMax);
    const batch: Entry[] = [];
    let looked = 0;
    for (const entry of this.#entries) {
      if (batch.length === itemsMax) break;
      (this.#locked.get(lockOf(entry.item)) ?? batch).push(entry);
      looked++;
    }
    this.#entries.splice(0, looked);
    for (const { item } of batch) this.#locked.set(lockOf(item), []);
    return batch;
  }

  free(batch: readonly Entry[]): void {
    const { lockOf } = this.#limits;
    if (lockOf === undefined) return;
    for (const lock of new Set(batch.map(({ item }) => lockOf(item)))) {
      this.#entries.push(...(this.#locked.get(lock) ?? []));
      this.#locked.delete(lock);
    }
  }
}

/**
 * A batcher for each database, made when it is first needed: for statements that many requests make alike, such as
 * reading one row by its key. Alone, such a statement costs its round trip; together, a fraction of it.
 */
export function createBatcherPerDatabase<Database extends object, Item, Outcome>(
  write: (db: Database, items: readonly Item[]) => Promise<readonly Outcome[]>,
  limits: Pick<BatchOptions<Item, Outcome>, 'itemsMax' | 'tenantsOf'>,
): (db: Database, item: Item) => Promise<Outcome> {
  const batchers = new WeakMap<Database, (item: Item) => Promise<Outcome>>();
  return (db, item) => {
    const known = batchers.get(db);
    if (known !== undefined) return known(item);
    const batcher = createBatcher<Item, Outcome>({ ...limits, write: (items) => write(db, items) });
    batchers.set(db, batcher);
    return batcher(item);
  };
}
