import { describe, expect, it } from 'vitest';
import { quantile, spreadOf } from './statistics.ts';

describe('the spread of figures', () => {
  it('has the middle one, the smallest and the largest, in whatever order they came', () => {
    expect(spreadOf([30, 10, 200])).toEqual({ median: 30, min: 10, max: 200 });
  });

  it('has the mean of the middle two where they are even in number', () => {
    expect(spreadOf([1, 2, 4, 100]).median).toBe(3);
  });

  it('orders figures as numbers and not as text', () => {
    expect(spreadOf([9, 10, 100]).median).toBe(10);
  });

  it('is refused for no figures', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

it('a quantile lies between its neighbors in proportion', () => {
  const figures = Float64Array.from({ length: 101 }, (_, index) => index * 2);
  expect(quantile(figures, 0.99)).toBe(198);
  expect(quantile(Float64Array.of(0, 10), 0.25)).toBe(2.5);
});
