interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

interface BatchOptions<Item, Outcome> {
  /** Writes all items at once and returns their outcomes in the same order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Bounds one statement's size. */
  readonly itemsMax: number;
}

/** While the database works on one, the next is made ready; more would only make the batches smaller. */
const WRITES_MAX = 2;
/** A write that takes longer waits for a lock or a bad disk; those behind it go past it. */
const SLOW_MS = 50;
const WRITES_WITH_SLOW_MAX = 6;

/**
 * Gathers items that arrive while a write is under way and writes them together: one round trip and one commit for many
 * requests. An idle system adds no wait: the first item is written at once. A slow write does not hold up the others.
 * Where a write of several items fails, each is written again alone, so that one bad item harms only itself.
 */
export function createBatcher<Item, Outcome>(options: BatchOptions<Item, Outcome>): (item: Item) => Promise<Outcome> {
  const queue: Waiting<Item, Outcome>[] = [];
  let writing = 0;
  let slowWrites = 0;

  async function write(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await options.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(outcomes[index] as Outcome);
      });
    } catch (error) {
      if (batch.length > 1) await Promise.all(batch.map((one) => write([one])));
      else batch[0]?.reject(error);
    }
  }

  function pump(): void {
    while (queue.length > 0 && writing < WRITES_MAX && writing + slowWrites < WRITES_WITH_SLOW_MAX) begin();
  }

  function begin(): void {
    writing++;
    let isSlow = false;
    const patience = setTimeout(() => {
      isSlow = true;
      slowWrites++;
      writing--;
      pump();
    }, SLOW_MS);
    void write(queue.splice(0, options.itemsMax)).finally(() => {
      clearTimeout(patience);
      if (isSlow) slowWrites--;
      else writing--;
      pump();
    });
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      // Requests read from the sockets in the same turn of the event loop still join this write.
      setImmediate(pump);
    });
}

/**
 * A batcher for each database, made when it is first needed: for statements that many requests make alike, such as
 * reading one row by its key. Alone, such a statement costs its round trip; together, a fraction of it.
 */
export function createBatcherPerDatabase<Database extends object, Item, Outcome>(
  write: (db: Database, items: readonly Item[]) => Promise<readonly Outcome[]>,
  limits: Pick<BatchOptions<Item, Outcome>, 'itemsMax'>,
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
