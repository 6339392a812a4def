import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeTotals, PRICES, type PricedLine, taxOf } from './compute-totals.ts';
import { QUANTITY_UNIT } from './quantity.ts';
import { divideRounded, ROUNDINGS, shareOut } from './rounding.ts';
import { parseRate, taxKey } from './tax.ts';

const sum = (amounts: readonly bigint[]) => amounts.reduce((one, other) => one + other, 0n);

function line(unitAmount: bigint, rate: string, quantity = 1n): PricedLine {
  const tax = { category: 'standard', rate: parseRate(rate) ?? 0 } as const;
  return { tax, unitAmount, quantity: quantity * QUANTITY_UNIT, per: QUANTITY_UNIT, discount: 0n };
}

describe('rounding', () => {
  test.each([
    [5n, 2n, 3n, 2n],
    [7n, 2n, 4n, 4n],
    [1n, 3n, 0n, 0n],
    [2n, 3n, 1n, 1n],
    [0n, 3n, 0n, 0n],
  ])('%s of %s is %s half up and %s half even', (dividend, divisor, up, even) => {
    expect(divideRounded(dividend, divisor, 'half_up')).toBe(up);
    expect(divideRounded(dividend, divisor, 'half_even')).toBe(even);
  });

  test('a total is shared out to the last unit, and nobody is more than one away from their share', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(weights, fc.bigInt({ min: 0n, max: 10n ** 12n }), (parts, total) => {
        fc.pre(sum(parts) > 0n);
        const shares = shareOut(total, parts);
        expect(sum(shares)).toBe(total);
        for (const [index, share] of shares.entries()) {
          const exact = total * (parts[index] ?? 0n);
          expect(share * sum(parts) > exact - sum(parts) && share * sum(parts) < exact + sum(parts)).toBe(true);
        }
      }),
    );
  });
});

describe('totals', () => {
  test('tax is rounded for each rate, not for each line', () => {
    const totals = computeTotals([line(33n, '19'), line(33n, '19'), line(33n, '7')], 'net', 'half_up');
    // 66 at 19 % are 12.54; two lines by themselves would have made 12.
    expect(totals).toMatchObject({ net: 99n, taxAmount: 15n, gross: 114n });
    expect(totals.groups.map(({ net, taxAmount }) => [net, taxAmount])).toEqual([
      [66n, 13n],
      [33n, 2n],
    ]);
  });

  test('what is in a price is taken out of the sum, which stays what the buyer was told', () => {
    const totals = computeTotals([line(999n, '19'), line(1n, '19')], 'gross', 'half_up');
    expect(totals).toMatchObject({ gross: 1000n, taxAmount: 160n, net: 840n });
    expect(totals.lineNets).toEqual([839n, 1n]);
  });

  test('a price is for as many units as it says, and a line is rounded once', () => {
    const thousand = { ...line(150n, '0', 12n), per: 1000n * QUANTITY_UNIT };
    expect(computeTotals([thousand], 'net', 'half_up').net).toBe(2n);
  });

  test('S4.21 sums are exact whatever the lines, the rates, the prices and the rounding', () => {
    const tax = fc.constantFrom('0', '5.5', '7', '8.875', '19', '20', '25', '27', '100');
    const lines = fc.array(
      fc.record({
        rate: tax,
        unitAmount: fc.bigInt({ min: 1n, max: 10n ** 9n }),
        quantity: fc.bigInt({ min: 1n, max: 10n ** 7n }),
        taken: fc.bigInt({ min: 0n, max: 100n }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(lines, fc.constantFrom(...PRICES), fc.constantFrom(...ROUNDINGS), (sent, prices, rounding) => {
        const priced = sent.map(({ rate, unitAmount, quantity, taken }) => {
          const whole = divideRounded(unitAmount * quantity, QUANTITY_UNIT, rounding);
          return { ...line(unitAmount, rate), quantity, discount: (whole * taken) / 100n };
        });
        const totals = computeTotals(priced, prices, rounding);
        expect(totals.gross).toBe(totals.net + totals.taxAmount);
        expect(sum(totals.lineNets)).toBe(totals.net);
        for (const group of totals.groups) {
          const own = priced.flatMap(({ tax: of }, index) => (taxKey(of) === taxKey(group.tax) ? [index] : []));
          expect(sum(own.map((index) => totals.lineNets[index] ?? 0n))).toBe(group.net);
          // EN 16931's BR-CO-17 takes a whole unit of currency as the tolerance; ours is one minor unit.
          const again = taxOf(group.net, group.tax.rate, 'net', rounding);
          expect(again - group.taxAmount >= -1n && again - group.taxAmount <= 1n).toBe(true);
        }
      }),
    );
  });
});
