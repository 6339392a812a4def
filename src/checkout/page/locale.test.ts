import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../tenants/languages.ts';
import { chooseLocale } from './locale.ts';

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

  it('is one the tenant offers, its first where the shopper speaks none of them', () => {
    const offered = ['hu', 'de'] as const;
    expect(chooseLocale('fr', 'es, de-CH', { offered }).tag).toBe('de-CH');
    expect(chooseLocale('fr', 'es, en', { offered }).tag).toBe('hu');
    expect(chooseLocale(undefined, undefined, { offered: [] })).toEqual(ENGLISH);
  });

  it('is before all the one the shopper chose, with the region that goes with it', () => {
    expect(chooseLocale('fr', 'de-CH', { chosen: 'es' })).toEqual({
      ...ENGLISH,
      language: 'es',
      tag: 'es',
      chosen: true,
    });
    expect(chooseLocale('fr-CA', 'de-AT, de', { chosen: 'de' }).tag).toBe('de-AT');
    expect(chooseLocale('fr', 'de', { chosen: 'ar' }).dir).toBe('rtl');
  });

  it('runs right to left in Arabic only', () => {
    const rightToLeft = LANGUAGES.filter((language) => chooseLocale(language).dir === 'rtl');
    expect(rightToLeft).toEqual(['ar']);
  });
});
