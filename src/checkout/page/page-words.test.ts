import { describe, expect, it } from 'vitest';
import { chooseLocale } from './locale.ts';
import { CATALOGS } from './messages/catalogs.ts';
import { wordsOf } from './page-words.ts';

describe('the words beside the catalogue', () => {
  it.each(Object.keys(CATALOGS))('are there in the language %s', (language) => {
    const words = wordsOf(chooseLocale(language));
    expect(words.triesLeft('7')).toContain('7');
    if (language !== 'en') expect(words).not.toEqual(wordsOf(chooseLocale('en')));
    expect(Object.values(words).filter((word) => word === '')).toEqual([]);
  });
});
