/**
 * The languages the hosted page speaks, by ISO 639 code, in the order they are offered. Each has its words in
 * src/checkout/page/messages/<code>.json; docs/translating.md tells how one is added.
 */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'hu', 'vi', 'ar', 'zu', 'af', 'it', 'nl', 'pl', 'sv'] as const;

export type Language = (typeof LANGUAGES)[number];

/** Whether the hosted page speaks it. */
export function isLanguage(text: string): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** The languages of a tenant's page by what it listed, in that order; all there are where none of it is spoken here. */
export function offeredLanguages(listed: readonly string[]): readonly Language[] {
  const spoken = listed.filter(isLanguage);
  return spoken.length === 0 ? LANGUAGES : spoken;
}
