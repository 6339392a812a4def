import { lookup } from 'node:dns/promises';
import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

test('a password verifies against its own hash only, and two hashes of it differ', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword(one, 'correct horse')).toBe(true);
  expect(await verifyPassword(one, 'correct horsf')).toBe(false);
});

test('nobody has no password, and costs as much to ask', async () => {
  const stored = await hashPassword('x');
  await verifyPassword(null, 'x');
  const timeOf = async (hash: string | null) => {
    const start = performance.now();
    expect(await verifyPassword(hash, 'wrong')).toBe(false);
    return performance.now() - start;
  };
  const known = Math.min(await timeOf(stored), await timeOf(stored), await timeOf(stored));
  const unknown = Math.min(await timeOf(null), await timeOf(null), await timeOf(null));
  expect(unknown).toBeGreaterThan(known / 4);
});

test('E8 a flood of log-ins leaves the thread pool to others', async () => {
  const flood = Array.from({ length: 20 }, () => verifyPassword(null, 'guess'));
  const start = performance.now();
  await lookup('localhost');
  expect(performance.now() - start).toBeLessThan(500);
  await Promise.all(flood);
});
