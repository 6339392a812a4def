import { describe, expect, it, test } from 'vitest';
import { ADDRESS_CHARACTERS_MAX, brokenAddressRules, givenShippingAddress, tidyAddress } from './shipping-address.ts';

const GOOD = { country: 'ZA', name: 'Thandi Ngcobo', line1: '12 Long Street', city: 'Cape Town', postalCode: '8001' };

const BROKEN: readonly (readonly [string, object, string, string])[] = [
  ['no country', { country: '' }, 'country', 'country'],
  ['a country of small letters', { country: 'za' }, 'country', 'country'],
  ['a country that is none', { country: 'XX' }, 'country', 'country'],
  ['no name', { name: undefined }, 'name', 'required'],
  ['a name of blanks', { name: ' \u00a0 ' }, 'name', 'required'],
  ['no street', { line1: '' }, 'line1', 'required'],
  ['no city where mail needs one', { city: undefined }, 'city', 'required'],
  ['no postal code where mail needs one', { postalCode: undefined }, 'postalCode', 'required'],
  ['the postal code of another country', { postalCode: 'SW1A 1AA' }, 'postalCode', 'postal_code'],
  ['a line feed', { line1: '12 Long Street\nCell block' }, 'line1', 'characters'],
  ['a line separator', { line1: '12 Long Street\u2028Cell block' }, 'line1', 'characters'],
  ['writing that is turned round', { city: 'Cape \u202eTown' }, 'city', 'characters'],
  ['half a character', { name: 'Thandi \ud83d' }, 'name', 'characters'],
  ['a character of nobody', { line2: '\ue000' }, 'line2', 'characters'],
  ['a part that the country has not, with a control character', { region: 'a\0b' }, 'region', 'characters'],
  ['letters for a telephone', { phone: 'call me' }, 'phone', 'phone'],
  ['a card number', { line2: '4111 1111 1111 1111' }, 'line2', 'card_number'],
];

test.each(BROKEN)('%s breaks a rule, which is named', (_name, changes, field, rule) => {
  expect(brokenAddressRules(tidyAddress({ ...GOOD, ...changes }))).toEqual([{ field, rule }]);
});

describe('a part', () => {
  it.each(Object.entries(ADDRESS_CHARACTERS_MAX))('%s has at most %i characters', (field, max) => {
    const irish = { ...GOOD, country: 'IE', postalCode: 'A65 F4E2' };
    const of = (length: number) => brokenAddressRules({ ...irish, [field]: 'x'.repeat(length) });
    expect(of(max + 1)).toEqual([{ field, rule: 'too_long' }]);
    expect(of(max)).not.toEqual([{ field, rule: 'too_long' }]);
  });

  it('that the country does not write may be given by who asks with a form of their own', () => {
    const given = { ...GOOD, country: 'DE', postalCode: '10115', region: 'Berlin' };
    expect(givenShippingAddress.parse(given)).toEqual(given);
  });
});

test('letters of every script are letters', () => {
  const given = { ...GOOD, name: 'Nguyễn Thị Ánh ☕', line1: 'شارع الشيخ زايد ١٢', city: '東京都' };
  expect(givenShippingAddress.parse(given)).toEqual(given);
});

test('an address is kept without needless blanks, and with the postal code as its country writes it', () => {
  const given = {
    ...GOOD,
    country: ' GB ',
    name: '  Ada   Lovelace ',
    postalCode: ' sw1a 1aa',
    line2: ' ',
    region: '',
  };
  expect(givenShippingAddress.parse(given)).toEqual({
    ...{ country: 'GB', name: 'Ada Lovelace', line1: '12 Long Street', city: 'Cape Town', postalCode: 'SW1A 1AA' },
  });
});

test('every broken rule is named, with its place', () => {
  const result = givenShippingAddress.safeParse({ country: 'US', name: 'Ada', line1: 'x', postalCode: '1' });
  expect(result.error?.issues.map(({ path }) => path)).toEqual([['city'], ['region'], ['postalCode']]);
  expect(givenShippingAddress.safeParse({ ...GOOD, street: 'x' }).success).toBe(false);
});
