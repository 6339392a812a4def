import { expect, test } from 'vitest';
import { summarizeTotals } from './summarize-totals.ts';

const total = (account: 'sales' | 'refunds' | 'fees' | 'provider_receivable', opening: number, closing: number) => ({
  ...{ currency: 'EUR', providerAccountId: 'pa_1', account, opening, closing },
  ...{ debits: 0, credits: 0 },
});

test('a month is what it moved, and what is owed is what its end leaves', () => {
  const totals = [
    total('sales', 10_000, 15_000),
    total('refunds', 500, 1_700),
    total('fees', 100, 130),
    total('provider_receivable', 9_400, 13_170),
  ];
  expect(summarizeTotals(totals)).toEqual([
    { currency: 'EUR', gross: 5_000, refunds: 1_200, fees: 30, disputed: 0, net: 3_770, paidOut: 0, owed: 13_170 },
  ]);
});

test('currencies are never added to each other, accounts of one currency are', () => {
  const yen = { ...total('sales', 0, 7), currency: 'JPY' };
  const second = { ...total('sales', 0, 200), providerAccountId: 'pa_2' };
  expect(
    summarizeTotals([total('sales', 0, 100), second, yen]).map(({ currency, gross }) => [currency, gross]),
  ).toEqual([
    ['EUR', 300],
    ['JPY', 7],
  ]);
});
