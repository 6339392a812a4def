import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';

test('a value is read once within its lifetime, and again after it', async () => {
  const cache = new ExpiringCache<number>({ lifetimeMs: 400, entriesMax: 10 });
  let reads = 0;
  const load = async () => ++reads;
  expect([await cache.get('a', load), await cache.get('a', load)]).toEqual([1, 1]);
  await sleep(420);
  expect(await cache.get('a', load)).toBe(2);
});

test('its lifetime begins before it was read, since it may be as old as that', async () => {
  const cache = new ExpiringCache<number>({ lifetimeMs: 30, entriesMax: 10 });
  let reads = 0;
  const load = async () => {
    await sleep(40);
    return ++reads;
  };
  await cache.get('a', load);
  expect(await cache.get('a', load)).toBe(2);
});

test('who misses a value together reads it once, and all hear of a failure', async () => {
  const cache = new ExpiringCache<number>({ lifetimeMs: 10_000, entriesMax: 10 });
  let reads = 0;
  const load = async () => {
    await sleep(5);
    return ++reads;
  };
  expect(await Promise.all([cache.get('a', load), cache.get('a', load), cache.get('b', load)])).toEqual([1, 1, 2]);
  const away = () => Promise.reject(new Error('away'));
  const answers = await Promise.allSettled([cache.get('c', away), cache.get('c', away)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await cache.get('c', async () => 7)).toBe(7);
});

test('a failed read is not remembered', async () => {
  const cache = new ExpiringCache<number>({ lifetimeMs: 10_000, entriesMax: 10 });
  await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await cache.get('a', async () => 1)).toBe(1);
});

test('it never holds more entries than its bound', async () => {
  const cache = new ExpiringCache<number>({ lifetimeMs: 10_000, entriesMax: 2 });
  for (const name of ['a', 'b', 'c']) cache.set(name, 1);
  expect(await cache.get('c', async () => 2)).toBe(1);
  expect(await cache.get('a', async () => 2)).toBe(2);
});

test('a name that is forgotten is read again, and what was being read for it meanwhile is not remembered', async () => {
  const cache = new ExpiringCache<string>({ lifetimeMs: 60_000, entriesMax: 10 });
  const slow = Promise.withResolvers<string>();
  const before = cache.get('a', () => slow.promise);
  expect(cache.peek('a')).toBeUndefined();
  cache.forget('a');
  expect(await cache.get('a', async () => 'new')).toBe('new');
  slow.resolve('old');
  expect(await before).toBe('old');
  expect(cache.peek('a')).toBe('new');
  cache.forget('a');
  expect(await cache.get('a', async () => 'newer')).toBe('newer');
});
