import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fiscalYearOf, formatNumber, isClearPrefix } from './invoice-number.ts';
import { amountDue, PAYMENT_STATES, paymentStateOf } from './payment-state.ts';
import { parseQuantity, quantityText } from './quantity.ts';
import { parseRate, rateText } from './tax.ts';

describe('payment states', () => {
  const none = { gross: 100n, credited: 0n, captured: 0n, refunded: 0n, lost: 0n };
  const CASES = [
    ['open', {}],
    ['partly_settled', { captured: 40n }],
    ['settled', { captured: 100n }],
    ['settled', { captured: 100n, credited: 30n, refunded: 30n }],
    ['overpaid', { captured: 120n }],
    ['overpaid', { captured: 100n, credited: 30n }],
    ['credited', { credited: 100n }],
    ['refunded', { captured: 100n, credited: 100n, refunded: 100n }],
    ['open', { captured: 100n, refunded: 100n }],
    ['open', { captured: 100n, lost: 100n }],
    ['partly_settled', { captured: 100n, lost: 60n }],
  ] as const;

  test.each(CASES)('%s: %o', (state, money) => {
    expect(paymentStateOf({ ...none, ...money })).toBe(state);
  });

  test('every state is reached', () => {
    expect(new Set(CASES.map(([state]) => state))).toEqual(new Set(PAYMENT_STATES));
  });

  test('what is due is what is owed less what was paid and kept', () => {
    expect(amountDue({ gross: 100n, credited: 10n, captured: 50n, refunded: 20n, lost: 5n })).toBe(65n);
  });
});

describe('numbers', () => {
  test.each([
    ['2026-03-31', 4, 2025],
    ['2026-04-01', 4, 2026],
    ['2026-12-31', 1, 2026],
  ])('%s lies in the fiscal year from month %s of %s', (day, first, year) => {
    expect(fiscalYearOf(Temporal.PlainDate.from(day), first)).toBe(year);
  });

  test('test mode stands in front of the number', () => {
    const numbering = { prefix: 'INV-{year}-', digits: 6 };
    const place = { fiscalYear: 2026, sequence: 413 } as const;
    expect(formatNumber(numbering, { ...place, mode: 'live' })).toBe('INV-2026-000413');
    expect(formatNumber(numbering, { ...place, mode: 'test' })).toBe('TEST-INV-2026-000413');
    expect(formatNumber(numbering, { ...place, mode: 'live', sequence: 1_234_567 })).toBe('INV-2026-1234567');
  });

  test.each(['INV-', 'INV-{year}', '{year}7', 'INV {year}-', ''])('"%s" is no clear prefix', (prefix) => {
    expect(isClearPrefix(prefix)).toBe(false);
  });

  test('two series with clear prefixes never give one number', () => {
    const prefix = fc.stringMatching(/^[A-Z0-9]{0,3}\{year\}[A-Z0-9/-]{0,3}[A-Z-]$/);
    const place = fc.record({
      fiscalYear: fc.integer({ min: 2000, max: 2100 }),
      sequence: fc.integer({ min: 1, max: 20_000 }),
    });
    const one = fc.record({ prefix, digits: fc.integer({ min: 1, max: 6 }), place });
    fc.assert(
      fc.property(one, one, (first, second) => {
        fc.pre(isClearPrefix(first.prefix) && isClearPrefix(second.prefix));
        const numbers = [first, second].map((each) => formatNumber(each, { ...each.place, mode: 'live' }));
        const written = [first, second].map((each) => each.prefix.replaceAll('{year}', `${each.place.fiscalYear}`));
        if (numbers[0] === numbers[1]) {
          expect(written[0]).toBe(written[1]);
          expect(first.place.sequence).toBe(second.place.sequence);
        }
      }),
    );
  });
});

describe('texts', () => {
  test.each(['19', '5.5', '8.875', '0', '100'])('a rate of %s comes back as it was', (text) => {
    expect(rateText(parseRate(text) ?? -1)).toBe(text);
  });

  test.each(['', '-1', '100.001', '101', '5.', '.5', '5,5', '1e1', '5.5555', ' 5'])('"%s" is no rate', (text) => {
    expect(parseRate(text)).toBeNull();
  });

  test.each(['1', '0.5', '1.25', '999999999.9999'])('a quantity of %s comes back as it was', (text) => {
    expect(quantityText(parseQuantity(text) ?? 0n)).toBe(text);
  });

  test.each(['0', '0.0000', '-1', '1.23456', '1e3', '', '1234567890'])('"%s" is no quantity', (text) => {
    expect(parseQuantity(text)).toBeNull();
  });
});
