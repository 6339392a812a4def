import { describe, expect, it } from 'vitest';
import { chosenLanguage, inLanguageOf, keepLanguage, withoutLanguage } from './language-switch.ts';
import { chooseLocale } from './locale.ts';
import { sampleView } from './sample-views.ts';

const OFFERED = ['en', 'de'] as const;

describe('a chosen language', () => {
  it.each([
    ['/c/token?lang=de', 'de'],
    ['/c/token/leave?a=b&lang=de', 'de'],
    ['/c/token/return?lang=en&tollgate-lang=de', 'de'],
    ['/c/token/return?lang=de', null],
    ['/c/token?tollgate-lang=de', null],
    ['/c/token?lang=fr', null],
    ['/c/token?lang=DE', null],
    ['/c/token', null],
  ])('of %s is %s', (url, language) => {
    expect(chosenLanguage(url, OFFERED)).toBe(language);
  });

  it.each([
    ['/c/token/return?tollgate-lang=de&ref=%C3%BC+x&lang=en', '/c/token/return?ref=%C3%BC+x&lang=en'],
    ['/c/token/return?ref=1&tollgate-lang=de', '/c/token/return?ref=1'],
    ['/c/token/return?tollgate-lang=de', '/c/token/return'],
    ['/c/token/return?ref=a=b&empty', '/c/token/return?ref=a=b&empty'],
    ['/c/token/return', '/c/token/return'],
  ])('is no parameter of the bank’s: %s', (url, rest) => {
    expect(withoutLanguage(url)).toBe(rest);
  });

  it('goes on with forms and reloads, under a name of its own where banks add theirs', () => {
    const form = new URLSearchParams('lang=de');
    expect(inLanguageOf(form, '/c/t/leave')).toBe('/c/t/leave?lang=de');
    expect(inLanguageOf(form, '/c/t/return')).toBe('/c/t/return?tollgate-lang=de');
    for (const other of ['', 'lang=', 'lang=tlh', 'lang=//x']) {
      expect(inLanguageOf(new URLSearchParams(other), '/c/t/leave')).toBe('/c/t/leave');
    }
    const locale = chooseLocale(undefined, undefined, { chosen: 'de' });
    const waiting = sampleView('waiting', { locale, stayPath: '/c/sampletoken/return' });
    expect(keepLanguage(waiting).stayPath).toBe('/c/sampletoken/return?tollgate-lang=de');
    expect(keepLanguage(sampleView('waiting')).stayPath).toBeUndefined();
  });
});
