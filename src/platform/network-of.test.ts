import { expect, test } from 'vitest';
import { networkOf } from './network-of.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:7:8:9:a:b:c', '2001:db8:7::/48'],
  ['2001:DB8::1', '2001:db8::/48'],
  ['2001:0db8:0000:1::', '2001:db8::/48'],
  ['fe80::1%eth0', 'fe80::/48'],
  ['::2', '::/48'],
  ['::7:8:9:a:b:c', '0:0:7::/48'],
])('%s is recorded as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', 'till-7.example', ''])('%j stays as it is', (address) => {
  expect(networkOf(address)).toBe(address);
});
