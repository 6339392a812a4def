import { describe, expect, it } from 'vitest';
import { chooseLocale } from './locale.ts';
import { CATALOGS, type Language } from './messages/catalogs.ts';
import type { Messages } from './messages/messages.ts';

const ENGLISH = { language: 'en', tag: 'en', dir: 'ltr' };

describe('the language of the page', () => {
  it('is the payment’s before the browser’s', () => {
    expect(chooseLocale('de', 'fr')).toEqual({ language: 'de', tag: 'de', dir: 'ltr' });
  });

  it('is the browser’s by weight where the payment names none that is spoken here', () => {
    expect(chooseLocale('xh-ZA', 'af;q=0.5, zu-ZA;q=0.9, tlh')).toEqual({ language: 'zu', tag: 'zu-ZA', dir: 'ltr' });
  });

  it('keeps the order of equal weights, and drops what is refused by weight zero', () => {
    expect(chooseLocale(undefined, 'hu;q=0, pt-BR, es').tag).toBe('pt-BR');
  });

  it('is English where nothing fits', () => {
    expect(chooseLocale()).toEqual(ENGLISH);
    expect(chooseLocale('', '*')).toEqual(ENGLISH);
    expect(chooseLocale('constructor', '__proto__, toString')).toEqual(ENGLISH);
  });

  it.each(['de-', '🙂', 'x'.repeat(5_000), ';;;,,,q=', 'de;q=NaN', 'de\0'])(
    'is English for the nonsense %j',
    (header) => {
      expect(chooseLocale(header, header)).toEqual(ENGLISH);
    },
  );

  it('keeps the region for amounts, and drops extensions that would change their digits', () => {
    expect(chooseLocale('de_AT').tag).toBe('de-AT');
    expect(chooseLocale('en-ZA-u-nu-thai').tag).toBe('en-ZA');
  });

  it('runs right to left in Arabic only', () => {
    const rightToLeft = Object.keys(CATALOGS).filter((language) => chooseLocale(language).dir === 'rtl');
    expect(rightToLeft).toEqual(['ar']);
  });
});

describe('the catalogs', () => {
  const languages = Object.keys(CATALOGS) as Language[];

  it.each(languages.filter((language) => language !== 'en'))(
    'in %s say everything in other words than English',
    (language) => {
      const same = Object.entries(texts(CATALOGS[language])).filter(([key, text]) => text === texts(CATALOGS.en)[key]);
      expect(same).toEqual([]);
    },
  );

  it.each(languages)('in %s show every value they are given', (language) => {
    const { payBy, pay, backTo, leavingSoon } = CATALOGS[language];
    for (const write of [payBy, pay, backTo, leavingSoon]) expect(write('<value>')).toContain('<value>');
  });
});

function texts({ declined, ...messages }: Messages): Record<string, unknown> {
  return {
    ...declined,
    ...Object.fromEntries(Object.entries(messages).filter(([, text]) => typeof text === 'string')),
  };
}
