import { expect, test } from 'vitest';
import { PROBLEMS } from '../../../src/kernel/problem.ts';
import { fixOf } from './fix-of.ts';
import { texts as de } from './texts-de.ts';
import { texts as en } from './texts-en.ts';

test.each([
  ['English', en],
  ['German', de],
])('every refusal of the API says what to do, in %s', (_language, texts) => {
  const silent = Object.entries(PROBLEMS).filter(([code, { status }]) => fixOf(status, code, texts).length < 20);
  expect(silent).toEqual([]);
});

test('what is said of a code is said of one that there is, in both languages', () => {
  expect(Object.keys(en.fixes.byCode).filter((code) => !Object.hasOwn(PROBLEMS, code))).toEqual([]);
  expect(Object.keys(de.fixes.byCode)).toEqual(Object.keys(en.fixes.byCode));
});

test('a code that says more comes before its status, and a status that nobody described is like its kind', () => {
  expect(fixOf(422, 'target_not_allowed', en)).toContain('https');
  expect(fixOf(422, 'shipping_required', en)).toBe(en.fixes.byStatus[422]);
  expect(fixOf(502, 'something_new', en)).toBe(en.fixes.byStatus[500]);
});
