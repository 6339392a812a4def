import { createContext, useContext } from 'react';
import type { Texts } from './en.ts';

/** Tags of the catalogues, and what each language calls itself. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

interface Speaking {
  readonly texts: Texts;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
}

const TextsContext = createContext<Speaking | null>(null);

export const TextsProvider = TextsContext.Provider;

export function useTexts(): Texts {
  return useLanguage().texts;
}

export function useLanguage(): Speaking {
  const speaking = useContext(TextsContext);
  if (speaking === null) throw new Error('Texts are read inside a TextsProvider');
  return speaking;
}

const KEY = 'tollgate.language';

/** The language that was chosen here before, or the first one that the browser asks for and we have. */
export function startLanguage(): Language {
  const wishes = [localStorage.getItem(KEY) ?? '', ...navigator.languages];
  return wishes.map((wish) => wish.slice(0, 2)).find((tag) => tag === 'en' || tag === 'de') ?? 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
}

/** A catalogue; the others are left where they are until somebody wants them. */
export async function loadTexts(language: Language): Promise<Texts> {
  return language === 'de' ? (await import('./de.ts')).de : (await import('./en.ts')).en;
}
