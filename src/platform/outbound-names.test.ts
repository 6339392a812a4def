import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheNames, createDnsResolver, type ResolveName } from './outbound-names.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a name', () => {
  it('is asked once while its answer is fresh, and again afterwards', async () => {
    let asked = 0;
    const resolve = cacheNames({ resolve: async () => [`10.0.0.${++asked}`], timeoutMs: 1_000, ttlMs: 250 });
    expect(await Promise.all([resolve('a.test'), resolve('a.test')])).toEqual([['10.0.0.1'], ['10.0.0.1']]);
    expect(await resolve('a.test')).toEqual(['10.0.0.1']);
    expect(await resolve('b.test')).toEqual(['10.0.0.2']);
    await pause(300);
    expect(await resolve('a.test')).toEqual(['10.0.0.3']);
  });

  it('whose answer failed is asked again at once', async () => {
    let asked = 0;
    const answer: ResolveName = async () => (++asked === 1 ? Promise.reject(new Error('no')) : ['10.0.0.1']);
    const resolve = cacheNames({ resolve: answer, timeoutMs: 1_000, ttlMs: 1_000 });
    await expect(resolve('a.test')).rejects.toThrow('no');
    expect(await resolve('a.test')).toEqual(['10.0.0.1']);
  });

  it('that is never answered ends in time, and can be asked again', async () => {
    let asked = 0;
    const answer: ResolveName = () => (++asked === 1 ? new Promise(() => {}) : Promise.resolve(['10.0.0.1']));
    const resolve = cacheNames({ resolve: answer, timeoutMs: 30, ttlMs: 1_000 });
    await expect(resolve('a.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(await resolve('a.test')).toEqual(['10.0.0.1']);
  });
});

describe('DNS', () => {
  let server: Socket;
  let resolve: ResolveName;

  beforeAll(async () => {
    server = createSocket('udp4');
    server.on('message', (query, { port }) => server.send(answerTo(query), port, '127.0.0.1'));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    resolve = createDnsResolver([`127.0.0.1:${server.address().port}`]);
  });
  afterAll(() => server.close());

  it.each([
    ['both.test', ['192.0.2.1', '192.0.2.2', '2001:db8::1']],
    ['four.test', ['192.0.2.1', '192.0.2.2']],
    ['six.test', ['2001:db8::1']],
    ['half-broken.test', ['192.0.2.1', '192.0.2.2']],
  ])('gives all addresses of %s, of either family', async (name, addresses) => {
    expect(await resolve(name)).toEqual(addresses);
  });

  it.each([
    ['nothing.test', 'ENODATA'],
    ['missing.test', 'ENOTFOUND'],
    ['broken.test', 'ESERVFAIL'],
  ])('refuses %s with %s', async (name, code) => {
    await expect(resolve(name)).rejects.toMatchObject({ code });
  });
});

const A = 1;
const AAAA = 28;
const SERVFAIL = 2;
const NXDOMAIN = 3;

/** What a name server says about our names. RFC 1035 section 4.1. */
function answerTo(query: Buffer): Buffer {
  const questionEnd = query.indexOf(0, 12) + 5;
  const name = query.toString('latin1', 13, 13 + (query[12] ?? 0));
  const type = query.readUInt16BE(questionEnd - 4);
  const data: Buffer[] = [];
  if (type === A && ['both', 'four', 'half-broken'].includes(name)) {
    data.push(Buffer.of(192, 0, 2, 1), Buffer.of(192, 0, 2, 2));
  }
  if (type === AAAA && ['both', 'six'].includes(name))
    data.push(Buffer.from('20010db8000000000000000000000001', 'hex'));
  const isBroken = name === 'broken' || (name === 'half-broken' && type === AAAA);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (isBroken ? SERVFAIL : name === 'missing' ? NXDOMAIN : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data.length, 6);
  const records = data.map((bytes) => {
    // A pointer to the question's name, type, class IN, a minute to live.
    const record = Buffer.of(0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, query.subarray(12, questionEnd), ...records]);
}
