import { z } from 'zod';
import { findCardNumber } from '../kernel/card-number.ts';
import {
  ADDRESS_FIELDS,
  type AddressField,
  type AddressParts,
  addressFormatOf,
  canonicalPostalCode,
  isCountryCode,
} from './address-format.ts';

/** Enough for any address that fits a label; a field more than that is no part of one. */
export const ADDRESS_CHARACTERS_MAX: Readonly<Record<AddressField, number>> = {
  name: 100,
  organization: 100,
  line1: 100,
  line2: 100,
  district: 80,
  city: 80,
  region: 80,
  postalCode: 16,
  phone: 25,
};

/** Which rule of an address is broken; the page has words for each in the shopper's language. */
export type AddressRule = 'required' | 'too_long' | 'characters' | 'country' | 'postal_code' | 'phone' | 'card_number';

export interface BrokenAddressRule {
  readonly field: AddressField | 'country';
  readonly rule: AddressRule;
}

const SENTENCES: Readonly<Record<AddressRule, string>> = {
  required: 'Is required for addresses of this country',
  too_long: 'Is too long',
  characters: 'Must not contain control characters',
  country: 'Must be an ISO 3166-1 code of two capitals, such as ZA',
  postal_code: 'Must be a postal code of this country',
  phone: 'Must be a telephone number',
  card_number: 'Seems to hold a card number',
};

/** Control characters, those that turn the direction of writing, line separators, and halves of characters. */
const FORBIDDEN = /[\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const PHONE = /^\+?[0-9 ()./-]{4,25}$/;

const text = (field: AddressField) => z.string().max(ADDRESS_CHARACTERS_MAX[field]).optional();

const parts = {
  country: z.string().meta({ description: 'ISO 3166-1, two capitals.', example: 'ZA' }),
  name: z.string().max(ADDRESS_CHARACTERS_MAX.name).meta({ description: 'Whom it goes to.' }),
  organization: text('organization'),
  line1: z.string().max(ADDRESS_CHARACTERS_MAX.line1).meta({ description: 'Street and number, or post box.' }),
  line2: text('line2'),
  district: text('district').meta({ description: 'Suburb or part of the city, in countries that write it.' }),
  city: text('city'),
  region: text('region').meta({ description: 'State, province or county, in countries that write it.' }),
  postalCode: text('postalCode').meta({ description: 'Checked by the country, where it has postal codes.' }),
  phone: text('phone').meta({ description: 'For whoever delivers it.' }),
};

/** An address as other programs see it. */
export const shippingAddress = z
  .strictObject(parts)
  .meta({ id: 'ShippingAddress', description: 'Where the order goes. Kept sealed.' });
export type ShippingAddress = z.output<typeof shippingAddress>;

/** An address as it is given to us: by the rules of its country, and written as that country writes it. */
export const givenShippingAddress = z
  .strictObject(parts)
  .transform(tidyAddress)
  .superRefine((address, context) => {
    for (const { field, rule } of brokenAddressRules(address)) {
      context.addIssue({ code: 'custom', path: [field], message: SENTENCES[rule] });
    }
  })
  .transform((address) => address as ShippingAddress)
  .meta({ id: 'GivenShippingAddress' });

/** The parts without needless blanks; empty ones are left out, and a postal code that fits is written as its country does. */
export function tidyAddress(given: AddressParts): AddressParts {
  const country = given.country.trim();
  const tidied = ADDRESS_FIELDS.flatMap((field): [string, string][] => {
    const value = (given[field] ?? '')
      .normalize('NFC')
      .replace(/[ \u00a0]+/g, ' ')
      .trim();
    if (value === '') return [];
    return [[field, field === 'postalCode' ? (canonicalPostalCode(country, value) ?? value) : value]];
  });
  return { country, ...Object.fromEntries(tidied) };
}

/**
 * Every rule that an address breaks, one for each part at most, in the order in which the parts are asked for. A part that
 * its country does not write may be given all the same: shops' own forms ask for a state everywhere.
 */
export function brokenAddressRules(address: AddressParts): readonly BrokenAddressRule[] {
  if (!isCountryCode(address.country)) return [{ field: 'country', rule: 'country' }];
  const asked = new Map(addressFormatOf(address.country).fields.map(({ field, required }) => [field, required]));
  const fields = new Set([...asked.keys(), ...ADDRESS_FIELDS]);
  return [...fields].flatMap((field): BrokenAddressRule[] => {
    const rule = brokenRuleOf(field, address, asked.get(field));
    return rule === null ? [] : [{ field, rule }];
  });
}

/** `required`: undefined where the country has no such part. */
function brokenRuleOf(field: AddressField, address: AddressParts, required: boolean | undefined): AddressRule | null {
  const value = address[field];
  if (value === undefined) return required === true ? 'required' : null;
  if (value.length > ADDRESS_CHARACTERS_MAX[field]) return 'too_long';
  if (FORBIDDEN.test(value)) return 'characters';
  const isChecked = field === 'postalCode' && required !== undefined;
  if (isChecked && canonicalPostalCode(address.country, value) === null) return 'postal_code';
  if (field === 'phone' && !PHONE.test(value)) return 'phone';
  return findCardNumber(value) ? 'card_number' : null;
}
