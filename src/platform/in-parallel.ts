/**
 * Works off the items, at most `concurrency` at a time. An item that fails keeps nobody else from its turn; the first
 * failure rejects once all have had theirs.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const run = async (): Promise<void> => {
    for (const item of queue) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: concurrency }, run));
  if (failures.length > 0) throw failures[0];
}
