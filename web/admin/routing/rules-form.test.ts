import { expect, test } from 'vitest';
import { rulesOf, valuesOf } from './rules-form.ts';

const ROUTING = {
  weight: 70,
  currencies: ['EUR', 'JPY'],
  amounts: { EUR: { min: 100, max: 500_050 }, JPY: { max: 9_000 } },
  methods: ['stripe', 'none'],
};

test('rules that nobody touches are sent as they came', () => {
  expect(rulesOf(valuesOf({ priority: 10, routing: ROUTING }))).toEqual(ROUTING);
});

test('what is left empty sets no rule', () => {
  const none = { weight: null, currencies: null, amounts: null, methods: null };
  expect(rulesOf({ priority: '1', weight: ' ', currencies: '', methods: '\n', amounts: [] })).toEqual(none);
  expect(rulesOf(valuesOf({ priority: 1, routing: none }))).toEqual(none);
});

test.each([
  [{ currency: 'EURO', min: '1', max: '' }],
  [{ currency: 'JPY', min: '1.50', max: '' }],
  [{ currency: 'eur', min: '', max: '' }],
])('the row that is no amount is named: %j', (row) => {
  const first = { currency: 'EUR', min: '1', max: '2' };
  expect(rulesOf({ priority: '1', weight: '', currencies: '', methods: '', amounts: [first, row] })).toBe(1);
});
