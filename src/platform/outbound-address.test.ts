import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADDRESS_RULE, checkTargetUrl, isAllowedAddress, isOneOf } from './outbound-address.ts';
import { type CountingServer, startHttp } from './outbound-fixture.ts';
import { createOutboundHttp } from './outbound-http.ts';

/** Hosts of URLs that lead into somebody's own network, in the spellings a URL knows; PORT is the canary's. */
const INTERNAL_HOSTS = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0x7f.0x0.0x0.0x1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '00000177.1',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '127。0。0。1',
  '①②⑦.⓪.⓪.①',
  '0',
  '0.0.0.0',
  '0x0',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2002:a9fe:a9fe::]',
  '[2001:0:7f00:1::]',
  '[2001:0:0:0:0:0:80ff:fffe]',
  '10.0.0.1',
  '10.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.257',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '169.254.170.2',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::169.254.169.254]',
  '168.63.129.16',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd12:3456:789a::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[5f00::1]',
  '[100::1]',
  '[4000::1]',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'api.localhost',
  'metadata.google.internal',
  'printer.local',
  'router.home.arpa',
  'intranet',
];

const publicOnly = { allowPrivateTargets: false, allowHttp: true };

describe('an address in somebody’s own network', () => {
  let canary: CountingServer;
  // Every name leads to the canary, so that it is reached as soon as one spelling passes for a name.
  const http = createOutboundHttp({ ...publicOnly, userAgent: 'Tollgate-Test/1', resolve: async () => ['127.0.0.1'] });

  beforeAll(async () => {
    canary = await startHttp((_request, response) => response.end());
  });
  afterAll(async () => {
    await http.close();
    await canary.close();
  });

  it('is tried in more than 60 spellings', () => {
    expect(new Set(INTERNAL_HOSTS).size).toBeGreaterThan(60);
  });

  it.each(INTERNAL_HOSTS)('is refused when saved, by the same sentence: %s', (host) => {
    for (const url of [`http://${host}:8080/hook`, `https://${host}/hook`]) {
      expect(checkTargetUrl(url, publicOnly)).toEqual({
        ok: false,
        reason: 'address_not_allowed',
        rule: ADDRESS_RULE,
      });
    }
  });

  it.each(INTERNAL_HOSTS)('is not reached when called: %s', async (host) => {
    const url = `http://${host}:${canary.port}/hook`;
    const outcome = await http.send({ method: 'POST', url, body: '{}', timeoutMs: 1_000, responseBytesMax: 10 });
    expect(outcome).toMatchObject({ kind: 'not_sent', reason: 'address_not_allowed', detail: ADDRESS_RULE });
    expect(canary.connections).toBe(0);
  });
});

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '169.253.255.255',
    '198.17.255.255',
    '198.20.0.1',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80e::200e',
    '2001:4860:4860::8888',
  ])('of the public network is allowed: %s', (address) => {
    expect(isAllowedAddress(address, publicOnly)).toBe(true);
  });

  it.each(['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.20.0.2', '192.168.1.1', '::1', 'fd12::1', '8.8.8.8'])(
    'of a private network is allowed where private targets are: %s',
    (address) => {
      expect(isAllowedAddress(address, { allowPrivateTargets: true })).toBe(true);
    },
  );

  it.each([
    '169.254.169.254',
    '168.63.129.16',
    'fd00:ec2::254',
    'fd00:0ec2:0::0254',
    'fd20:ce::254',
    'fe80::1',
    'fe80::1%eth0',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    '100.100.100.200',
    '::ffff:10.0.0.1',
    '64:ff9b::10.0.0.1',
  ])('of a metadata service or of no single machine is never allowed: %s', (address) => {
    expect(isAllowedAddress(address, { allowPrivateTargets: true })).toBe(false);
  });

  it.each(['', 'example.com', '127.1', '0177.0.0.1', '8.8.8.8 ', '8.8.8.8/32', '[::1]', '2606:4700::1%1'])(
    'that Node would not connect to is none: %j',
    (text) => {
      expect(isAllowedAddress(text, publicOnly)).toBe(false);
      expect(isAllowedAddress(text, { allowPrivateTargets: true })).toBe(false);
    },
  );

  it('is found in a list however it is spelled', () => {
    expect(isOneOf('::1', ['10.0.0.1', '0:0:0:0:0:0:0:1'])).toBe(true);
    expect(isOneOf('10.0.0.1', ['10.0.0.1'])).toBe(true);
    expect(isOneOf('10.0.0.2', ['10.0.0.1', '::1'])).toBe(false);
    expect(isOneOf('::ffff:10.0.0.1', ['10.0.0.1'])).toBe(false);
    expect(isOneOf('unknown', ['unknown'])).toBe(false);
  });
});

