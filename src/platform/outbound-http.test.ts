import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CountingServer,
  closedPort,
  expectKind,
  loopbackClient,
  startHttp,
  startTcp,
} from './outbound-fixture.ts';
import type { OutboundHttp, OutboundRequest } from './outbound-http.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

/** Closed at the end of the test, clients after servers, whose requests then end. */
function closesAtEnd<T extends { close(): Promise<void> }>(each: T): T {
  closing.unshift(each);
  return each;
}
const client = (...options: Parameters<typeof loopbackClient>) => {
  const http = loopbackClient(...options);
  closing.push(http);
  return http;
};
const httpServer = async (answer: RequestListener) => closesAtEnd(await startHttp(answer));
const tcpServer = async (greet: (socket: Socket) => void) => closesAtEnd(await startTcp(greet));

function post(http: OutboundHttp, url: string | CountingServer, changes: Partial<OutboundRequest> = {}) {
  const address = typeof url === 'string' ? url : `http://shop.test:${url.port}/hook?a=1`;
  return http.send({ method: 'POST', url: address, body: '{}', timeoutMs: 5_000, responseBytesMax: 1_000, ...changes });
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a request', () => {
  it('arrives as it was given, under the name and our user agent', async () => {
    const seen: unknown[] = [];
    const server = await httpServer(async (request, response) => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(await request.toArray()).toString() });
      response.end('ok');
    });
    const headers = { 'Content-Type': 'application/json', 'webhook-id': 'evt_1' };
    expectKind(await post(client(), server, { headers, body: '{"a":"é"}' }), 'answered');
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/hook?a=1',
        headers: {
          host: `shop.test:${server.port}`,
          connection: 'keep-alive',
          'user-agent': 'Tollgate-Test/1',
          'content-type': 'application/json',
          'webhook-id': 'evt_1',
          'content-length': '10',
        },
        body: '{"a":"é"}',
      },
    ]);
  });

  it('carries bytes as they are', async () => {
    const bytes = Uint8Array.of(0, 0xff, 0x0d, 0x0a);
    const server = await httpServer((request, response) => request.pipe(response));
    const { body } = expectKind(await post(client(), server, { body: bytes }), 'answered');
    expect(new Uint8Array(body)).toEqual(bytes);
  });

  it.each([
    ['a line break in a value', { 'x-note': 'a\r\nx-evil: 1' }],
    ['a letter that a header cannot hold', { 'x-note': '☕' }],
    ['a line break in a name', { 'x\r\nevil': '1' }],
    ['an empty name', { '': '1' }],
    ['another host', { Host: 'evil.test' }],
    ['a length of its own', { 'content-length': '1' }],
    ['another transfer encoding', { 'Transfer-Encoding': 'chunked' }],
  ])('with %s in its headers is not sent', async (_what, headers) => {
    const server = await httpServer((_request, response) => response.end());
    const outcome = expectKind(await post(client(), server, { headers }), 'not_sent');
    expect(outcome.reason).toBe('invalid_request');
    expect(server.connections).toBe(0);
  });

  it('that cannot be written is not sent', async () => {
    const server = await httpServer((_request, response) => response.end());
    const outcome = expectKind(await post(client(), server, { method: 'P T' as 'POST' }), 'not_sent');
    expect(outcome.reason).toBe('invalid_request');
    expect(server.connections).toBe(1);
  });
});

describe('an answer', () => {
  it('keeps its status, its body, its repeated headers and the address it came from', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(
        418,
        [
          ['Set-Cookie', 'a=1'],
          ['X-Note', 'caf\xe9'],
          ['set-cookie', 'b=2'],
          ['__proto__', 'x'],
        ].flat(),
      );
      response.end('short');
    });
    const answer = expectKind(await post(client(), server), 'answered');
    expect(answer).toMatchObject({ status: 418, bodyCut: false, remoteAddress: '127.0.0.1' });
    expect(Buffer.from(answer.body).toString()).toBe('short');
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers['x-note']).toEqual(['caf\xe9']);
    expect(Object.hasOwn(answer.headers, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(answer.headers)).toBe(Object.prototype);
  });

  it('is timed in phases', async () => {
    const server = await httpServer((_request, response) => {
      response.flushHeaders();
      setTimeout(() => response.end('ok'), 60);
    });
    const { timings } = expectKind(await post(client(), server), 'answered');
    const { dnsMs = -1, tcpMs = -1, tlsMs } = timings.connecting ?? {};
    expect(dnsMs).toBeGreaterThanOrEqual(0);
    expect(tcpMs).toBeGreaterThan(0);
    expect(tlsMs).toBeNull();
    expect(timings.firstByteMs).toBeGreaterThan(dnsMs + tcpMs);
    expect(timings.totalMs - (timings.firstByteMs ?? 0)).toBeGreaterThan(40);
  });

  it('may have interim ones before it', async () => {
    const server = await httpServer((_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(204).end();
    });
    expect(expectKind(await post(client(), server), 'answered')).toMatchObject({ status: 204, bodyCut: false });
  });

  it('of exactly the most bytes is whole, of one more is cut', async () => {
    const server = await httpServer((_request, response) => response.end('123456'));
    const http = client();
    const whole = expectKind(await post(http, server, { responseBytesMax: 6 }), 'answered');
    expect([Buffer.from(whole.body).toString(), whole.bodyCut]).toEqual(['123456', false]);
    const cut = expectKind(await post(http, server, { responseBytesMax: 5 }), 'answered');
    expect([Buffer.from(cut.body).toString(), cut.bodyCut]).toEqual(['12345', true]);
    const none = expectKind(await post(http, server, { responseBytesMax: 0 }), 'answered');
    expect([none.body.byteLength, none.bodyCut]).toEqual([0, true]);
  });

  it('without end is cut, and no longer read', async () => {
    let written = 0;
    const ended = Promise.withResolvers<void>();
    const server = await httpServer((_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
      };
      response.on('drain', write).on('close', ended.resolve);
      write();
    });
    const answer = expectKind(await post(client(), server, { responseBytesMax: 16_384 }), 'answered');
    expect([answer.body.byteLength, answer.bodyCut]).toEqual([16_384, true]);
    await ended.promise;
    // What the buffers of both kernels hold, and not the rest.
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });

  it('that leads elsewhere is an answer, and not followed', async () => {
    const secret = await httpServer((_request, response) => response.end('secret'));
    const location = `http://127.0.0.1:${secret.port}/`;
    const server = await httpServer((_request, response) => response.writeHead(307, { location }).end());
    const answer = expectKind(await post(client(), server), 'answered');
    expect(answer).toMatchObject({ status: 307, headers: { location: [location] } });
    expect(secret.connections).toBe(0);
  });
});

