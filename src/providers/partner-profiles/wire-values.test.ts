import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AMOUNT_MAX } from '../../kernel/money.ts';
import { bluecomProfile } from './bluecom-profile.ts';
import { amountFromWire, amountToWire } from './wire-amount.ts';
import { instantFromWire, instantToWire } from './wire-instant.ts';

const format = (amount: 'minor_units' | 'whole_units' | 'decimal_string') => ({ ...bluecomProfile, amount });

describe('an amount', () => {
  test.each([
    ['minor_units', 'VND', 250_000n, 250_000],
    ['minor_units', 'EUR', 1_250n, 1_250],
    ['minor_units', 'KWD', 1_250n, 1_250],
    ['whole_units', 'VND', 250_000n, 250_000],
    ['whole_units', 'EUR', 1_200n, 12],
    ['decimal_string', 'JPY', 100n, '100'],
    ['decimal_string', 'EUR', 5n, '0.05'],
    ['decimal_string', 'KWD', 1_250n, '1.250'],
  ] as const)('in %s of %s: %s is %s', (kind, currency, amount, wire) => {
    expect(amountToWire(format(kind), { amount, currency })).toBe(wire);
    expect(amountFromWire(format(kind), wire, currency)).toBe(amount);
  });

  test('that has no whole units is not rounded to them', () => {
    expect(amountToWire(format('whole_units'), { amount: 1_250n, currency: 'EUR' })).toBeNull();
  });

  test.each([
    ['minor_units', '100'],
    ['minor_units', 0],
    ['minor_units', -1],
    ['minor_units', 1.5],
    ['minor_units', 2 ** 53],
    ['minor_units', 1e15],
    ['minor_units', true],
    ['minor_units', undefined],
    ['decimal_string', '1.2'],
    ['decimal_string', '1.234'],
    ['decimal_string', '1,20'],
    ['decimal_string', ' 1.20'],
    ['decimal_string', '-1.20'],
    ['decimal_string', '١.٢٠'],
    ['decimal_string', 1.2],
  ] as const)('in %s is not %j', (kind, wire) => {
    expect(amountFromWire(format(kind), wire, 'EUR')).toBeNull();
  });

  test('in a currency that is none is none', () => {
    expect(amountFromWire(bluecomProfile, 100, 'XXX')).toBeNull();
    expect(amountFromWire(bluecomProfile, 100, 'eur')).toBeNull();
  });

  test('comes back from the wire as it went, in every format and number of digits', () => {
    const kind = fc.constantFrom('minor_units' as const, 'whole_units' as const, 'decimal_string' as const);
    const money = fc.record({ amount: fc.bigInt(1n, AMOUNT_MAX), currency: fc.constantFrom('VND', 'EUR', 'KWD') });
    fc.assert(
      fc.property(kind, money, (each, its) => {
        const wire = amountToWire(format(each), its);
        if (wire !== null) expect(amountFromWire(format(each), wire, its.currency)).toBe(its.amount);
      }),
    );
  });
});

describe('an instant', () => {
  const noon = Temporal.Instant.from('2026-03-01T12:00:00Z');
  test.each([
    ['2026-03-01T12:00:00Z'],
    ['2026-03-01T19:00:00+07:00'],
    ['2026-03-01T12:00:00.000Z'],
    [1772366400],
    [1772366400000],
    ['1772366400'],
  ])('is read from %j', (wire) => {
    expect(instantFromWire(wire)?.epochMilliseconds).toBe(noon.epochMilliseconds);
  });
  test.each([
    ['2026-03-01'],
    ['2026-03-01T12:00:00'],
    ['2026-02-30T12:00:00Z'],
    ['2026-03-01T12:00:00Z[UTC]'],
    [''],
    [12],
    [true],
    [undefined],
    ['now'],
    [-1],
  ])('is not read from %j', (wire) => {
    expect(instantFromWire(wire)).toBeNull();
  });
  test('is written as the profile says', () => {
    expect(instantToWire(bluecomProfile, noon)).toBe('2026-03-01T12:00:00Z');
    expect(instantToWire({ ...bluecomProfile, instants: 'unix_seconds' }, noon)).toBe(1772366400);
  });
});
