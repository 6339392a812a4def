import { expect, it } from 'vitest';
import { settle } from './exceptions.ts';

const finding = { path: 'src/a.ts', line: 1, rule: 'bans', message: 'console is not used here' };
const exception = { path: 'src/a.ts', rule: 'bans', about: 'console', reason: 'prints the credentials of the demo' };

it('an exception excuses what it names and nothing else', () => {
  const other = { ...finding, message: 'fetch() is not used here' };
  expect(settle([finding, other], 'bans', [exception])).toEqual([other]);
  expect(settle([{ ...finding, path: 'src/b.ts' }], 'bans', [exception])).toHaveLength(2);
});

it('an exception that excuses nothing is a finding of its rule', () => {
  expect(settle([], 'bans', [exception])).toMatchObject([{ path: 'test/tidy/exceptions.ts' }]);
  expect(settle([], 'wording', [exception])).toEqual([]);
});
