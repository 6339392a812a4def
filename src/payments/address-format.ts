import { formatAddress } from 'localized-address-format';
import { format as formatPostalCode, getAllCountries, getCountryByCode } from 'postal-code-checker';

/** The parts of an address besides its country, by the names that our own API gives them. */
export const ADDRESS_FIELDS = [
  'name',
  'organization',
  'line1',
  'line2',
  'district',
  'city',
  'region',
  'postalCode',
  'phone',
] as const;
export type AddressField = (typeof ADDRESS_FIELDS)[number];

/** An address as text by its parts; what a country does not use, or nobody gave, is left out. */
export type AddressParts = { readonly [Field in AddressField]?: string | undefined } & { readonly country: string };

/** How one country writes addresses. */
export interface AddressFormat {
  /** In the order in which they are asked for. */
  readonly fields: readonly { readonly field: AddressField; readonly required: boolean }[];
  /** A postal code of the country as it looks; null where it has none. */
  readonly postalCodeExample: string | null;
}

/** ISO 3166-1 alpha-2. */
export const COUNTRY_CODES: readonly string[] = getAllCountries().map(({ countryCode }) => countryCode);
const KNOWN_COUNTRIES: ReadonlySet<string> = new Set(COUNTRY_CODES);

/**
 * What mail needs besides a name, a street and a city, as `require` of https://chromium-i18n.appspot.com/ssl-address has
 * it. Elsewhere a postal code or a region may be given, and many have none.
 */
const POSTAL_CODE_REQUIRED = countries(
  'AS AT AU AX BE BL BR CA CH CN CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HU IM IN IO IT JE JP KR LI LT LU',
  'LV MF MH MP MQ MX MY NC NL NO NZ PF PL PM PN PR PT PW RE RO RU SE SG SH SJ SK SM TC TR TW UA US VI WF YT ZA',
);
const REGION_REQUIRED = countries(
  'AE AS AU BR CA CN CO CR ES FM HK HN ID IN IQ IT JM JP KN KR KY MH MP NR PF PG PW RU SO SV TW UA UM US VE VI',
);
const CITY_NOT_REQUIRED = countries('AE AG CO GI HK ID JP KY MO NR SG SM VG');

function countries(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}

/** Characters that no format has as its own, so that each can be found again in what the library writes. */
const MARKS = {
  name: '\ue000',
  organization: '\ue001',
  line1: '\ue002',
  district: '\ue003',
  city: '\ue004',
  region: '\ue005',
  postalCode: '\ue006',
} as const satisfies Partial<Record<AddressField, string>>;
/** Whom it goes to is asked for first, also where it stands below the street on an envelope. */
const ASKED_FIRST = ['name', 'organization'] as const;

const formats = new Map<string, AddressFormat>();

/** Whether it is the code of a country or territory, in capitals. */
export function isCountryCode(text: string): boolean {
  return KNOWN_COUNTRIES.has(text);
}

/** No country's: a name, a street and a city. */
const ANYWHERE = 'ZZ';

/** The format of a country's addresses; of an unknown code that of most countries. */
export function addressFormatOf(code: string): AddressFormat {
  // Whoever sends codes of their own must not fill the memory.
  const country = isCountryCode(code) ? code : ANYWHERE;
  const known = formats.get(country) ?? readFormat(country);
  formats.set(country, known);
  return known;
}

function readFormat(country: string): AddressFormat {
  const written = [...linesOf({ country, ...MARKS }).join('')];
  const found = Object.entries(MARKS)
    .map(([field, mark]) => ({ field: field as keyof typeof MARKS, place: written.indexOf(mark) }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place)
    .map(({ field }) => field);
  const { examplePostalCodes = [], postalCodePatterns = [] } = getCountryByCode(country) ?? {};
  const hasPostalCodes = postalCodePatterns.length > 0;
  const rest = found
    .filter((field) => field !== 'name' && field !== 'organization' && (field !== 'postalCode' || hasPostalCodes))
    .flatMap((field): AddressField[] => (field === 'line1' ? ['line1', 'line2'] : [field]));
  return {
    fields: [...ASKED_FIRST, ...rest, 'phone' as const].map((field) => ({
      field,
      required: isRequired(field, country),
    })),
    postalCodeExample: hasPostalCodes ? (examplePostalCodes[0] ?? null) : null,
  };
}

function isRequired(field: AddressField, country: string): boolean {
  switch (field) {
    case 'name':
    case 'line1':
      return true;
    case 'city':
      return !CITY_NOT_REQUIRED.has(country);
    case 'region':
      return REGION_REQUIRED.has(country);
    case 'postalCode':
      return POSTAL_CODE_REQUIRED.has(country);
    case 'organization':
    case 'line2':
    case 'district':
    case 'phone':
      return false;
  }
}

/** The postal code as its country writes it; null where it is none of that country. */
export function canonicalPostalCode(country: string, text: string): string | null {
  return formatPostalCode(country, asciiDigits(text.normalize('NFKC')));
}

/** The digits of Arabic and Persian keyboards, whose last four bits are their values. */
function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** The lines of an address as they stand on a parcel of its country, without the country's name. */
export function linesOf(address: AddressParts): readonly string[] {
  const { country, name, organization, line1, line2, district, city, region, postalCode } = address;
  const given = {
    postalCountry: country,
    addressLines: [line1, line2].filter((line) => line !== undefined),
    ...(name === undefined ? {} : { name }),
    ...(organization === undefined ? {} : { organization }),
    ...(district === undefined ? {} : { dependentLocality: district }),
    ...(city === undefined ? {} : { locality: city }),
    ...(region === undefined ? {} : { administrativeArea: region }),
    ...(postalCode === undefined ? {} : { postalCode }),
  };
  return formatAddress(given, 'latin');
}
