import { expect, test } from 'vitest';
import type { Overview } from '../../../sdk/src/api.generated.ts';
import { currencyOf, linesOf } from './figure.ts';

const bucket = { created: 3, approved: 2, declined: 1, captures: 2, captured: 2500, refunds: 1, refunded: 500 };
const rest = { reversed: 0, disputes: 0, disputed: 0 };
const numbers = {
  ...{ currency: 'EUR', ...bucket, ...rest, successRate: 2 / 3 },
  series: [
    { at: '2026-11-21T10:00:00Z', ...bucket, ...rest, successRate: 2 / 3 },
    { at: '2026-11-21T11:00:00Z', ...bucket, ...rest, captured: 0, successRate: null },
  ],
};
const overview = {
  currencies: [{ ...numbers, currency: 'JPY', created: 1 }, numbers],
  acknowledgments: { series: [{ at: '2026-11-21T10:00:00Z', attempts: 4, acknowledged: 3, rate: 0.75 }] },
} as unknown as Overview;

test('the currency with most payments is shown unless another one was asked for', () => {
  expect(currencyOf(overview, undefined)?.currency).toBe('EUR');
  expect(currencyOf(overview, 'JPY')?.currency).toBe('JPY');
  expect(currencyOf(overview, 'USD')?.currency).toBe('EUR');
});

test('a figure is drawn by bucket; where nothing was tried there is a gap and no zero', () => {
  expect(linesOf('volume', overview, numbers)).toEqual({
    unit: 'money',
    xs: [1_795_255_200, 1_795_258_800],
    lines: [
      { name: 'captured', values: [2500, 0] },
      { name: 'refunded', values: [500, 500] },
    ],
  });
  expect(linesOf('success', overview, numbers).lines[0]?.values).toEqual([2 / 3, null]);
  expect(linesOf('acknowledged', overview, undefined)).toMatchObject({ unit: 'rate', lines: [{ values: [0.75] }] });
  expect(linesOf('payments', overview, undefined).xs).toEqual([]);
});