describe('the address of a target', () => {
  const strict = { allowPrivateTargets: false };

  it.each([
    'https://example.com',
    'https://example.com/hook?a=1#part',
    'HTTPS://EXAMPLE.COM:8443/a@b',
    'https://münchen.example/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://example.com./',
    'https://example.com/?next=http://10.0.0.1/',
  ])('is fine: %s', (url) => {
    expect(checkTargetUrl(url, strict)).toEqual({ ok: true, url: new URL(url) });
  });

  it.each([
    ['', 'Must be an address'],
    ['example.com', 'Must be an address'],
    ['/hook', 'Must be an address'],
    ['//example.com/', 'Must be an address'],
    ['https:example.com', 'Must be an address'],
    ['https:/example.com', 'Must be an address'],
    ['https:///example.com', 'Must be an address'],
    ['https://', 'Must be an address'],
    ['https://exa%mple.com', 'Must be an address'],
    ['https://256.256.256.256', 'Must be an address'],
    ['https://example.com:99999', 'Must be an address'],
    ['ftp://example.com', 'Must be an address'],
    ['file:///etc/passwd', 'Must be an address'],
    ['javascript:alert(1)', 'Must be an address'],
    [' https://example.com', 'Must not contain spaces'],
    ['https://example.com\n', 'Must not contain spaces'],
    ['ht\ttps://example.com', 'Must not contain spaces'],
    ['https://exam\u200bple.com', 'Must not contain spaces'],
    ['https://exam\u00adple.com', 'Must not contain spaces'],
    ['https:\\\\example.com', 'Must not contain spaces'],
    ['https://example.com\\@evil.example', 'Must not contain spaces'],
    ['https://user@example.com', 'Must not contain a user name'],
    ['https://user:pass@example.com', 'Must not contain a user name'],
    ['https://:pass@example.com', 'Must not contain a user name'],
    ['https://@example.com', 'Must not contain a user name'],
    ['https://:@example.com', 'Must not contain a user name'],
    ['http://example.com', 'Must begin with https://'],
    ['https://example.com:0', 'Must not use port 0'],
    ['https://example.com:00000', 'Must not use port 0'],
  ])('is refused, naming the rule: %j', (url, rule) => {
    const refusal = { ok: false, reason: 'invalid_url', rule: expect.stringContaining(rule) };
    expect(checkTargetUrl(url, strict)).toEqual(refusal);
  });

  it('may be plain HTTP where private targets are allowed, or where it is said', () => {
    const url = 'http://example.com/';
    expect(checkTargetUrl(url, { allowPrivateTargets: true }).ok).toBe(true);
    expect(checkTargetUrl(url, { allowPrivateTargets: false, allowHttp: true }).ok).toBe(true);
    expect(checkTargetUrl(url, { allowPrivateTargets: true, allowHttp: false }).ok).toBe(false);
  });

  it('may be a name of the own network where private targets are allowed', () => {
    expect(checkTargetUrl('http://localhost:3000/hook', { allowPrivateTargets: true }).ok).toBe(true);
    expect(checkTargetUrl('http://shop/hook', { allowPrivateTargets: true }).ok).toBe(true);
    expect(checkTargetUrl('http://169.254.169.254/', { allowPrivateTargets: true }).ok).toBe(false);
  });
});
