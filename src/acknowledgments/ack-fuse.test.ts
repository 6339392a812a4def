import { describe, expect, test } from 'vitest';
import { type AckFuse, closed, count, newFuse } from './ack-fuse.ts';

const NOW = Temporal.Instant.from('2026-01-01T00:00:00Z');
const FRESH = newFuse({ tenantId: 'ten_1', endpointId: 'we_1', mode: 'live' }, NOW);

/** The fuse after these outcomes: `+` acknowledged, `-` not. */
function fuseAfter(outcomes: string, rule: { readonly consecutive: number; readonly rate: number }): AckFuse {
  return [...outcomes].reduce((fuse, outcome) => count(fuse, outcome === '+', rule, NOW), FRESH);
}

describe('a fuse that counts what comes in a row', () => {
  const rule = { consecutive: 3, rate: 0 };
  test.each([
    ['--', 'closed'],
    ['---', 'open'],
    ['--+--', 'closed'],
    ['+---', 'open'],
  ] as const)('%s leaves it %s', (outcomes, state) => {
    expect(fuseAfter(outcomes, rule).state).toBe(state);
  });

  test('that is asked for more than it remembers opens when all it remembers is unacknowledged', () => {
    expect(fuseAfter('-'.repeat(49), { consecutive: 1_000, rate: 0 }).state).toBe('closed');
    expect(fuseAfter('-'.repeat(50), { consecutive: 1_000, rate: 0 }).state).toBe('open');
  });
});

describe('a fuse that looks at the rate', () => {
  const rule = { consecutive: 1_000, rate: 0.9 };
  test.each([
    ['of fewer than 20 says nothing', '-+'.repeat(9), 'closed'],
    ['that is just reached', `--${'+'.repeat(18)}`, 'closed'],
    ['under it opens', `${'+'.repeat(17)}---`, 'open'],
    ['of the last 50 alone counts', `${'+'.repeat(60)}${'-+'.repeat(5)}`, 'closed'],
    ['opens where the last 50 are under it', `${'+'.repeat(60)}${'-+'.repeat(6)}`, 'open'],
  ] as const)('%s', (_, outcomes, state) => {
    expect(fuseAfter(outcomes, rule).state).toBe(state);
  });

  test('0 never opens by it', () => {
    expect(fuseAfter('-+'.repeat(40), { consecutive: 1_000, rate: 0 }).state).toBe('closed');
  });
});

test('an open fuse counts nothing and stays open; closed by a person it begins anew', () => {
  const open = fuseAfter('---', { consecutive: 3, rate: 0 });
  expect(open).toEqual({ ...FRESH, recent: '---', state: 'open', reason: 'consecutive', openedAt: NOW });
  expect(count(open, true, { consecutive: 3, rate: 0 }, NOW)).toBe(open);
  expect(closed(open, NOW)).toEqual(FRESH);
});
