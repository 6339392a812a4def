import { expect, it } from 'vitest';
import { findCycle } from './slices.ts';

it('a cycle is found and spelled out', () => {
  expect(findCycle({ a: ['b'], b: ['c'], c: ['b'] })).toEqual(['b', 'c', 'b']);
  expect(findCycle({ a: ['a'] })).toEqual(['a', 'a']);
});

it('two ways to the same slice are no cycle', () => {
  expect(findCycle({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toBeNull();
});
