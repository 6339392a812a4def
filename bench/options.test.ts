import { describe, expect, it } from 'vitest';
import { BenchRefused, readOptions } from './options.ts';

describe('the flags of a benchmark', () => {
  it('have defaults that end by themselves', () => {
    expect(readOptions([])).toMatchObject({
      clients: [1, 16, 64],
      rounds: 3,
      seconds: 5,
      warmupSeconds: 8,
      baseline: 'pgbench',
    });
  });

  it('fill no database unless they say so, and one with a million payments for plans', () => {
    expect(readOptions([]).rows).toBe(0);
    expect(readOptions(['--explain']).rows).toBe(1_000_000);
    expect(readOptions(['--rows', '20000']).rows).toBe(20_000);
    expect(readOptions(['--rows', '20000', '--explain']).rows).toBe(20_000);
  });

  it('take several numbers of clients', () => {
    expect(readOptions(['--clients', '2,8']).clients).toEqual([2, 8]);
  });

  it.each([
    ['a flag nobody knows', ['--client', '2']],
    ['no client at all', ['--clients', '0']],
    ['more clients than the server has connections', ['--clients', '129']],
    ['a number that is none', ['--seconds', 'five']],
    ['a run without end', ['--seconds', '121']],
    ['too many levels', ['--clients', '1,1,1,1,1,1,1,1,1,1,1']],
    ['a baseline nobody knows', ['--baseline', 'other']],
    ['so few rows that nothing can be seen', ['--rows', '999']],
    ['more rows than ids are made for', ['--rows', '20000001']],
  ])('refuse %s', (_what, flags) => {
    expect(() => readOptions(flags)).toThrow(BenchRefused);
  });
});
