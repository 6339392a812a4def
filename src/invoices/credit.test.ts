import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeTotals, PRICES, type TaxGroup } from './compute-totals.ts';
import { creditAmount, creditGroup, remainingOf } from './credit.ts';
import { QUANTITY_UNIT } from './quantity.ts';
import { ROUNDINGS } from './rounding.ts';

const left = (groups: readonly TaxGroup[]) => groups.reduce((all, { net, taxAmount }) => all + net + taxAmount, 0n);

describe('crediting', () => {
  test('several credit notes never take more than the invoice has, and together exactly what it has', () => {
    const line = fc.record({ rate: fc.constantFrom(0, 7000, 19_000, 27_000), unitAmount: fc.bigInt(1n, 10n ** 6n) });
    const amounts = fc.array(fc.bigInt(1n, 10n ** 6n), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        amounts,
        fc.constantFrom(...PRICES),
        fc.constantFrom(...ROUNDINGS),
        (lines, wishes, prices, rounding) => {
          const priced = lines.map(({ rate, unitAmount }) => ({
            ...{ unitAmount, quantity: QUANTITY_UNIT, per: QUANTITY_UNIT, discount: 0n },
            tax: { category: 'standard', rate } as const,
          }));
          const { groups, gross } = computeTotals(priced, prices, rounding);
          const credited: TaxGroup[] = [];
          for (const wish of [...wishes, gross]) {
            const rest = remainingOf(groups, credited);
            const amount = wish === gross ? left(rest) : wish;
            const note = creditAmount(rest, amount, rounding);
            if (amount > left(rest)) expect(note).toBeNull();
            else expect(left(note ?? [])).toBe(amount);
            credited.push(...(note ?? []));
            for (const { net, taxAmount } of remainingOf(groups, credited))
              expect([net < 0n, taxAmount < 0n]).toEqual([false, false]);
          }
          expect(left(remainingOf(groups, credited))).toBe(0n);
        },
      ),
    );
  });

  const group = { tax: { category: 'standard', rate: 19_000 }, net: 3n, taxAmount: 1n } as const;

  test('a rate that has less left refuses', () => {
    expect(creditGroup(group, 4n, 'net', 'half_up')).toBeNull();
    expect(creditGroup(group, 5n, 'gross', 'half_up')).toBeNull();
  });

  test('whoever takes the rest gets its tax as it is left, not as it would be rounded', () => {
    expect(creditGroup({ ...group, taxAmount: 2n }, 3n, 'net', 'half_up')?.taxAmount).toBe(2n);
    expect(creditGroup({ ...group, taxAmount: 0n }, 3n, 'gross', 'half_up')).toMatchObject({ net: 3n, taxAmount: 0n });
  });
});
