import { describe, expect, it } from 'vitest';
import { warmupsBefore } from './warmup.ts';

const CONTENDERS = ['gateway', 'one statement'] as const;

describe('warming up', () => {
  it('begins with many clients, so that one client is not measured on code that is still interpreted', () => {
    expect(warmupsBefore({ clients: 1, isFirst: true }, 8, CONTENDERS)).toEqual([
      { contender: 'gateway', clients: 64, seconds: 8 },
      { contender: 'gateway', clients: 1, seconds: 8 },
      { contender: 'one statement', clients: 1, seconds: 2 },
    ]);
  });

  it('runs every contender before each later level', () => {
    expect(warmupsBefore({ clients: 16, isFirst: false }, 1, CONTENDERS)).toEqual([
      { contender: 'gateway', clients: 16, seconds: 1 },
      { contender: 'one statement', clients: 16, seconds: 1 },
    ]);
  });

  it('can be left out', () => {
    expect(warmupsBefore({ clients: 1, isFirst: true }, 0, CONTENDERS)).toEqual([]);
  });
});
