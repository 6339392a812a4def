import { expect, it } from 'vitest';
import { requestFingerprint } from './fingerprint.ts';
import { parseJson } from './parse-json.ts';

const of = (body: string, path = '/p') => requestFingerprint('POST', path, parseJson(new TextEncoder().encode(body)));

it('does not depend on the order of keys, white space or escapes', () => {
  expect(of('{"a":1,"b":{"c":"é","d":[1,2]}}')).toBe(of(' {"b": {"d":[1, 2], "c":"\\u00e9"}, "a":1}'));
});

it.each([
  ['another value', '{"a":1}', '{"a":2}'],
  ['another type', '{"a":1}', '{"a":"1"}'],
  ['another order of items', '[1,2]', '[2,1]'],
  ['a fraction written as text', '1.50', '"1.50"'],
  ['a key moved into another object', '{"a":{"b":1},"c":2}', '{"a":{"b":1,"c":2}}'],
  ['an absent field', '{"a":null}', '{}'],
])('differs for %s', (_what, first, second) => {
  expect(of(first)).not.toBe(of(second));
});

it('differs between paths and between a missing and an empty body', () => {
  expect(of('{}', '/p')).not.toBe(of('{}', '/q'));
  expect(requestFingerprint('POST', '/p', undefined)).not.toBe(of('{}'));
});

it('is lower-case hex of 32 bytes', () => {
  expect(of('{}')).toMatch(/^[0-9a-f]{64}$/);
});
