import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../../tenants/languages.ts';
import { CATALOGS } from './catalogs.ts';
import { readCatalog } from './read-catalog.ts';

const FOLDER = new URL('.', import.meta.url);
const ENGLISH = readFileSync(new URL('en.json', FOLDER), 'utf8');

/** English, but for some entries. */
function changed(changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...JSON.parse(ENGLISH), ...changes });
}

describe('the catalogs', () => {
  it('are the files that are there, one for each language the page offers', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual(LANGUAGES.map((language) => `${language}.json`).sort());
  });

  it.each(LANGUAGES.filter((language) => language !== 'en'))(
    'in %s say everything in other words than English',
    (language) => {
      const same = Object.entries(texts(CATALOGS[language])).filter(([key, text]) => text === texts(CATALOGS.en)[key]);
      expect(same).toEqual([]);
    },
  );

  it.each(LANGUAGES)('in %s show every value they are given', (language) => {
    const { payBy, pay, backTo, leavingSoon, triesLeft, address, scanned } = CATALOGS[language];
    const { amountLabel, atLeast, atMost, notAnAmount, askShop } = scanned;
    const inScanned = [amountLabel, atLeast, atMost, notAnAmount, askShop];
    const inAddress = [address.optional, address.rules.postal_code];
    for (const write of [payBy, pay, backTo, leavingSoon, triesLeft, ...inAddress, ...inScanned]) {
      expect(write('<$& value>')).toContain('<$& value>');
    }
    const between = scanned.between('<$& least> {most}', '<most>');
    expect([between.includes('<$& least> {most}'), between.includes('<most>')]).toEqual([true, true]);
  });

  it('speak of one minute and of many as each language does', () => {
    const said = (language: keyof typeof CATALOGS) => [1, 2, 5, 11].map(CATALOGS[language].minutesLeft);
    expect(said('en')).toEqual([1, 2, 5, 11].map((n) => `${n} minute${n === 1 ? '' : 's'} left to pay.`));
    expect(said('ar')).toEqual([
      'بقيت دقيقة واحدة للدفع.',
      'بقيت دقيقتان للدفع.',
      'بقيت 5 دقائق للدفع.',
      'بقيت 11 دقيقة للدفع.',
    ]);
    expect(new Set(said('vi').map((text) => text.replace(/\d+/, 'n'))).size).toBe(1);
  });
});

describe('a translator’s file', () => {
  it('is read where every entry keeps the rules', () => {
    expect(readCatalog('en', changed({ pay: '{amount}: pay {amount}' })).pay('5')).toBe('5: pay 5');
  });

  it.each<readonly [string, string, RegExp]>([
    ['that is no JSON', '{"amount":', /en\.json is not JSON/],
    ['that is no object', '[]', /amountToPay is missing/],
    ['without a sentence', changed({ help: undefined }), /en\.json: help is missing/],
    ['without a sentence of a group', changed({ card: { title: 'Card' } }), /card\.text is missing/],
    ['with a sentence of its own', changed({ hello: 'Hello' }), /hello is no sentence/],
    ['with one in a group', changed({ declined: { ...JSON.parse(ENGLISH).declined, x: 'x' } }), /declined\.x is no/],
    ['with a number', changed({ help: 1 }), /help must be a text/],
    ['with nothing', changed({ help: '' }), /help must not be empty/],
    ['with a space at the end', changed({ help: 'Help ' }), /help must not be empty, nor/],
    ['with markup', changed({ help: '<b>Help</b>' }), /help must be plain text/],
    ['with an entity', changed({ help: 'Help&nbsp;me' }), /help must be plain text/],
    ['with two lines', changed({ help: 'Help\nme' }), /help must be plain text/],
    ['with letters that turn the writing', changed({ help: 'Help \u202eem' }), /help must be plain text/],
    ['with an essay', changed({ help: 'x'.repeat(421) }), /help must have at most 420/],
    ['without its value', changed({ pay: 'Pay now' }), /pay must have \{amount\}/],
    [
      'with one end of two',
      changed({ scanned: { ...JSON.parse(ENGLISH).scanned, between: '{least}' } }),
      /between must have \{most\}/,
    ],
    ['with another value', changed({ pay: 'Pay {amount} {shop}' }), /pay has \{shop\}/],
    ['with a value where there is none', changed({ help: 'Help {shop}' }), /help has \{shop\}/],
    ['with half a brace', changed({ help: 'Help }' }), /help has a brace/],
    ['with one form for all counts', changed({ minutesLeft: '{count} left' }), /minutesLeft must be an object/],
    ['without a plural form', changed({ minutesLeft: { other: '{count} left' } }), /lacks the form “one”/],
    ['with a plural form of another language', changed({ minutesLeft: { one: '1', few: '2', other: '3' } }), /“few”/],
  ])('%s is refused by name', (_what, json, rule) => {
    expect(() => readCatalog('en', json)).toThrow(rule);
  });
});

/** Every sentence by its path; what takes values stands with their names. */
function texts(messages: object, path = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(messages).flatMap(([name, message]): [string, string][] => {
      if (typeof message === 'string') return [[path + name, message]];
      if (typeof message === 'function') return [[path + name, message('{1}', '{2}')]];
      return Object.entries(texts(message, `${path}${name}.`));
    }),
  );
}
