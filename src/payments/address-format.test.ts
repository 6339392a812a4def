import { getCountryByCode } from 'postal-code-checker';
import { describe, expect, it } from 'vitest';
import { addressFormatOf, COUNTRY_CODES, canonicalPostalCode, linesOf } from './address-format.ts';

const fieldsOf = (country: string) =>
  addressFormatOf(country).fields.map(({ field, required }) => (required ? `${field}*` : field));

describe('the format of a country', () => {
  it.each([
    ['ZA', 'name* organization line1* line2 district city* postalCode* phone'],
    ['US', 'name* organization line1* line2 city* region* postalCode* phone'],
    ['DE', 'name* organization line1* line2 postalCode* city* phone'],
    ['JP', 'name* organization line1* line2 region* postalCode* phone'],
    ['HU', 'name* organization city* line1* line2 postalCode* phone'],
    ['VN', 'name* organization line1* line2 city* region postalCode phone'],
    ['AE', 'name* organization line1* line2 region* phone'],
    ['IE', 'name* organization line1* line2 district city* region postalCode phone'],
    ['a code of nobody', 'name* organization line1* line2 city* phone'],
  ])('of %s asks for %s', (country, fields) => {
    expect(fieldsOf(country).join(' ')).toBe(fields);
  });

  it('of every country asks for a name and a street, each part once, and requires no postal code where there is none', () => {
    for (const country of COUNTRY_CODES) {
      const { fields, postalCodeExample } = addressFormatOf(country);
      const names = fields.map(({ field }) => field);
      expect(new Set(names).size, country).toBe(names.length);
      expect(names, country).toEqual(expect.arrayContaining(['name', 'line1', 'line2', 'phone']));
      const postal = names.includes('postalCode');
      expect(postal ? postalCodeExample : null, country).toBe(postalCodeExample);
      if (postal) expect(canonicalPostalCode(country, postalCodeExample ?? ''), country).not.toBeNull();
    }
    expect(COUNTRY_CODES).toHaveLength(249);
  });
});

describe('a postal code', () => {
  it('that the country gives as its own is one of the country', () => {
    for (const country of COUNTRY_CODES) {
      for (const example of getCountryByCode(country)?.examplePostalCodes ?? []) {
        expect(canonicalPostalCode(country, example), country).not.toBeNull();
      }
    }
  });

  it.each([
    ['GB', 'sw1a 1aa', 'SW1A 1AA'],
    ['ZA', '８００１', '8001'],
    ['EG', '١١٥١١', '11511'],
    ['IR', '۱۱۹۳۶-۱۲۳۴۵', '11936-12345'],
    ['ZA', '80011', null],
    ['US', 'ABCDE', null],
  ])('of %s written %s is read as %s', (country, written, read) => {
    expect(canonicalPostalCode(country, written)).toBe(read);
  });
});

it('an address is written as on a parcel of its country', () => {
  const parts = { name: 'Erika Mustermann', line1: 'Musterstraße 12', line2: 'Hinterhaus', city: 'Berlin' };
  expect(linesOf({ ...parts, country: 'DE', postalCode: '10115' })).toEqual([
    ...['Erika Mustermann', 'Musterstraße 12', 'Hinterhaus', '10115 Berlin'],
  ]);
  expect(linesOf({ ...parts, country: 'US', city: 'Austin', region: 'TX', postalCode: '78701' })).toContain(
    'Austin, TX 78701',
  );
});
