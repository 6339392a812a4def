import { expect, test } from 'vitest';
import { canonicalRange, isWithinRanges } from './address-ranges.ts';

test.each([
  ['203.0.113.7', '203.0.113.7/32'],
  ['203.0.113.7/24', '203.0.113.0/24'],
  ['2001:DB8::1', '2001:db8::1/128'],
  ['2001:db8::1/32', '2001:db8::/32'],
  ['0.0.0.0/0', null],
  ['::/0', null],
  ['203.0.113.7/33', null],
  ['203.0.113.7/', null],
  ['203.0.113.7/24/8', null],
  ['203.0.113', null],
  ['0x7f000001', null],
  ['127.1', null],
  ['010.0.0.1', null],
  ['fe80::1%eth0', null],
  ['example.com', null],
  ['', null],
])('%s is the range %s', (text, range) => {
  expect(canonicalRange(text)).toBe(range);
});

test('an address is within a range of its own family, however it is written', () => {
  expect(isWithinRanges('203.0.113.200', ['203.0.113.0/24'])).toBe(true);
  expect(isWithinRanges('::ffff:203.0.113.200', ['198.51.100.0/24', '203.0.113.0/24'])).toBe(true);
  expect(isWithinRanges('203.0.114.1', ['203.0.113.0/24'])).toBe(false);
  expect(isWithinRanges('2001:db8::1', ['203.0.113.0/24', '2001:db8::/32'])).toBe(true);
  expect(isWithinRanges('', ['203.0.113.0/24'])).toBe(false);
});
