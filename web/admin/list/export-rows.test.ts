import { expect, test } from 'vitest';
import { EXPORT_ROWS_MAX, readAllRows, toCsv } from './export-rows.ts';

test('rows become lines with a column for each member, members of members joined by a dot', () => {
  const rows = [
    { id: 'pay_1', amount: 1250, customer: { name: 'Ada' }, tags: ['a', 'b'] },
    { id: 'pay_2', amount: -3, customer: null, late: false },
  ];
  expect(toCsv(rows)).toBe(
    'id,amount,customer.name,tags,customer,late\r\npay_1,1250,Ada,"[""a"",""b""]",,\r\npay_2,-3,,,,false\r\n',
  );
});

test.each([
  ['=HYPERLINK("https://evil.example")', `"'=HYPERLINK(""https://evil.example"")"`],
  ['+49 30 123', "'+49 30 123"],
  ['-1+1|cmd', "'-1+1|cmd"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['two\r\nlines', '"two\r\nlines"'],
  ['plain', 'plain'],
])('the cell %j is made harmless', (text, cell) => {
  expect(toCsv([{ text }])).toBe(`text\r\n${cell}\r\n`);
});

test('every page is read, the next by the cursor of the one before', async () => {
  const asked: unknown[] = [];
  const read = await readAllRows(async ({ limit, cursor }) => {
    asked.push([limit, cursor]);
    return cursor === undefined
      ? { data: [1, 2], hasMore: true, nextCursor: 'second' }
      : { data: [3], hasMore: false, nextCursor: null };
  });
  expect(read).toEqual({ rows: [1, 2, 3], isCut: false });
  expect(asked).toEqual([
    [100, undefined],
    [100, 'second'],
  ]);
});

test('a list without an end is cut, and says so', async () => {
  const page = { data: Array.from({ length: 100 }, () => 0), hasMore: true, nextCursor: 'more' };
  const { rows, isCut } = await readAllRows(async () => page);
  expect([rows.length, isCut]).toEqual([EXPORT_ROWS_MAX, true]);
});
