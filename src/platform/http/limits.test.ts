import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { echoThing, RawConnection, send, sendRaw, startTestServer } from './http-server-fixture.ts';
import { HTTP_LIMITS } from './limits.ts';

const POST = 'POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test\r\n';
const quick = { headersTimeoutMs: 300, requestTimeoutMs: 300, timeoutCheckIntervalMs: 50, keepAliveTimeoutMs: 200 };

async function problemCode(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return ((await response.json()) as { code: string }).code;
}

describe('sizes', () => {
  it('takes a body of exactly the limit and refuses one byte more', async () => {
    const { url } = await startTestServer([echoThing]);
    const body = JSON.stringify({ amount: 1 }).padEnd(HTTP_LIMITS.bodyBytesMax, ' ');
    expect((await send(`${url}/things`, body)).status).toBe(201);
    const refused = await send(`${url}/things`, `${body} `);
    expect(refused.status).toBe(413);
    expect(await problemCode(refused)).toBe('body_too_large');
  });

  it('refuses a chunked body as soon as it is over the limit', async () => {
    const { port } = await startTestServer([echoThing], { limits: { bodyBytesMax: 1_000 } });
    const head = `${POST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const answer = await sendRaw(port, `${head}${'3e8\r\n'}${' '.repeat(1000)}\r\n1\r\n \r\n`);
    expect(answer).toContain('413 Payload Too Large');
    expect(answer).toContain('"code":"body_too_large"');
  });

  it('refuses a long address, also one beyond what the parser takes', async () => {
    const { url, port } = await startTestServer([echoThing]);
    const refused = await fetch(`${url}/things?a=${'a'.repeat(HTTP_LIMITS.urlBytesMax)}`);
    expect(refused.status).toBe(414);
    expect(await problemCode(refused)).toBe('uri_too_long');
    const longer = await sendRaw(port, `GET /things?a=${'a'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(longer).toContain('HTTP/1.1 414');
    expect(longer).toContain('"code":"uri_too_long"');
  });

  it('refuses many headers and large headers', async () => {
    const { url, port } = await startTestServer([echoThing]);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, '1']));
    const refused = await fetch(`${url}/things`, { headers: many });
    expect(refused.status).toBe(431);
    expect(await problemCode(refused)).toBe('headers_too_large');
    const large = await sendRaw(port, `GET /things HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(large).toContain('HTTP/1.1 431');
    expect(large).toContain('"code":"headers_too_large"');
  });

  it('refuses ten thousand query parameters', async () => {
    const { url } = await startTestServer([echoThing]);
    const query = Array.from({ length: 10_000 }, (_, i) => `${i}`).join('&');
    expect((await fetch(`${url}/things?${query}`)).status).toBe(414);
    expect((await send(`${url}/things?${query.slice(0, 8_000)}`, { amount: 1 })).status).toBe(422);
  });

  it('takes no more connections than the limit', async () => {
    const { port } = await startTestServer([echoThing], { limits: { connectionsMax: 2 } });
    const [first, second] = [new RawConnection(port), new RawConnection(port)];
    for (const connection of [first, second]) {
      connection.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await connection.until('200 OK');
    }
    expect(await new RawConnection(port).closed).toBeLessThan(1_000);
  });

  it('ends a connection that was used often', async () => {
    const { port } = await startTestServer([echoThing], { limits: { requestsPerSocketMax: 2 } });
    const get = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    const connection = new RawConnection(port);
    connection.write(get);
    await connection.until('200 OK');
    expect(connection.received.toLowerCase()).not.toContain('connection: close');
    connection.write(get);
    await connection.until('onnection: close');
  });
});

describe('time', () => {
  it('cuts off slow headers', async () => {
    const { port } = await startTestServer([echoThing], { limits: quick });
    const connection = new RawConnection(port);
    connection.write('POST /things HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => connection.write('X-Drip: 1\r\n'), 50);
    const closedAfterMs = await connection.closed;
    clearInterval(drip);
    expect(closedAfterMs).toBeLessThan(2_000);
    expect(connection.received).toContain('HTTP/1.1 408 Request Timeout');
    expect(connection.received).toContain('"code":"request_timeout"');
  });

  it('cuts off a slow body', async () => {
    const { port } = await startTestServer([echoThing], { limits: quick });
    const connection = new RawConnection(port);
    connection.write(`${POST}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n`);
    const drip = setInterval(() => connection.write(' '), 50);
    const closedAfterMs = await connection.closed;
    clearInterval(drip);
    expect(closedAfterMs).toBeLessThan(2_000);
    expect(connection.received).toContain('"code":"request_timeout"');
  });

  it('cuts off a connection that says nothing, and one that is done', async () => {
    const { port } = await startTestServer([echoThing], { limits: quick });
    expect(await new RawConnection(port).closed).toBeLessThan(2_000);
    const done = new RawConnection(port);
    done.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await done.closed).toBeLessThan(3_000);
    expect(done.received).toContain('200 OK');
  });

  it('answers others while slow senders hold connections', async () => {
    const { port, url } = await startTestServer([echoThing], { limits: { requestTimeoutMs: 2_000 } });
    for (let i = 0; i < 200; i++) new RawConnection(port).write(`${POST}Content-Length: 1000\r\n\r\n`);
    const start = performance.now();
    expect((await send(`${url}/things`, { amount: 1 })).status).toBe(201);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('adds up to less than 15 seconds by default', () => {
    expect(HTTP_LIMITS.requestTimeoutMs + HTTP_LIMITS.timeoutCheckIntervalMs).toBeLessThan(15_000);
    expect(HTTP_LIMITS.headersTimeoutMs).toBeLessThan(HTTP_LIMITS.requestTimeoutMs);
  });
});

describe('media types', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'takes %s',
    async (type) => {
      const { url } = await startTestServer([echoThing]);
      expect((await send(`${url}/things`, { amount: 1 }, { 'content-type': type })).status).toBe(201);
    },
  );

  it.each(['text/plain', 'application/json; charset=latin1', 'application/json; charset=utf-16', 'application/jsonx'])(
    'refuses %s',
    async (type) => {
      const { url } = await startTestServer([echoThing]);
      const refused = await send(`${url}/things`, { amount: 1 }, { 'content-type': type });
      expect(refused.status).toBe(415);
      expect(await problemCode(refused)).toBe('unsupported_media_type');
    },
  );

  it('refuses a body without a type', async () => {
    const { port } = await startTestServer([echoThing]);
    const answer = await sendRaw(port, `${POST}Content-Length: 2\r\nConnection: close\r\n\r\n{}`);
    expect(answer).toContain('HTTP/1.1 415');
  });

  it('refuses a compressed body without unpacking it', async () => {
    const { url } = await startTestServer([echoThing]);
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const refused = await send(`${url}/things`, bomb, { 'content-encoding': 'gzip' });
    expect(refused.status).toBe(415);
    expect(await problemCode(refused)).toBe('unsupported_media_type');
  });
});

describe('broken HTTP', () => {
  it.each([
    ['a length and chunks at once', `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET`],
    ['two lengths', `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`],
    ['chunked spelt oddly', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a bare line feed', 'GET /things HTTP/1.1\nHost: x\n\n'],
    ['a folded header', 'GET /things HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n folded\r\n\r\n'],
    ['a carriage return in a value', 'GET /things HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n'],
    ['a NUL in a value', 'GET /things HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n'],
    ['a space before the colon', 'GET /things HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['no host', 'GET /things HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two hosts', 'GET /things HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'],
    ['two credentials', `${POST}Authorization: Bearer live\r\nConnection: close\r\n\r\n`],
    ['a broken escape in the path', 'GET /things/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('is refused as problem+json: %s', async (_what, request) => {
    const { port } = await startTestServer([echoThing]);
    const answer = await sendRaw(port, request);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('"code":"malformed_request"');
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('closes without a word where garbage follows a request that is still running', async () => {
    const { promise: never } = Promise.withResolvers<never>();
    const { port } = await startTestServer([{ ...echoThing, handle: () => never }], { limits: { drainTimeoutMs: 50 } });
    const body = '{"amount":1}';
    const request = `${POST}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(await sendRaw(port, `${request}\x00garbage\r\n\r\n`)).toBe('');
  });
});
