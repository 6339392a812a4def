import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../kernel/problem.ts';
import { DecimalLiteral, parseJson } from './parse-json.ts';

const parse = (text: string) => parseJson(new TextEncoder().encode(text));

function refusal(input: string | Uint8Array): string {
  try {
    parseJson(typeof input === 'string' ? new TextEncoder().encode(input) : input);
  } catch (error) {
    if (error instanceof Problem && error.code === 'malformed_json') return error.message;
    throw error;
  }
  throw new Error('Nothing was refused');
}

/** Strings that a database can keep, and integers that stay exact. */
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\u0000') && value.isWellFormed());
const key = text.filter((value) => !['__proto__', 'constructor', 'prototype'].includes(value));
const ordinaryJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 8 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value)),
    text,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;

describe('parseJson', () => {
  it('reads every ordinary value as JSON.parse does, spaced or not', () => {
    fc.assert(
      fc.property(ordinaryJson, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        expect(parse(JSON.stringify(value, null, space))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts nothing that JSON.parse refuses', () => {
    const tokens = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'nul',
      ' ',
      '\t',
      '\u0001',
    ];
    const texts = fc.array(fc.constantFrom(...tokens), { maxLength: 9 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (candidate) => {
        try {
          JSON.parse(candidate);
        } catch {
          expect(refusal(candidate)).not.toBe('');
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['invalid UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'not valid UTF-8'],
    ['an overlong encoding', new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), 'not valid UTF-8'],
    ['a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 'byte order mark'],
    ['UTF-16', new Uint8Array(Buffer.from('{}', 'utf16le')), 'not JSON'],
    ['no bytes', '', 'ends too early'],
    ['a second value', '{} {}', 'after the JSON value'],
    ['a trailing comma', '[1,]', 'not JSON at character 4'],
    ['a key twice', '{"card":{"a":1,"a":2}}', 'twice in one object. (at /card/a)'],
    ['a key twice behind an escape', '{"a":1,"\\u0061":2}', 'twice'],
    ['__proto__', '{"x":[{"__proto__":{"polluted":1}}]}', '__proto__ is not accepted. (at /x/0/__proto__)'],
    ['__proto__ behind an escape', '{"\\u005f_proto__":1}', '__proto__'],
    ['constructor.prototype', '{"constructor":{"prototype":{}}}', 'constructor.prototype'],
    ['1e400', '{"amount":1e400}', 'exponent. (at /amount)'],
    ['a small exponent', '1e2', 'exponent'],
    ['9007199254740993', '{"amount":9007199254740993}', '2^53'],
    ['a negative integer beyond', '-9007199254740992', '2^53'],
    ['a leading zero', '01', 'after the JSON value'],
    ['NaN', 'NaN', 'not JSON'],
    ['a fraction without digits', '1.', 'after the JSON value'],
    ['a very long number', `1.${'0'.repeat(50)}`, 'longer than 40'],
    ['a line break in a string', '"a\nb"', 'not JSON'],
    ['an unknown escape', '"\\x41"', 'escape'],
    ['half a surrogate pair', '"\\ud800"', 'surrogate'],
    ['U+0000', '{"a":"\\u0000"}', 'U+0000. (at /a)'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, '32 levels'],
  ])('refuses %s', (_what, input, rule) => {
    expect(refusal(input)).toContain(rule);
  });

  it('takes 32 levels', () => {
    expect(JSON.stringify(parse(`${'['.repeat(32)}${']'.repeat(32)}`))).toHaveLength(64);
  });

  it('keeps a fraction as it was written', () => {
    expect(parse('{"amount":12.50}')).toEqual({ amount: new DecimalLiteral('12.50') });
  });

  it('has one zero', () => {
    expect(Object.is(parse('-0'), 0)).toBe(true);
  });

  it('pollutes no prototype with a bare constructor key', () => {
    expect(parse('{"constructor":1,"toString":2}')).toEqual({ constructor: 1, toString: 2 });
    expect({}).not.toHaveProperty('polluted');
  });

  it('never repeats a value in a refusal', () => {
    expect(refusal('{"cardNumber": "4111111111111111"  4111111111111111}')).not.toContain('4111');
    expect(refusal('[4111111111111111411]')).not.toContain('4111');
  });

  it('bounds the pointer, which is made of the sender’s keys', () => {
    expect(refusal(`{"${'k'.repeat(10_000)}":1e9}`).length).toBeLessThan(300);
  });

  const size = 256 * 1024;
  it.each([
    ['one long string', `"${'a'.repeat(size - 2)}"`],
    ['one string of escapes', `"${'\\n'.repeat(size / 2 - 1)}"`],
    ['many keys', `{${Array.from({ length: 18_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`],
    ['many integer keys', `{${Array.from({ length: 18_000 }, (_, i) => `"${i * 65_537}":0`).join(',')}}`],
    ['many small arrays', `[${'[],'.repeat(size / 3 - 2)}[]]`],
    ['many deep arrays', `[${`${'['.repeat(31)}${']'.repeat(31)},`.repeat(size / 63 - 2)}1]`],
    ['deep arrays that are never closed', '['.repeat(size)],
    ['many escaped strings', `[${'"\\u0061",'.repeat(size / 9 - 2)}1]`],
    ['one long number', '9'.repeat(size)],
    ['white space', ' '.repeat(size)],
    ['backslashes', `"${'\\'.repeat(size - 1)}`],
  ])('reads 256 KiB of %s in less than 20 ms', (_what, body) => {
    const bytes = new TextEncoder().encode(body);
    expect(bytes.byteLength).toBeGreaterThan(size * 0.7);
    // This thread's own time: wall time would measure whoever else is on the machine, the process's its compiler too.
    const times = Array.from({ length: 10 }, () => {
      const start = process.threadCpuUsage();
      try {
        parseJson(bytes);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
      const { user, system } = process.threadCpuUsage(start);
      return (user + system) / 1_000;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  });
});
