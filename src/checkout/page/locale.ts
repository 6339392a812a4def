import { CATALOGS, type Language } from './messages/catalogs.ts';

/** The shopper's language as the page needs it. */
export interface CheckoutLocale {
  /** Which catalogue the words come from. */
  readonly language: Language;
  /** The whole BCP 47 tag with its region (`en-ZA`), by which amounts are written. */
  readonly tag: string;
  readonly dir: 'ltr' | 'rtl';
}

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(['ar']);
/** Far more languages than a person speaks; the rest of a longer header is not read. */
const ACCEPT_LANGUAGE_CHARACTERS_MAX = 300;

/**
 * Picks the page's language: the payment's own locale first, then the browser's `Accept-Language` by weight, then
 * English. A region is kept for writing amounts. https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export function chooseLocale(paymentLocale?: string, acceptLanguage?: string): CheckoutLocale {
  for (const wanted of [paymentLocale ?? '', ...acceptedTags(acceptLanguage ?? '')]) {
    const locale = toLocale(wanted);
    if (locale !== null) return locale;
  }
  return { language: 'en', tag: 'en', dir: 'ltr' };
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
  if (!isLanguage(language)) return null;
  return { language, tag: baseName, dir: RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr' };
}

function isLanguage(text: string): text is Language {
  return Object.hasOwn(CATALOGS, text);
}