describe('a request is lost', () => {
  it('when nobody answers before the deadline', async () => {
    const server = await httpServer(() => {});
    const outcome = expectKind(await post(client(), server, { timeoutMs: 150 }), 'lost');
    expect(outcome).toMatchObject({ reason: 'timeout', timings: { firstByteMs: null } });
    expect(outcome.timings.totalMs).toBeGreaterThanOrEqual(149);
    expect(outcome.timings.totalMs).toBeLessThan(3_000);
  });

  it('when the body comes one byte at a time, which a limit on silence would not notice', async () => {
    const server = await httpServer((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const outcome = expectKind(await post(client(), server, { timeoutMs: 300 }), 'lost');
    expect(outcome).toMatchObject({ reason: 'timeout', timings: { firstByteMs: expect.any(Number) } });
    expect(outcome.timings.totalMs).toBeLessThan(3_000);
  });

  it('when the headers come one byte at a time', async () => {
    const server = await tcpServer((socket) => {
      const timer = setInterval(() => socket.write('.'), 20);
      socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
      socket.on('close', () => clearInterval(timer));
    });
    const outcome = expectKind(await post(client(), server, { timeoutMs: 300 }), 'lost');
    expect(outcome.reason).toBe('timeout');
  });

  it.each([
    ['the connection ends before an answer', '', 'reset'],
    ['the headers end early', 'HTTP/1.1 200 OK\r\nContent-Le', 'reset'],
    ['the body ends early', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok', 'reset'],
    ['the chunks end early', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', 'reset'],
    ['a last body ends early', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nok', 'reset'],
    ['the answer is not HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'malformed_answer'],
    ['the chunks have no length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n', 'malformed_answer'],
    ['the headers have no end', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 'malformed_answer'],
  ])('when %s', async (_what, bytes, reason) => {
    const server = await tcpServer((socket) => socket.once('data', () => socket.end(bytes)));
    expect(expectKind(await post(client(), server), 'lost').reason).toBe(reason);
    expect(server.connections).toBe(1);
  });

  it.each(['GET', 'POST'] as const)('and never repeated when a kept connection breaks under a %s', async (method) => {
    let requests = 0;
    const server = await tcpServer((socket) => {
      socket.on('data', () => (++requests === 1 ? socket.write(OK) : socket.destroy()));
    });
    const http = client();
    const send = () =>
      http.send({ method, url: `http://shop.test:${server.port}/`, timeoutMs: 2_000, responseBytesMax: 9 });
    expectKind(await send(), 'answered');
    expect(expectKind(await send(), 'lost').reason).toBe('reset');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([requests, server.connections]).toEqual([2, 1]);
  });
});

describe('a request is not sent', () => {
  it('when the connection is refused', async () => {
    const outcome = expectKind(await post(client(), `http://shop.test:${await closedPort()}/`), 'not_sent');
    expect(outcome).toMatchObject({ reason: 'connection_refused', timings: { firstByteMs: null } });
  });

  it.each([
    [
      'that answers with an error',
      async () => Promise.reject(Object.assign(new Error('shop.test'), { code: 'ENOTFOUND' })),
    ],
    [
      'that throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['that has no addresses', async () => []],
    ['that never answers', () => new Promise<never>(() => {})],
  ])('when the name is asked of a resolver %s', async (_what, resolve) => {
    const outcome = expectKind(await post(client({ resolve, connectTimeoutMs: 100 }), 'http://shop.test/'), 'not_sent');
    expect(outcome.reason).toBe('dns_failed');
    expect(outcome.detail).not.toContain('shop');
  });

  it.each(['not an address', 'https://user:pass@shop.test/', 'gopher://shop.test/'])('to %j', async (url) => {
    const outcome = expectKind(await post(client(), url), 'not_sent');
    expect(outcome.reason).toBe('invalid_url');
    expect(outcome.detail).not.toContain('pass@');
  });
});
