import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

test('what was set is found, what was set anew is new, and what was deleted is gone', () => {
  const map = new RecentMap<number>(4);
  map.set('a', 1);
  map.set('b', 2);
  map.set('c', 3);
  map.set('a', 4);
  expect([map.get('a'), map.get('b'), map.get('c'), map.get('d')]).toEqual([4, 2, 3, undefined]);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});

test('the last half of the most entries is always remembered, and never more than the most', () => {
  const map = new RecentMap<number>(100);
  for (let index = 0; index < 10_000; index++) {
    map.set(`name ${index}`, index);
    expect(map.size).toBeLessThanOrEqual(100);
    expect(map.get(`name ${Math.max(0, index - 49)}`)).toBeDefined();
  }
  expect(map.get('name 0')).toBeUndefined();
});
