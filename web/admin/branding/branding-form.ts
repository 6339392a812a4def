import type { Settings, UpdateSettings } from '../../../sdk/src/api.generated.ts';
import { textOrNull } from '../form/lines.ts';

/** The branding as people type it; texts by language. */
export interface BrandingForm {
  displayName: string;
  primaryColor: string;
  supportUrl: string;
  legalUrl: string;
  legalLinks: { terms: string; privacy: string; imprint: string };
  texts: { payNote: Record<string, string>; resultNote: Record<string, string> };
}

export function valuesOf({ branding, effective }: Pick<Settings, 'branding' | 'effective'>): BrandingForm {
  const { displayName = '', primaryColor, supportUrl = '', legalUrl = '', legalLinks, texts } = branding;
  const { terms = '', privacy = '', imprint = '' } = legalLinks ?? {};
  // Languages that the page no longer offers keep their words.
  const languages = [...new Set([...effective.languages, ...Object.keys({ ...texts?.payNote, ...texts?.resultNote })])];
  const byLanguage = (notes: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(languages.map((language) => [language, notes[language] ?? '']));
  return {
    ...{ displayName, primaryColor, supportUrl, legalUrl, legalLinks: { terms, privacy, imprint } },
    texts: { payNote: byLanguage(texts?.payNote), resultNote: byLanguage(texts?.resultNote) },
  };
}

/** The change of the settings that makes them so: what is empty is taken away. */
export function patchOf({ legalLinks, texts, ...rest }: BrandingForm): UpdateSettings {
  const orNull = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, textOrNull(text)]));
  return {
    branding: {
      ...orNull({ ...rest }),
      legalLinks: orNull(legalLinks),
      texts: { payNote: orNull(texts.payNote), resultNote: orNull(texts.resultNote) },
    },
  } as UpdateSettings;
}
