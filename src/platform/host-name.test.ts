import { describe, expect, it } from 'vitest';
import { canonicalDomain, hostOfHeader, namesNobody } from './host-name.ts';

const NAMES: readonly (readonly [string, string | null])[] = [
  ['pay.shop.example', 'pay.shop.example'],
  ['PAY.Shop.Example', 'pay.shop.example'],
  ['pay.shop.example.', 'pay.shop.example'],
  ['zahlen.müller.example', 'zahlen.xn--mller-kva.example'],
  ['zahlen.mu\u0308ller.example', 'zahlen.xn--mller-kva.example'],
  ['xn--mller-kva.example', 'xn--mller-kva.example'],
  ['pay。shop。example', 'pay.shop.example'],
  ['ｐａｙ.shop.example', 'pay.shop.example'],
  ['pay.shop.example..', null],
  ['.pay.shop.example', null],
  ['shop', null],
  ['', null],
  ['*.shop.example', null],
  ['pay_me.shop.example', null],
  ['-pay.shop.example', null],
  ['pay-.shop.example', null],
  [`${'a'.repeat(64)}.example`, null],
  [`${'a.'.repeat(130)}example`, null],
  ['https://pay.shop.example', null],
  ['pay.shop.example/c', null],
  ['pay.shop.example:443', null],
  ['user@pay.shop.example', null],
  ['pay.shop.example\n', null],
  ['pay. shop.example', null],
  ['pay\u200b.shop.example', null],
  ['192.0.2.1', null],
  ['0x7f.1', null],
  ['3221225985', null],
  ['[::1]', null],
  ['localhost', null],
  ['pay.localhost', null],
  ['printer.local', null],
  ['db.internal', null],
  ['1.2.0.192.in-addr.arpa', null],
];

describe('C15 a name has one spelling', () => {
  it.each(NAMES)('%j is %j', (text, domain) => {
    const read = canonicalDomain(text);
    expect(read.ok ? read.domain : null).toBe(domain);
  });
});

describe('a Host header', () => {
  it.each([
    ['Pay.Shop.example.:8443', 'pay.shop.example', false],
    ['127.0.0.1:8080', '127.0.0.1', true],
    ['[::1]:8080', '::1', true],
    ['LOCALHOST', 'localhost', true],
    ['', '', true],
  ])('%j names %j', (header, host, nobody) => {
    expect([hostOfHeader(header), namesNobody(host)]).toEqual([host, nobody]);
  });
});
