import { expect, test } from 'vitest';
import { guessColumns, guessDelimiter, kindWords, readFile, uploadOf } from './read-layout.ts';

const CSV = 'Ref;Type;Date;currency;gross\nA-1;Payment;2026-11-01;EUR;1250\nA-2;fee;2026-11-01;EUR;-25\n';

function readIt() {
  const file = readFile(CSV, guessDelimiter(CSV));
  if (file.kind !== 'read') throw new Error('unreadable');
  return file;
}

test('the separator is the one that cuts the header into the most parts', () => {
  expect([guessDelimiter(CSV), guessDelimiter('a,b;c\n'), guessDelimiter('a\tb\tc')]).toEqual([';', ',', '\t']);
});

test('columns are known by their usual names, and by what they were called before where the file has it', () => {
  const { header } = readIt();
  expect(guessColumns(header, { lineRef: 'Ref', occurredAt: 'Gone' })).toEqual({
    lineRef: 'Ref',
    currency: 'currency',
    gross: 'gross',
  });
});

test('the request says what the file calls its columns and kinds, and nothing of what needs no saying', () => {
  const file = readIt();
  const columns = { lineRef: 'Ref', kind: 'Type', occurredAt: 'Date', currency: 'currency', gross: 'gross' };
  const words = kindWords(file, columns);
  expect(words).toEqual(['Payment', 'fee']);
  const layout = { delimiter: ';', amounts: 'minor', columns, kinds: { Payment: 'charge' } } as const;
  expect(uploadOf({ name: 'november.csv', csv: CSV, providerAccountId: 'pa_1' }, layout, words)).toEqual({
    ...{ source: 'upload', name: 'november.csv', csv: CSV, providerAccountId: 'pa_1' },
    ...{ delimiter: ';', amounts: 'minor', columns, kinds: { Payment: 'charge' } },
  });
});

test('what cannot be read says at which line', () => {
  expect(readFile('a,b\n"open', ',')).toEqual({ kind: 'unreadable', line: 2 });
});
