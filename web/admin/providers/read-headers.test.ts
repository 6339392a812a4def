import { expect, test } from 'vitest';
import { readHeaders } from './read-headers.ts';

test('headers are read line by line, one that came twice with both of its values', () => {
  const text = 'Content-Type: application/json\r\nX-Twice: one\nx-twice: two: three\n\nPOST /hooks HTTP/1.1';
  expect(readHeaders(text)).toEqual({ 'content-type': ['application/json'], 'x-twice': ['one', 'two: three'] });
});
