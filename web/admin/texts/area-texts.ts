import { use } from 'react';
import { type Language, startLanguage, useLanguage } from './use-texts.tsx';

type Catalogues<Texts> = Readonly<Record<Language, () => Promise<{ readonly texts: Texts }>>>;

/** Reads what an area says; `load` fetches it, so that the screen and its words arrive together. */
interface UseAreaTexts<Texts> {
  (): Texts;
  readonly load: () => Promise<unknown>;
}

/**
 * The texts of an area, in the language that is spoken now: loaded with its screens, and not with the shell. What is not
 * here yet suspends, so that a change of the language keeps what is shown until the other texts have come.
 */
export function areaTexts<Texts>(catalogues: Catalogues<Texts>): UseAreaTexts<Texts> {
  const known = new Map<Language, Texts>();
  const coming = new Map<Language, Promise<Texts>>();
  const fetchTexts = async (language: Language): Promise<Texts> => {
    try {
      const { texts } = await catalogues[language]();
      known.set(language, texts);
      return texts;
    } finally {
      // What failed is tried again the next time.
      coming.delete(language);
    }
  };
  const load = (language: Language): Promise<Texts> => {
    const promise = coming.get(language) ?? fetchTexts(language);
    if (!known.has(language)) coming.set(language, promise);
    return promise;
  };
  function useAreaTexts(): Texts {
    const { language } = useLanguage();
    return known.get(language) ?? use(load(language));
  }
  return Object.assign(useAreaTexts, { load: () => load(startLanguage()) });
}

/** A module of screens, with the texts that it needs. */
export function withTexts<Module>(
  load: () => Promise<Module>,
  ...texts: readonly UseAreaTexts<unknown>[]
): () => Promise<Module> {
  return async () => {
    const [module] = await Promise.all([load(), ...texts.map((one) => one.load())]);
    return module;
  };
}
