import { expect, test } from 'vitest';
import { scopeCovers } from './caller.ts';

test.each([
  ['*:*', 'payment:create', true],
  ['payment:*', 'payment:create', true],
  ['*:read', 'payment:create', false],
  ['refund:create', 'payment:create', false],
  ['payment:create', 'payment:create', true],
] as const)('a grant of %s covers %s: %s', (granted, wanted, covered) => {
  expect(scopeCovers([granted], wanted)).toBe(covered);
});

test('S3.11 no wildcard covers what is an administrator’s: it is granted by name', () => {
  const pause = 'notification-settings:pause';
  for (const granted of ['all', ['*:*'], ['notification-settings:*'], ['*:pause']] as const) {
    expect(scopeCovers(granted, pause)).toBe(false);
  }
  expect(scopeCovers(['*:*', pause], pause)).toBe(true);
  expect(scopeCovers('all', 'payment:create')).toBe(true);
});
