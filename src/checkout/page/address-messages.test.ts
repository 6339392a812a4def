import { describe, expect, it } from 'vitest';
import { ADDRESS_LANGUAGES, addressMessagesOf } from './address-messages.ts';
import { countryChoices, likelyCountry } from './countries.ts';

describe.each(ADDRESS_LANGUAGES)('the address form in %s', (language) => {
  it('has words of its own, without markup and with its gaps', () => {
    const messages = addressMessagesOf(language);
    const texts = [messages, messages.fields, messages.rules].flatMap((part) => Object.values(part));
    for (const text of texts.filter((one) => typeof one === 'string')) expect(text).not.toMatch(/[<>&]|^\s|\s$/);
    expect(messages.optional).toContain('{label}');
    expect(messages.rules.postal_code).toContain('{example}');
    if (language !== 'en') expect(messages.title).not.toBe(addressMessagesOf('en').title);
  });

  it('names every country, none twice', () => {
    const names = countryChoices(language).map(({ name }) => name);
    expect(names).toHaveLength(249);
    expect(new Set(names).size).toBe(249);
    expect(names.filter((name) => /^[A-Z]{2}$/.test(name))).toEqual([]);
  });
});

it('a language without words of its own speaks English', () => {
  expect(addressMessagesOf('xx')).toBe(addressMessagesOf('en'));
});

it.each([
  ['en-ZA', 'ZA'],
  ['de', 'DE'],
  ['ar', 'EG'],
  ['zu', 'ZA'],
  ['en-001', 'US'],
])('a reader of %s most likely lives in %s', (tag, country) => {
  expect(likelyCountry(tag)).toBe(country);
});
