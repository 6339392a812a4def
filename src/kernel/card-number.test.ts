import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCardNumber, findCardNumbersIn } from './card-number.ts';

/** Numbers that processors publish for testing, or that end in a check digit computed by hand below. */
const CARDS = [
  ['Visa', '4111111111111111'],
  ['Visa', '4242424242424242'],
  ['Visa of 13 digits', '4222222222222'],
  ['Visa of 19 digits', withCheckDigit('411111111111111111')],
  ['Mastercard', '5555555555554444'],
  ['Mastercard', '5105105105105100'],
  ['Mastercard of the 2 series', '2223003122003222'],
  ['American Express', '378282246310005'],
  ['American Express', '341111111111111'],
  ['Discover', '6011111111111117'],
  ['Discover', withCheckDigit('644564456445644')],
  ['Diners Club of 14 digits', '30569309025904'],
  ['Diners Club of 14 digits', '36227206271667'],
  ['Diners Club of 16 digits', '3056930009020004'],
  ['JCB', '3530111333300000'],
  ['UnionPay', '6200000000000005'],
  ['UnionPay of 19 digits', '6205500000000000004'],
  ['Maestro', '6759649826438453'],
  ['Maestro of 18 digits', withCheckDigit('50185018501850185')],
  ['RuPay', withCheckDigit('607456745674567')],
  ['Mir', withCheckDigit('220012345678901')],
  ['NAPAS', withCheckDigit('970412345678901')],
] as const;

describe('a card number', () => {
  it.each(CARDS)('of %s is found: %s', (_scheme, card) => {
    expect(findCardNumber(card)).toBe(true);
    expect(findCardNumber(`Please charge ${card}, thanks`)).toBe(true);
  });

  const zero = (start: number) => (text: string) =>
    text.replace(/\d/g, (digit) => String.fromCodePoint(start + Number(digit)));
  const groups = (separator: string) => (text: string) => text.replace(/.{4}(?=.)/g, `$&${separator}`);

  it.each<readonly [string, (card: string) => string]>([
    ['plain', (card) => card],
    ['with spaces', groups(' ')],
    ['with dashes', groups('-')],
    ['with dots', groups('.')],
    ['with slashes', groups('/')],
    ['with underscores', groups('_')],
    ['with commas and spaces', groups(', ')],
    ['with no-break spaces', groups('\u00a0')],
    ['with thin and narrow no-break spaces', groups('\u2009\u202f')],
    ['with ideographic spaces', groups('\u3000')],
    ['with en dashes and minus signs', groups('\u2013\u2212')],
    ['with tabs and line breaks', groups('\t\r\n')],
    ['with parentheses', (card) => `(${groups(') (')(card)})`],
    ['with zero-width spaces in every place', (card) => [...card].join('\u200b')],
    ['with joiners, soft hyphens and direction marks', (card) => [...card].join('\u200d\u00ad\u202e\u2060\ufeff')],
    ['with keycaps', (card) => [...card].map((digit) => `${digit}\ufe0f\u20e3`).join('')],
    ['in full-width digits', zero(0xff10)],
    ['in Arabic-Indic digits', zero(0x0660)],
    ['in extended Arabic-Indic digits', zero(0x06f0)],
    ['in Devanagari digits', zero(0x0966)],
    ['in Thai digits', zero(0x0e50)],
    ['in mathematical bold digits', zero(0x1d7ce)],
    ['in mathematical monospace digits', zero(0x1d7f6)],
    ['in segmented digits', zero(0x1fbf0)],
    ['in superscripts', (card) => [...card].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')],
    ['in circled digits', (card) => [...card].map((digit) => '⓪①②③④⑤⑥⑦⑧⑨'[Number(digit)]).join(' ')],
    ['in a mixture', (card) => `${zero(0xff10)(card.slice(0, 5))}${zero(0x0660)(card.slice(5, 9))}${card.slice(9)}`],
    ['digit by digit', (card) => [...card].join(' ')],
    ['in pairs', (card) => card.replace(/..(?=.)/g, '$& ')],
    ['in halves', (card) => `${card.slice(0, 8)} ${card.slice(8)}`],
    ['in groups of 4, 6 and the rest', (card) => `${card.slice(0, 4)} ${card.slice(4, 10)} ${card.slice(10)}`],
    ['behind a few hexadecimal letters', (card) => `a0b1-${card}`],
    ['after its name', (card) => `VISA${card}`],
    ['before letters', (card) => `${card}EUR`],
    ['behind an order number', (card) => `Order 12/2026: ${groups(' ')(card)}`],
    ['between other numbers', (card) => `7 ${groups(' ')(card)} 12/28 123`],
    ['before its expiry and code', (card) => `${card} 12/28 123`],
    ['as a whole address', (card) => `https://shop.example/pay?card=${card}&x=1`],
  ])('is found %s', (_how, spell) => {
    for (const card of ['4111111111111111', '5555555555554444', '378282246310005', '6205500000000000004']) {
      expect(findCardNumber(spell(card)), spell(card)).toBe(true);
    }
  });

  it('is found behind and before any text that does not continue it', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, fc.constantFrom(...CARDS), (before, after, [, card]) => {
        expect(findCardNumber(`${before} x ${card} x ${after}`)).toBe(true);
      }),
    );
  });
});

