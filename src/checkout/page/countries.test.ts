import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../tenants/languages.ts';
import { countryChoices, likelyCountry } from './countries.ts';

describe.each(LANGUAGES)('the list of countries in %s', (language) => {
  it('names every country, none twice', () => {
    const names = countryChoices(language).map(({ name }) => name);
    expect(names).toHaveLength(249);
    expect(new Set(names).size).toBe(249);
    expect(names.filter((name) => /^[A-Z]{2}$/.test(name))).toEqual([]);
  });
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
