import { expect, test } from 'vitest';
import { readValues } from './read-values.ts';

test('members are read, and nothing at all is nothing to replace', () => {
  expect(readValues('{"amount": 420}')).toEqual({ ok: true, object: { amount: 420 } });
  expect(readValues('')).toEqual({ ok: true, object: null });
});

test.each(['{', '420', 'null', '[1]', '"text"'])('%s is no object', (text) => {
  expect(readValues(text)).toEqual({ ok: false });
});
