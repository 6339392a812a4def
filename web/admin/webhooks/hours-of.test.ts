import { expect, test } from 'vitest';
import { hoursOf } from './hours-of.ts';

const hour = (at: string, attempts: number, acknowledged: number) => ({
  ...{ hour: `2026-11-21T${at}:00:00Z`, attempts, acknowledged },
  ...{ acknowledgementRate: acknowledged / attempts, latencyMs: null },
});
const at = (text: string) => Date.parse(`2026-11-21T${text}:00:00Z`) / 1_000;

test('hours in which nothing was sent are zeros between those in which something was', () => {
  expect(hoursOf([hour('10', 4, 3), hour('12', 2, 2)])).toEqual({
    xs: [at('10'), at('11'), at('12')],
    good: [3, 0, 2],
    bad: [1, 0, 0],
  });
});

test('one hour begins after one of nothing, and none at all is none', () => {
  expect(hoursOf([hour('10', 1, 0)])).toEqual({ xs: [at('09'), at('10')], good: [0, 0], bad: [0, 1] });
  expect(hoursOf([])).toEqual({ xs: [], good: [], bad: [] });
});
