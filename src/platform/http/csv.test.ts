import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, harmlessText } from './csv.ts';

/** A reader of RFC 4180 that knows nothing of the writer: character by character, and strict. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let [record, cell, state]: [string[], string, 'start' | 'plain' | 'quoted' | 'closed'] = [[], '', 'start'];
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (state === 'quoted') {
      if (character === '"') state = 'closed';
      else cell += character;
    } else if (state === 'closed' && character === '"') {
      cell += '"';
      state = 'quoted';
    } else if (character === ',' || text.startsWith('\r\n', at)) {
      record.push(cell);
      [cell, state] = ['', 'start'];
      if (character === '\r') {
        records.push(record);
        record = [];
        at++;
      }
    } else if (state === 'start' && character === '"') {
      state = 'quoted';
    } else {
      if (state === 'closed' || /["\r\n]/.test(character)) throw new Error(`Not RFC 4180 at ${at}`);
      cell += character;
      state = 'plain';
    }
  }
  if (record.length > 0 || state !== 'start') throw new Error('The last line does not end');
  return records;
}

test('any cells come back as they were', () => {
  const awkward = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', ';', '=', 'ü', '😀') });
  const rows = fc.array(fc.array(fc.oneof(awkward, fc.string()), { minLength: 1, maxLength: 5 }), { maxLength: 5 });
  fc.assert(
    fc.property(rows, (cells) => {
      expect(readCsv(cells.map(csvLine).join(''))).toEqual(cells);
    }),
  );
});

describe('a text that a spreadsheet would run', () => {
  test.for([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '  @x',
    '＝1+1',
    '＋1',
    '－1',
    '＠x',
    '=cmd|" /C calc"!A0',
  ])('gets an apostrophe before it: %j', (text) => {
    expect(harmlessText(text)).toBe(`'${text}`);
  });

  test.for(['', 'a=1', '1-2', "'=1", 'order-17', 'ana@shop.example', '"=1'])('unlike %j, which stays', (text) => {
    expect(harmlessText(text)).toBe(text);
  });
});
