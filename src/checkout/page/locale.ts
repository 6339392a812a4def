import { isLanguage, LANGUAGES, type Language } from '../../tenants/languages.ts';

/** The shopper's language as the page needs it. */
export interface CheckoutLocale {
  /** Which catalogue the words come from. */
  readonly language: Language;
  /** The whole BCP 47 tag with its region (`en-ZA`), by which amounts are written. */
  readonly tag: string;
  readonly dir: 'ltr' | 'rtl';
  /** The shopper took it by the page's own switch; every address of the page keeps it from then on. */
  readonly chosen?: true;
}

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(['ar']);
/** Far more languages than a person speaks; the rest of a longer header is not read. */
const ACCEPT_LANGUAGE_CHARACTERS_MAX = 300;

interface LocaleChoice {
  /** The languages of this page, the first for whoever speaks none of them; not given: all, English first. */
  readonly offered?: readonly Language[];
  /** What the shopper chose on the page. */
  readonly chosen?: Language | null;
}

/**
 * Picks the page's language: what the shopper chose, the payment's own locale, the browser's `Accept-Language` by weight,
 * then the first that is offered. A region is kept for writing amounts.
 * https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export function chooseLocale(
  paymentLocale?: string,
  acceptLanguage?: string,
  { offered = LANGUAGES, chosen = null }: LocaleChoice = {},
): CheckoutLocale {
  const wanted = [paymentLocale ?? '', ...acceptedTags(acceptLanguage ?? '')].flatMap((tag) => toLocale(tag) ?? []);
  // Who has chosen German, and whose browser says Austria, reads amounts as in Austria.
  if (chosen !== null) {
    return { ...(wanted.find(({ language }) => language === chosen) ?? localeOf(chosen)), chosen: true };
  }
  return wanted.find(({ language }) => offered.includes(language)) ?? localeOf(offered[0] ?? 'en');
}

/** A language without a region. */
export function localeOf(language: Language): CheckoutLocale {
  return { language, tag: language, dir: RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr' };
}

function acceptedTags(header: string): readonly string[] {
  return header
    .slice(0, ACCEPT_LANGUAGE_CHARACTERS_MAX)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

function toLocale(tag: string): CheckoutLocale | null {
  let parsed: Intl.Locale;
  try {
    // Platforms also write `de_AT`.
    parsed = new Intl.Locale(tag.replaceAll('_', '-'));
  } catch {
    return null;
  }
  const { language, baseName } = parsed;
  return isLanguage(language) ? { ...localeOf(language), tag: baseName } : null;
}