describe('no card number', () => {
  it.each([
    ['nothing', ''],
    ['words', 'Kávé és sütemény, two pieces'],
    ['a wrong check digit', '4111111111111112'],
    ['no issuer’s prefix', withCheckDigit('111111111111111')],
    ['a length the scheme does not use', withCheckDigit('41111111111111')],
    ['twelve digits', withCheckDigit('50180000000')],
    ['twenty digits', withCheckDigit('4111111111111111111')],
    ['part of a longer number', `9${'4111111111111111'}`],
    ['part of a longer number', '411111111111111100'],
    ['a longer number behind zero-width spaces', `7\u200b4111111111111111`],
    ['groups too far apart', '4111 1111 ---- 1111 1111'],
    ['a letter in the middle', '41111111x11111111'],
    ['a letter for a digit', '41I1 1111 1111 1111'],
    ['small numbers in a list', '1 4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2 7 9 3'],
    ['a list that ends like a card', `9 ${[...'4111111111111111'].join(' ')}`],
    ['a list that begins like a card', `${[...'4111111111111111'].join(' ')} 9`],
    ['pairs before a longer group', '41 11 11 11 11 11 1111'],
    ['pairs in a longer list', '10 42 42 42 42 42 42 42 42 17'],
    ['sizes of all kinds', '42 4242 42 4242 4242'],
    ['an instant', '2026-11-21T09:30:00.000Z'],
    ['epoch milliseconds', '1795253400000'],
    ['a UUID', '4a11b111-1111-4111-8111-11c1111f1111'],
    ['a UUID with a fitting stretch', 'A0B1C2D3-4111-1111-1111-1111AAAAAAAA'],
    ['a UUID with a fitting stretch, in a sentence', 'Order a0b1c2d3-4111-1111-1111-1111aaaaaaaa.'],
    ['an object id with a fitting stretch', 'a4111111111111111bcdefab'],
    ['an id of ours', 'pay_01kaj2m3n4p5q6r7s8t9v0w1x2'],
    ['an IBAN', 'DE89 3704 0044 0532 0130 00'],
    ['a phone number', '+36 30 123 4567'],
  ])('is %s: %s', (_what, text) => {
    expect(findCardNumber(text)).toBe(false);
  });

  it('is in digits of which any single one was changed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CARDS), fc.nat(18), fc.integer({ min: 1, max: 9 }), ([, card], at, by) => {
        const index = at % card.length;
        const digit = (Number(card[index]) + by) % 10;
        expect(findCardNumber(card.slice(0, index) + digit + card.slice(index + 1))).toBe(false);
      }),
    );
  });
});

describe('searching', () => {
  const SIZE = 256 * 1024;
  it.each([
    ['one long number', '4'],
    ['groups of three', '444 '],
    ['groups of four', '4111 '],
    ['almost card numbers', '4111111111111112 '],
    ['single digits', '4 '],
    ['pairs', '41 '],
    ['letters and digits', '4a'],
    ['letters', 'a'],
    ['separators', '-'],
    ['invisible characters', '4\u200b'],
    ['full-width digits', '４'],
    ['mathematical digits', '\u{1d7d2}'],
    ['lone surrogates', '\ud800'],
  ])('256 KB of %s takes less than 20 ms', (_what, unit) => {
    const text = unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);
    const took = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      findCardNumber(text);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    });
    // Time of the processor and the best of five, so that a busy machine is not counted against us.
    expect(Math.min(...took)).toBeLessThan(20);
  });
});

describe('a JSON value', () => {
  const card = '4111 1111 1111 1111';

  it('has its offending fields pointed to', () => {
    const value = {
      reference: 'A-1',
      description: `charge ${card}`,
      amount: 1250,
      customer: { name: 'Ann', 'a/b~c': card, phones: ['+36301234567', card] },
      cartItems: [{ description: 'tea' }, { description: card, itemType: null }],
      metadata: { number: 4111111111111111, flag: true },
    };
    expect(findCardNumbersIn(value)).toEqual([
      '/cartItems/1/description',
      '/customer/a~1b~0c',
      '/customer/phones/1',
      '/description',
      '/metadata/number',
    ]);
  });

  it('has a key that is a number pointed to by its object, so that the number is not repeated', () => {
    const value = { metadata: { [card]: 'x', '4111111111111111': { note: card }, fine: card } };
    const pointers = findCardNumbersIn(value);
    expect(pointers).toEqual(['/metadata', '/metadata/fine']);
    expect(findCardNumber(pointers.join(' '))).toBe(false);
  });

  it.each([null, true, 12, 'text', [], {}, undefined, 1e21])('without one has no pointers: %j', (value) => {
    expect(findCardNumbersIn(value)).toEqual([]);
  });

  it('may be a text, a number or a bigint itself', () => {
    expect([card, 4111111111111111, 4111111111111111n].map(findCardNumbersIn)).toEqual([[''], [''], ['']]);
  });

  it('may be of any depth', () => {
    let value: unknown = card;
    for (let i = 0; i < 20_000; i++) value = [value];
    expect(findCardNumbersIn(value)).toEqual(['/0'.repeat(20_000)]);
  });
});

function withCheckDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, text, index) => {
    const digit = Number(text) * (index % 2 === 0 ? 2 : 1);
    return total + Math.floor(digit / 10) + (digit % 10);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
