import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EndpointRequest } from './bind-endpoint.ts';
import { createThing, echoThing, endpointLike, problem, send, startTestServer } from './http-server-fixture.ts';

describe('validation', () => {
  it('tells every broken rule of query and body at once, and no value', async () => {
    const query = z.strictObject({ limit: z.coerce.number().int().min(1).max(100) });
    const body = z.strictObject({
      amount: z.int().min(1),
      kind: z.enum(['a', 'b']),
      items: z.array(z.strictObject({ count: z.int() })),
      email: z.email(),
      note: z.string().max(4),
      name: z.string(),
      code: z.string().regex(/^[a-z]+$/),
      when: z.iso.datetime(),
      price: z.int(),
      method: z.discriminatedUnion('type', [z.strictObject({ type: z.literal('qr') })]),
      either: z.union([z.string(), z.strictObject({ inner: z.int() })]),
      own: z.string().refine(() => false, { error: 'must be nice' }),
    });
    const { url } = await startTestServer([endpointLike({ query, body })]);
    const sent = {
      amount: 0,
      kind: 'SECRET',
      items: [{ count: 'SECRET' }],
      email: 'SECRET',
      note: 'SECRET',
      code: 'SECRET9',
      when: 'SECRET',
      price: 1,
      method: { type: 'SECRET' },
      either: { inner: 'SECRET' },
      own: 'SECRET',
      'a/b~c': 'SECRET',
    };
    const text = JSON.stringify(sent).replace('"price":1', '"price":1.5');
    const refused = await send(`${url}/things?limit=999&page=SECRET`, text);
    expect(refused.status).toBe(422);
    const answer = await problem(refused);
    expect(answer.code).toBe('validation_failed');
    expect(Object.fromEntries(answer.errors.map(({ pointer, detail }) => [pointer, detail]))).toEqual({
      '/query/limit': 'Must be at most 100',
      '/query/page': 'Is not a known field',
      '/amount': 'Must be at least 1',
      '/kind': 'Must be one of "a", "b"',
      '/items/0/count': 'Must be a number',
      '/email': 'Must be an e-mail address',
      '/note': 'Must have at most 4 characters',
      '/name': 'Is required',
      '/code': 'Must match the pattern /^[a-z]+$/',
      '/when': 'Must be an instant in RFC 3339, such as 2026-01-31T12:00:00Z',
      '/price': 'Must be an integer, without a fraction',
      '/method/type': 'Must be "qr"',
      '/either/inner': 'Must be a number',
      '/own': 'must be nice',
      '/a~1b~0c': 'Is not a known field',
    });
    expect(JSON.stringify(answer)).not.toContain('SECRET');
  });

  it.each([
    ['a repeated parameter', 'limit=1&limit=2', 422, 'validation_failed'],
    ['an undeclared parameter', 'debug=true', 422, 'validation_failed'],
    ['a polluting name', '__proto__=1', 422, 'validation_failed'],
    ['broken percent-encoding', 'limit=%zz', 400, 'malformed_request'],
    ['bytes that are no UTF-8', 'limit=%ff', 400, 'malformed_request'],
    ['U+0000', 'limit=%00', 400, 'malformed_request'],
  ])('refuses in the query %s', async (_what, search, status, code) => {
    const query = z.strictObject({ limit: z.string().optional() });
    const { url } = await startTestServer([endpointLike({ query, method: 'GET' })]);
    const refused = await fetch(`${url}/things?${search}`, { headers: { authorization: 'Bearer test' } });
    expect(refused.status).toBe(status);
    expect((await problem(refused)).code).toBe(code);
    expect({}).not.toHaveProperty('1');
  });

  it('knows no parameter that every object inherits', async () => {
    const { url } = await startTestServer([endpointLike({ method: 'GET' })]);
    const refused = await fetch(`${url}/things?constructor=1`, { headers: { authorization: 'Bearer test' } });
    expect((await problem(refused)).errors).toEqual([
      { pointer: '/query/constructor', detail: 'Is not a known field' },
    ]);
  });

  it.each([
    ['{"amount":1e400}', '/amount'],
    ['{"amount":9007199254740993}', '/amount'],
    ['{"amount":1,"amount":2}', '/amount'],
    [`{"note":${'['.repeat(40)}${']'.repeat(40)}}`, '/note/0/0'],
    ['{"amount":1,"__proto__":{"admin":true}}', '/__proto__'],
  ])('refuses the body %s and says where', async (body, place) => {
    const { url } = await startTestServer([echoThing]);
    const refused = await send(`${url}/things`, body);
    expect(refused.status).toBe(400);
    const { code, detail } = await problem(refused);
    expect(code).toBe('malformed_json');
    expect(detail).toContain(place);
  });

  it('takes null for null, never for an empty body', async () => {
    const body = z.strictObject({ amount: z.int().optional() });
    const { url } = await startTestServer([endpointLike({ body }), endpointLike({ path: '/cancel' })]);
    for (const path of ['/things', '/cancel']) {
      for (const sent of ['null', '[]', '"x"', '1']) expect((await send(`${url}${path}`, sent)).status).toBe(422);
    }
  });

  it('says 404 for a path that cannot name anything', async () => {
    const params = z.strictObject({ id: z.string().regex(/^[a-z]+$/) });
    const { url } = await startTestServer([endpointLike({ params, path: '/things/{id}', method: 'GET' })]);
    const headers = { authorization: 'Bearer test' };
    expect((await fetch(`${url}/things/abc`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/things/1`, { headers })).status).toBe(404);
    expect((await fetch(`${url}/things/a%00`, { headers })).status).toBe(404);
    expect((await fetch(`${url}/things/${'a'.repeat(300)}`, { headers })).status).toBe(404);
    const lenient = z.strictObject({ id: z.string() });
    const other = await startTestServer([endpointLike({ params: lenient, path: '/things/{id}', method: 'GET' })]);
    expect((await fetch(`${other.url}/things/a%20b`, { headers })).status).toBe(200);
    expect((await fetch(`${other.url}/things/a%00`, { headers })).status).toBe(404);
  });

  it('is not bound where unknown fields would be dropped in silence', async () => {
    const nested = z.strictObject({ customer: z.object({ name: z.string() }).optional() });
    await expect(startTestServer([endpointLike({ body: nested })])).rejects.toThrow(/things\.create: body .*customer/);
    await expect(startTestServer([endpointLike({ query: z.object({ a: z.string() }) })])).rejects.toThrow(/query/);
    await expect(startTestServer([endpointLike({ path: '/things/{id}' })])).rejects.toThrow(/declare params/);
  });
});

describe('idempotency', () => {
  const bound = {
    ...echoThing,
    endpoint: { ...createThing, answer: { status: 201, schema: z.any(), description: '' } } as const,
    handle: async ({ idempotency }: EndpointRequest) => ({ body: idempotency }),
  };

  async function claim(url: string, body: string, key: string): Promise<unknown> {
    return (await send(`${url}/things`, body, { 'idempotency-key': key })).json();
  }

  it('gives the verb the key and a fingerprint that ignores the order of keys', async () => {
    const { url } = await startTestServer([bound]);
    const first = await claim(url, '{"amount":1,"note":"a"}', 'k 1');
    expect(first).toEqual({ key: 'k 1', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await claim(url, '{"note":"a", "amount":1}', 'k 1')).toEqual(first);
    expect(await claim(url, '{"note":"b","amount":1}', 'k 1')).not.toEqual(first);
  });

  it.each(['', 'é', 'a'.repeat(256)])('refuses the key %j', async (key) => {
    const { url } = await startTestServer([bound]);
    expect(await claim(url, '{"amount":1}', key)).toMatchObject({ status: 400, code: 'malformed_request' });
  });

  it('takes a key of 255 characters, and ignores keys of endpoints without', async () => {
    const { url } = await startTestServer([bound, endpointLike({ path: '/reads' })]);
    expect(await claim(url, '{"amount":1}', 'a'.repeat(255))).toMatchObject({ key: 'a'.repeat(255) });
    expect((await send(`${url}/reads`, {}, { 'idempotency-key': 'é' })).status).toBe(200);
  });

  it('sends a stored answer as its exact bytes and says so', async () => {
    const json = '{ "amount": 1.50,"old":"é" }';
    const stored = { ...echoThing, handle: async () => ({ json, status: 202, replayed: true }) as const };
    const { url } = await startTestServer([stored]);
    const answer = await send(`${url}/things`, { amount: 1 });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('idempotency-replayed')).toBe('true');
    expect(await answer.text()).toBe(json);
    const again = { ...echoThing, handle: async () => ({ body: { amount: 1 }, replayed: true }) };
    const other = await startTestServer([again]);
    expect((await send(`${other.url}/things`, { amount: 1 })).headers.get('idempotency-replayed')).toBe('true');
  });
});
