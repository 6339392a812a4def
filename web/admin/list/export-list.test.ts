import { expect, test } from 'vitest';
import { cutIn } from './export-list.ts';

test.each([
  ['a,b\r\n1,2\r\nNot complete: only 100000 rows; go on with cursor=abc,\r\n', 100_000],
  ['{"id":"1"}\n{"object":"export_end","rows":7,"complete":false,"nextCursor":"abc"}\n', 7],
  ['{"id":"1"}\n{"object":"export_end","rows":7,"complete":true,"nextCursor":null}\n', null],
  ['a,b\r\n1,Not complete: only 3 rows;\r\n', null],
  ['', null],
])('the end of a file %j says whether there was more', (end, rows) => {
  expect(cutIn(end)).toBe(rows);
});
