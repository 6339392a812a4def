import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

test('an item that fails keeps none of the others from its turn, and is heard of at the end', async () => {
  const done: number[] = [];
  const work = inParallel([1, 2, 3, 4, 5], 1, async (item) => {
    if (item === 1) throw new Error('poison');
    done.push(item);
  });
  await expect(work).rejects.toThrow('poison');
  expect(done).toEqual([2, 3, 4, 5]);
});

test('no more than so many are under way at once, and every one is done', async () => {
  let underWay = 0;
  let most = 0;
  let done = 0;
  await inParallel(
    Array.from({ length: 20 }, (_, index) => index),
    3,
    async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      done++;
    },
  );
  expect([most, done]).toEqual([3, 20]);
});
