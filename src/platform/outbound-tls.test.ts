import type { RequestListener } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectKind, loopbackClient, SHOP_CERTIFICATE, startHttp, startHttps, startTcp } from './outbound-fixture.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

function closesAtEnd<T extends { close(): Promise<void> }>(each: T): T {
  closing.push(each);
  return each;
}

interface Seen {
  readonly servername: unknown;
  readonly host: string | undefined;
}

describe('TLS', () => {
  let seen: Seen[] = [];
  beforeEach(() => {
    seen = [];
  });
  const answer: RequestListener = ({ socket, headers }, response) => {
    seen.push({ servername: (socket as TLSSocket).servername, host: headers.host });
    response.end('ok');
  };

  function post({ port }: { port: number }, options: Parameters<typeof loopbackClient>[0], host = 'shop.test') {
    const http = closesAtEnd(loopbackClient(options));
    const url = `https://${host}:${port}/`;
    return http.send({ method: 'POST', url, body: 'a secret', timeoutMs: 5_000, responseBytesMax: 1_000 });
  }

  it('of a certificate that nobody vouches for ends before the request', async () => {
    const server = closesAtEnd(await startHttps(answer));
    const outcome = expectKind(await post(server, {}), 'not_sent');
    expect(outcome).toMatchObject({ reason: 'tls_failed', detail: 'TLS failed: DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(seen).toEqual([]);
  });

  it('is verified whatever the environment says', async () => {
    const server = closesAtEnd(await startHttps(answer));
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expectKind(await post(server, {}), 'not_sent');
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(seen).toEqual([]);
  });

  it('of a trusted authority keeps the name in SNI and Host, although the connection goes to an address', async () => {
    const server = closesAtEnd(await startHttps(answer));
    const { timings } = expectKind(await post(server, { trustedCa: SHOP_CERTIFICATE }), 'answered');
    expect(seen).toEqual([{ servername: 'shop.test', host: `shop.test:${server.port}` }]);
    expect(timings.connecting?.tlsMs).toBeGreaterThan(0);
  });

  it.each(['other.test', '127.0.0.1'])('of a trusted authority does not vouch for %s', async (host) => {
    const server = closesAtEnd(await startHttps(answer));
    const outcome = expectKind(await post(server, { trustedCa: SHOP_CERTIFICATE }, host), 'not_sent');
    expect(outcome.detail).toBe('TLS failed: ERR_TLS_CERT_ALTNAME_INVALID');
    expect(seen).toEqual([]);
  });

  it('with a server that speaks none fails before the request', async () => {
    const server = closesAtEnd(await startHttp(answer));
    expect(expectKind(await post(server, {}), 'not_sent').reason).toBe('tls_failed');
  });

  it('with a server that hangs up fails before the request', async () => {
    const server = closesAtEnd(await startTcp((socket) => socket.once('data', () => socket.destroy())));
    const outcome = expectKind(await post(server, {}), 'not_sent');
    expect(outcome).toMatchObject({ reason: 'tls_failed', detail: 'TLS failed: ECONNRESET' });
  });

  it.each([
    ['the time for connecting', 100, 5_000],
    ['the deadline', 5_000, 100],
  ])('with a server that accepts and then says nothing ends by %s', async (_what, connectTimeoutMs, timeoutMs) => {
    const heard: (Buffer | string)[] = [];
    const server = closesAtEnd(await startTcp((socket) => socket.on('data', (bytes) => heard.push(bytes))));
    const http = closesAtEnd(loopbackClient({ connectTimeoutMs }));
    const url = `https://shop.test:${server.port}/`;
    const outcome = await http.send({ method: 'POST', url, body: 'a secret', timeoutMs, responseBytesMax: 1_000 });
    expect(expectKind(outcome, 'not_sent').reason).toBe('connect_timeout');
    expect(outcome.timings.totalMs).toBeLessThan(2_000);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.map(String).join('')).not.toContain('a secret');
  });
});
