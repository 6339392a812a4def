import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createBatcher, createBatcherPerDatabase } from './batch.ts';

test('a single item is written at once and alone', async () => {
  const writes: number[][] = [];
  const write = createBatcher<number, number>({
    write: async (items) => {
      writes.push([...items]);
      return items.map((item) => item * 2);
    },
    itemsMax: 10,
  });
  expect(await write(21)).toBe(42);
  expect(writes).toEqual([[21]]);
});

test('items that arrive during a write are written together, each with its own outcome', async () => {
  const writes: number[][] = [];
  const write = createBatcher<number, number>({
    write: async (items) => {
      writes.push([...items]);
      await sleep(20);
      return items.map((item) => item * 2);
    },
    itemsMax: 100,
  });
  const first = write(0);
  await sleep(5);
  const rest = [1, 2, 3, 4].map((item) => write(item));
  expect(await Promise.all([first, ...rest])).toEqual([0, 2, 4, 6, 8]);
  expect(writes).toEqual([[0], [1, 2, 3, 4]]);
});

test('one bad item harms only itself', async () => {
  const write = createBatcher<string, string>({
    write: async (items) => {
      if (items.includes('bad')) throw new Error('broken');
      return [...items];
    },
    itemsMax: 100,
  });
  const outcomes = await Promise.allSettled(['a', 'bad', 'b'].map((item) => write(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('items that share a lock are never in two writes at once, and hold up nobody else', async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const writes: string[] = [];
  const write = createBatcher<string, string>({
    write: async (items) => {
      writes.push(items.join(' '));
      begun.resolve();
      if (items.includes('a1')) await gate.promise;
      return [...items];
    },
    itemsMax: 100,
    lockOf: (item) => item.slice(0, 1),
  });
  const first = write('a1');
  await begun.promise;
  const behind = [write('a2'), write('a3')];
  expect(await Promise.all([write('b1'), write('c1')])).toEqual(['b1', 'c1']);
  // Longer than what makes a write count as slow.
  await sleep(100);
  expect(await write('b2')).toBe('b2');
  expect(writes).toEqual(['a1', 'b1 c1', 'b2']);
  gate.resolve();
  expect(await Promise.all([first, ...behind])).toEqual(['a1', 'a2', 'a3']);
  expect(writes).toEqual(['a1', 'b1 c1', 'b2', 'a2 a3']);
});

test('what is left of a full batch waits for its lock, and then has its turn', async () => {
  const writes: string[] = [];
  let running = 0;
  const write = createBatcher<string, string>({
    write: async (items) => {
      writes.push(items.join(' '));
      running++;
      expect(running).toBe(1);
      await sleep(2);
      running--;
      return [...items];
    },
    itemsMax: 2,
    lockOf: () => 'one for all',
  });
  const items = ['1', '2', '3', '4', '5'];
  expect(await Promise.all(items.map((item) => write(item)))).toEqual(items);
  expect(writes).toEqual(['1 2', '3 4', '5']);
});

test('a batch never exceeds its size, and two are written at once', async () => {
  let running = 0;
  let most = 0;
  const sizes: number[] = [];
  const write = createBatcher<number, number>({
    write: async (items) => {
      most = Math.max(most, ++running);
      sizes.push(items.length);
      await sleep(2);
      running--;
      return [...items];
    },
    itemsMax: 7,
  });
  const items = Array.from({ length: 200 }, (_, index) => index);
  expect(await Promise.all(items.map((item) => write(item)))).toEqual(items);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
  expect(most).toBe(2);
});

test('slow writes hold up none of those behind them, up to six', async () => {
  const stuck: (() => void)[] = [];
  let running = 0;
  const write = createBatcher<string, string>({
    write: async (items) => {
      running++;
      if (items[0] === 'stuck') await new Promise<void>((resolve) => stuck.push(resolve));
      running--;
      return [...items];
    },
    itemsMax: 1,
  });
  const first = write('stuck');
  expect(await write('behind')).toBe('behind');
  const more = Array.from({ length: 6 }, () => write('stuck'));
  const last = write('last');
  await sleep(400);
  expect(running).toBe(6);
  for (const release of stuck.splice(0)) release();
  await sleep(100);
  for (const release of stuck.splice(0)) release();
  expect(await Promise.all([first, ...more, last])).toEqual([...Array(7).fill('stuck'), 'last']);
});

test('items for one database share a write, and never one with those for another', async () => {
  const [here, there] = [{ name: 'here' }, { name: 'there' }];
  const writes: string[] = [];
  const read = createBatcherPerDatabase(
    async (db: { readonly name: string }, items: readonly number[]) => {
      writes.push(`${db.name} ${items.join(' ')}`);
      return items.map((item) => `${db.name} ${item}`);
    },
    { itemsMax: 10 },
  );
  const outcomes = await Promise.all([read(here, 1), read(there, 2), read(here, 3)]);
  expect(outcomes).toEqual(['here 1', 'there 2', 'here 3']);
  expect(writes.sort()).toEqual(['here 1 3', 'there 2']);
});
