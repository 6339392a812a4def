import { expect, test } from 'vitest';
import { parseRate } from './rate.ts';
import { sourceOfAddress } from './source-of-address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::9', '2001:db8:1:3::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
  ['not:an:address', 'not:an:address'],
])('%s is counted as %s', (address, source) => {
  expect(sourceOfAddress(address)).toBe(source);
});

test.each([
  ['600/60', { count: 600, seconds: 60 }],
  ['1/1', { count: 1, seconds: 1 }],
  ['none', null],
  ['', undefined],
  ['0/60', undefined],
  ['60/0', undefined],
  ['60', undefined],
  ['-1/60', undefined],
  ['1.5/60', undefined],
  ['100001/1', undefined],
  ['1/99999', undefined],
])('the rate %j is read as %j', (text, rate) => {
  expect(parseRate(text)).toEqual(rate);
});
