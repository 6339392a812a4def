import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseJson } from '../platform/http/parse-json.ts';
import { blueboxAmount, toBlueboxDecimal, toMinorUnits } from './bluebox-amount.ts';

/** An amount as it stands in a body, and what is read of it; null: refused. */
const WRITTEN: readonly (readonly [string, string | null])[] = [
  ['"12.50"', '12.50'],
  ['12.50', '12.50'],
  ['12.5', '12.50'],
  ['12', '12.00'],
  ['"0.01"', '0.01'],
  ['"9999999999.99"', '9999999999.99'],
  ['"12.5"', null],
  ['"12"', null],
  ['"12.505"', null],
  ['12.505', null],
  // A float would read this as 12.5.
  ['12.500000000000000001', null],
  ['12.500', null],
  ['-12.50', null],
  ['"-12.50"', null],
  ['"+12.50"', null],
  ['"012.50"', null],
  ['"12,50"', null],
  ['"1 250.00"', null],
  ['" 12.50"', null],
  ['"12.50\\n"', null],
  ['"1e2.00"', null],
  ['"١٢.٥٠"', null],
  ['"10000000000.00"', null],
  ['10000000000', null],
  ['""', null],
  ['null', null],
  ['true', null],
  ['["12.50"]', null],
];

describe('S1.8 an amount', () => {
  it.each(WRITTEN)('written %s is read as %s', (written, read) => {
    const result = blueboxAmount.safeParse(parseJson(Buffer.from(written)));
    expect(result.success ? result.data : null).toBe(read);
  });

  it('keeps every cent, as text and as a number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), (cents) => {
        const decimal = toBlueboxDecimal(BigInt(cents), 'ZAR');
        for (const written of [decimal, `"${decimal}"`]) {
          const read = blueboxAmount.parse(parseJson(Buffer.from(written)));
          expect(toMinorUnits(read, 'ZAR')).toEqual({ ok: true, amount: cents });
        }
      }),
    );
  });
});

test('a currency without decimals takes .00 only, and one with three is refused', () => {
  expect(toMinorUnits('1250.00', 'JPY')).toEqual({ ok: true, amount: 1250 });
  expect(toMinorUnits('1250.50', 'JPY')).toMatchObject({ ok: false });
  expect(toMinorUnits('1250.00', 'KWD')).toMatchObject({ ok: false });
  expect(toBlueboxDecimal(1250n, 'JPY')).toBe('1250.00');
  expect(toBlueboxDecimal(1250n, 'KWD')).toBe('1.250');
});
