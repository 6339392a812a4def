import { expect, test } from 'vitest';
import { inOrder, shareOf } from './share-of.ts';

const account = (id: string, priority: number, weight: number | null, status: 'active' | 'disabled' = 'active') => ({
  ...{ id, priority, status },
  routing: { weight },
});

test('accounts stand in the order in which they are tried', () => {
  const accounts = [
    account('pa_off', 1, null, 'disabled'),
    account('pa_3', 20, null),
    account('pa_2', 10, 30),
    account('pa_4', 10, null),
    account('pa_1', 10, 70),
  ];
  expect(inOrder(accounts).map(({ id }) => id)).toEqual(['pa_1', 'pa_2', 'pa_4', 'pa_3', 'pa_off']);
});

test('a share counts among the active accounts of a priority, and who has none is a spare', () => {
  const accounts = [
    account('pa_1', 10, 70),
    account('pa_2', 10, 30),
    account('pa_3', 10, null),
    account('pa_4', 10, 100, 'disabled'),
    account('pa_5', 20, null),
    account('pa_6', 20, null),
  ];
  expect(accounts.map((one) => shareOf(one, accounts))).toEqual([0.7, 0.3, null, null, 1, null]);
});
