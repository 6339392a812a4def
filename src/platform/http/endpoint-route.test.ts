import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { TenantCaller } from '../../kernel/caller.ts';
import { endpoint } from '../../kernel/endpoint.ts';
import { bindEndpoint, type EndpointRequest } from './bind-endpoint.ts';
import {
  createThing,
  echoThing,
  endpointLike,
  problem,
  RawConnection,
  send,
  sendRaw,
  startTestServer,
} from './http-server-fixture.ts';

describe('a request that keeps the rules', () => {
  it('reaches its verb with everything declared, and is answered as declared', async () => {
    const seen: EndpointRequest[] = [];
    const bound = {
      ...echoThing,
      handle: async (request: EndpointRequest) => {
        seen.push(request);
        return { body: request.body };
      },
    };
    const { url } = await startTestServer([bound]);
    const answer = await send(`${url}/things`, { amount: 5, note: 'hé' }, { 'x-correlation-id': 'order-1' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ amount: 5, note: 'hé' });
    expect(seen[0]).toMatchObject({
      caller: { by: 'tenant', tenantId: 'ten_1', mode: 'test' },
      params: undefined,
      query: undefined,
      body: { amount: 5, note: 'hé' },
      idempotency: null,
      correlationId: 'order-1',
      secure: false,
      remoteAddress: '127.0.0.1',
    });
    expect(seen[0]?.receivedAt.toString()).toBe('2026-01-01T00:00:00Z');
  });

  it('may be a file, which arrives as its bytes, and a page may answer it', async () => {
    const file = { mediaTypes: ['image/png', 'image/webp'], description: 'An image.' };
    const answer = { status: 200, schema: z.string(), mediaType: 'text/html', description: 'A page.' } as const;
    const { endpoint: put } = endpointLike({ method: 'PUT', path: '/file', file, answer });
    const handle = async (request: EndpointRequest) => ({
      body: `<p>${Buffer.from(request.file).toString('hex')}</p>`,
    });
    const { url } = await startTestServer([{ endpoint: put, handle }]);
    const sent = (type: string) =>
      fetch(`${url}/file`, {
        method: 'PUT',
        headers: { authorization: 'Bearer test', 'content-type': type },
        body: Buffer.from([0xff, 0, 0x7b]),
      });
    const page = await sent('image/webp');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toBe('<p>ff007b</p>');
    for (const type of ['image/gif', 'application/json', 'image/png; charset=utf-8', '']) {
      expect((await problem(await sent(type))).code, type).toBe('unsupported_media_type');
    }
  });

  it('has the types of its declaration', () => {
    const params = z.strictObject({ id: z.string() });
    const query = z.strictObject({ limit: z.coerce.number().int().default(20) });
    const declared = endpoint({ ...createThing, path: '/things/{id}', params, query });
    bindEndpoint(declared, async (request) => {
      expectTypeOf(request.caller).toEqualTypeOf<TenantCaller>();
      expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
      expectTypeOf(request.query).toEqualTypeOf<{ limit: number }>();
      expectTypeOf(request.body.amount).toEqualTypeOf<number>();
      return { body: { amount: request.body.amount } };
    });
    // @ts-expect-error The answer lacks a required field.
    bindEndpoint(declared, async () => ({ body: { note: 'x' } }));
  });

  it('carries the headers that keep answers out of caches and frames', async () => {
    const { url } = await startTestServer([echoThing]);
    const { headers } = await send(`${url}/things`, { amount: 5 });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  it('may come without a body where every field is optional', async () => {
    const body = z.strictObject({ amount: z.int().optional() });
    const { url } = await startTestServer([endpointLike({ body }), endpointLike({ path: '/cancel' })]);
    const headers = { authorization: 'Bearer test' };
    expect((await fetch(`${url}/things`, { method: 'POST', headers })).status).toBe(200);
    expect((await fetch(`${url}/cancel`, { method: 'POST', headers })).status).toBe(200);
    expect((await send(`${url}/cancel`, {})).status).toBe(200);
  });
});

describe('order of checks', () => {
  it('asks who calls before it reads a byte of the body', async () => {
    const { port } = await startTestServer([echoThing]);
    const head = 'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n';
    const connection = new RawConnection(port);
    connection.write(head);
    await connection.until('"code":"unauthenticated"');
    const known = new RawConnection(port);
    known.write(head.replace('Host: x', 'Host: x\r\nAuthorization: Bearer test'));
    await known.until('"code":"unsupported_media_type"');
  });

  it('refuses a caller whose scopes do not cover the endpoint', async () => {
    const access = { by: 'tenant', scope: 'payments:create' } as const;
    const { url } = await startTestServer([endpointLike({ access })]);
    const refused = await send(`${url}/things`, {});
    expect(refused.status).toBe(403);
    expect((await problem(refused)).detail).toContain('payments:create');
  });

  it('refuses where authentication lets in another kind of caller', async () => {
    const authenticate = async () => ({ by: 'anyone' }) as const;
    const { url } = await startTestServer([echoThing], { authenticate });
    expect((await send(`${url}/things`, { amount: 1 })).status).toBe(500);
  });

  it('names the schemes in a 401, Basic only to those who use it', async () => {
    const { url } = await startTestServer([echoThing]);
    const bearer = await send(`${url}/things`, {}, { authorization: 'Bearer nobody' });
    expect(bearer.status).toBe(401);
    expect(bearer.headers.get('www-authenticate')).toBe('Bearer realm="tollgate"');
    const basic = await send(`${url}/things`, {}, { authorization: 'Basic bm9ib2R5Og==' });
    expect(basic.headers.get('www-authenticate')).toMatch(/^Bearer .*, Basic realm="tollgate"/);
  });

  it('says 404 for an unknown address and 405 with the methods for a known one', async () => {
    const { url } = await startTestServer([
      echoThing,
      endpointLike({ params: z.strictObject({ id: z.string() }), path: '/things/{id}', method: 'GET' }),
    ]);
    const unknown = await send(`${url}/nothing`, {});
    expect(unknown.status).toBe(404);
    expect((await problem(unknown)).code).toBe('not_found');
    const wrong = await fetch(`${url}/things`, { method: 'DELETE' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('POST');
    expect((await problem(wrong)).code).toBe('method_not_allowed');
    expect((await fetch(`${url}/things/a`, { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${url}/things/`, { headers: { authorization: 'Bearer test' } })).status).toBe(404);
  });
});

describe('correlation ids', () => {
  it.each([
    ['order-1_A.b', true],
    ['a'.repeat(64), true],
    ['a'.repeat(65), false],
    ['a b', false],
    ['a%0d%0aSet-Cookie:x', false],
    ['<script>', false],
  ])('%j: taken over %s', async (sent, taken) => {
    const { url, lines } = await startTestServer([echoThing]);
    const { headers } = await send(`${url}/things`, { amount: 1 }, { 'x-correlation-id': sent });
    const answered = headers.get('x-correlation-id');
    if (taken) expect(answered).toBe(sent);
    else expect(answered).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.at(-1)).toMatchObject({ msg: 'Answered a request', correlationId: answered });
  });

  it('are answered with every refusal', async () => {
    const { url, port } = await startTestServer([echoThing]);
    for (const path of ['/nothing', '/things', '/%zz']) {
      const { headers } = await fetch(`${url}${path}`, { headers: { 'x-correlation-id': 'mine' } });
      expect(headers.get('x-correlation-id')).toBe('mine');
    }
    expect(await sendRaw(port, 'nonsense\r\n\r\n')).toMatch(/x-correlation-id: [0-9a-f-]{36}\r\n/);
  });
});

it('writes one line a request, with the pattern of the route and never the address', async () => {
  const access = { by: 'checkoutToken' } as const;
  const params = z.strictObject({ token: z.string() });
  const { url, lines } = await startTestServer([
    echoThing,
    endpointLike({ access, params, path: '/checkout-sessions/{token}', method: 'GET' }),
  ]);
  await send(`${url}/things`, { amount: 1 });
  await fetch(`${url}/checkout-sessions/good`);
  await fetch(`${url}/checkout-sessions/CANARY?secret=CANARY`);
  await fetch(`${url}/c/CANARY`);
  expect(lines.filter(({ msg }) => msg === 'Answered a request')).toMatchObject([
    { method: 'POST', route: '/things', status: 201, actor: 'key:key_1', tenantId: 'ten_1', mode: 'test' },
    { method: 'GET', route: '/checkout-sessions/{token}', status: 200, actor: 'checkoutToken' },
    { route: '/checkout-sessions/{token}', status: 404, code: 'not_found', actor: null },
    { route: 'none', status: 404 },
  ]);
  expect(JSON.stringify(lines)).not.toContain('CANARY');
});

it('gives raw routes the bytes as they came', async () => {
  const { url, lines } = await startTestServer([], {
    prepare: ({ fastify }) => {
      fastify.post('/hooks/:provider', (request, reply) =>
        reply.type('text/plain').send((request.body as Buffer).toString('hex')),
      );
    },
  });
  const answer = await fetch(`${url}/hooks/a`, { method: 'POST', body: Buffer.from([0xff, 0x00, 0x7b]) });
  expect(await answer.text()).toBe('ff007b');
  const form = await fetch(`${url}/hooks/a`, { method: 'POST', body: new URLSearchParams({ __proto__: 'x', a: '1' }) });
  expect(await form.text()).toBe(Buffer.from('a=1').toString('hex'));
  expect(lines.at(-1)).toMatchObject({ route: '/hooks/{provider}', status: 200 });
});

it('serves several hosts from one process', async () => {
  const [first, second] = [
    await startTestServer([echoThing]),
    await startTestServer([endpointLike({ path: '/other' })]),
  ];
  expect((await send(`${first.url}/things`, { amount: 1 })).status).toBe(201);
  expect((await send(`${second.url}/things`, { amount: 1 })).status).toBe(404);
});
