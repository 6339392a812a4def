import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDelimiter, readCsv } from './read-csv.ts';

const delimiters = fc.constantFrom<CsvDelimiter>(',', ';', '\t');
/** Everything that could be mistaken for the end of something. */
const nasty = fc.constantFrom('"', '""', ',', ';', '\t', '\r\n', '\n', '\r', '', ' ', 'a', '\uFEFF', '€', '😀');
const fields = fc.array(fc.oneof(nasty, fc.string({ maxLength: 4 })), { maxLength: 4 }).map((parts) => parts.join(''));

function write(field: string, delimiter: string, quote: boolean): string {
  const needed = [delimiter, '"', '\n', '\r', '\uFEFF'].some((part) => field.includes(part));
  return quote || needed ? `"${field.replaceAll('"', '""')}"` : field;
}

function fieldsOf(text: string, delimiter: CsvDelimiter = ',') {
  const answer = readCsv(text, delimiter);
  return answer.kind === 'records' ? answer.records.map((record) => record.fields) : answer.refusal;
}

describe('a file that is written as the rule says comes out as it went in', () => {
  test('whatever its fields hold, quoted or not, with either line end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(fields, fc.boolean()), { minLength: 2, maxLength: 5 }), { minLength: 1 }),
        delimiters,
        fc.constantFrom('\r\n', '\n'),
        fc.boolean(),
        fc.boolean(),
        (records, delimiter, lineEnd, isEnded, hasMark) => {
          const lines = records.map((record) =>
            record.map(([field, quote]) => write(field, delimiter, quote)).join(delimiter),
          );
          const text = (hasMark ? '\uFEFF' : '') + lines.join(lineEnd) + (isEnded ? lineEnd : '');
          expect(fieldsOf(text, delimiter)).toEqual(records.map((record) => record.map(([field]) => field)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('and anything at all ends in records or a refusal of a line that is there', () => {
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 30 }), delimiters, (parts, delimiter) => {
        const text = parts.join('');
        const answer = readCsv(text, delimiter);
        const lines = text.split('\n').length;
        if (answer.kind === 'refused') expect(answer.refusal.line).toBeLessThanOrEqual(lines);
        else for (const { line } of answer.records) expect(line).toBeLessThanOrEqual(lines);
      }),
      { numRuns: 1_000 },
    );
  });

  test('and each record knows the line it begins on, past fields of several lines', () => {
    const answer = readCsv('a,b\r\n"1\n2\r\n3",x\nlast,y');
    expect(answer).toEqual({
      kind: 'records',
      records: [
        { line: 1, fields: ['a', 'b'] },
        { line: 2, fields: ['1\n2\r\n3', 'x'] },
        { line: 5, fields: ['last', 'y'] },
      ],
    });
  });
});

describe('a file that is not is refused with the line', () => {
  test.each([
    ['a quote inside a plain field', 'a,b\nx,y"z', 2],
    ['something after a closing quote', 'a,b\n\n"x"y,z', 3],
    ['a quote that never closes', 'a,b\nc,"d\ne\nf', 2],
    ['a carriage return by itself', 'a,b\rc,d', 1],
  ])('%s', (_, text, line) => {
    expect(readCsv(text)).toMatchObject({ kind: 'refused', refusal: { line } });
  });
});

test('empty fields and an empty file are what they are', () => {
  expect(fieldsOf('')).toEqual([]);
  expect(fieldsOf(',\r\n""')).toEqual([['', ''], ['']]);
  expect(fieldsOf('a,')).toEqual([['a', '']]);
});
