import { COUNTRY_CODES } from '../../payments/address-format.ts';
import { RecentMap } from '../../platform/recent-map.ts';

interface CountryChoice {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  readonly name: string;
}

/** Tags of shoppers' languages with their regions; a list takes some 20 KB. */
const LISTS_MAX = 200;
const lists = new RecentMap<readonly CountryChoice[]>(LISTS_MAX);

/** All countries and territories by their names in a language, in that language's order. */
export function countryChoices(tag: string): readonly CountryChoice[] {
  const known = lists.get(tag);
  if (known !== undefined) return known;
  const names = new Intl.DisplayNames([tag], { type: 'region' });
  const { compare } = new Intl.Collator(tag);
  const list = COUNTRY_CODES.map((code) => ({ code, name: names.of(code) ?? code })).sort((a, b) =>
    compare(a.name, b.name),
  );
  lists.set(tag, list);
  return list;
}

/** A country's name in a language. */
export function countryName(code: string, tag: string): string {
  return countryChoices(tag).find((one) => one.code === code)?.name ?? code;
}

/** Where a reader of a language most likely lives: the region of its tag, or the one with most of its speakers. */
export function likelyCountry(tag: string): string {
  const region = new Intl.Locale(tag).maximize().region ?? '';
  return COUNTRY_CODES.includes(region) ? region : 'US';
}
