import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Tollgate } from './client.ts';
import { TollgateError } from './tollgate-error.ts';

const API_KEY = 'sk_test_key1.verysecret';
const PAYMENT = { id: 'pay_1', reference: 'order-1', paymentUrl: 'http://127.0.0.1/c/1' };

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = (response: ServerResponse, request: IncomingMessage) => void;

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A real server that gives one prepared reply to each request, in order, and keeps what it was sent. */
async function gateway(...replies: Reply[]) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    const reply = replies.shift() ?? problem(500, 'unexpected_request');
    reply(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, baseUrl, tollgate: new Tollgate({ baseUrl, apiKey: API_KEY }) };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

function problem(status: number, code: string, headers: Record<string, string> = {}, members: object = {}): Reply {
  const body = { type: `/docs/errors#${code}`, status, code, detail: `About ${code}.`, errors: [], ...members };
  return json(status, { correlationId: 'corr-1', ...body }, { 'content-type': 'application/problem+json', ...headers });
}

const cut: Reply = (_response, request) => request.socket.destroy();

async function failure(call: Promise<unknown>): Promise<TollgateError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof TollgateError) return error;
  throw new Error('A TollgateError was expected', { cause: error });
}

const keysOf = (seen: readonly Seen[]) => new Set(seen.map(({ headers }) => headers['idempotency-key']));

describe('a call', () => {
  it('sends what it is given, and gives back what is answered', async () => {
    const { tollgate, seen } = await gateway(json(201, PAYMENT));
    const options = { idempotencyKey: 'order-1', correlationId: 'corr-9', tenant: 'ten_child' };
    expect(await tollgate.payments.create({ reference: 'order-1', amount: 1250 }, options)).toEqual(PAYMENT);
    expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/payments' }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ reference: 'order-1', amount: 1250 });
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'idempotency-key': 'order-1',
      'x-correlation-id': 'corr-9',
      'x-tollgate-tenant': 'ten_child',
    });
  });

  it('encodes ids and queries, and leaves out what is undefined', async () => {
    const { tollgate, seen } = await gateway(json(200, {}), json(200, {}));
    await tollgate.payments.get('pay/../1?x');
    await tollgate.payments.list({ limit: 5, reference: 'a b&c', cursor: undefined });
    expect(seen[0]?.url).toBe('/api/v1/payments/pay%2F..%2F1%3Fx');
    expect(seen[1]?.url).toBe('/api/v1/payments?limit=5&reference=a+b%26c');
  });

  it.each(['', '.', '..'])('refuses “%s” for an id, which would name another address', async (id) => {
    const { tollgate, seen } = await gateway();
    expect(() => tollgate.payments.cancel(id)).toThrow(TypeError);
    expect(seen).toEqual([]);
  });

  it('gives a POST a random key of its own, and a GET none', async () => {
    const { tollgate, seen } = await gateway(json(201, PAYMENT), json(201, PAYMENT), json(200, PAYMENT));
    await tollgate.payments.create({ reference: 'a', amount: 1 });
    await tollgate.payments.create({ reference: 'b', amount: 1 });
    await tollgate.payments.get('pay_1');
    const [first, second, read] = seen.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
    expect(read).toBeUndefined();
  });
});

describe('a retry', () => {
  it.each([
    ['a lost connection', cut],
    ['429', problem(429, 'too_many_requests', { 'retry-after': '0' })],
    ['503', problem(503, 'unavailable', { 'retry-after': '0' })],
    ['a first request still running', problem(409, 'idempotency_in_progress', { 'retry-after': '0' })],
  ])('follows %s, with the same key', async (_what, reply) => {
    const { tollgate, seen } = await gateway(reply, reply, json(201, PAYMENT));
    expect(await tollgate.payments.create({ reference: 'a', amount: 1 })).toEqual(PAYMENT);
    expect(seen).toHaveLength(3);
    expect(keysOf(seen).size).toBe(1);
  });

  it('comes twice at most', async () => {
    const { tollgate, seen } = await gateway(cut, cut, cut, json(201, PAYMENT));
    await failure(tollgate.payments.create({ reference: 'a', amount: 1 }));
    expect(seen).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 422, 500, 502])('does not follow a %i', async (status) => {
    const { tollgate, seen } = await gateway(problem(status, 'some_code', { 'retry-after': '0' }), json(201, PAYMENT));
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }));
    expect(error).toMatchObject({ status, code: 'some_code', outcome: status < 500 ? 'refused' : 'unknown' });
    expect(seen).toHaveLength(1);
  });

  it('waits for as long as Retry-After says', async () => {
    const { tollgate } = await gateway(problem(429, 'too_many_requests', { 'retry-after': '1' }), json(200, PAYMENT));
    const startedMs = performance.now();
    await tollgate.payments.get('pay_1');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(995);
  });

  it('reads a Retry-After that is a date', async () => {
    const headers = { date: 'Sat, 21 Nov 2026 12:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 12:01:00 GMT' };
    const { tollgate, seen } = await gateway(problem(503, 'unavailable', headers));
    expect(await failure(tollgate.payments.get('pay_1'))).toMatchObject({ retryAfterSeconds: 60 });
    expect(seen).toHaveLength(1);
  });

  it('is left to the caller where Retry-After is long', async () => {
    const { tollgate, seen } = await gateway(problem(429, 'too_many_requests', { 'retry-after': '31' }));
    expect(await failure(tollgate.payments.get('pay_1'))).toMatchObject({ status: 429, retryAfterSeconds: 31 });
    expect(seen).toHaveLength(1);
  });

  it('ends when the caller aborts the pause', async () => {
    const { tollgate, seen } = await gateway(problem(429, 'too_many_requests', { 'retry-after': '20' }));
    const controller = new AbortController();
    const call = failure(tollgate.payments.get('pay_1', { signal: controller.signal }));
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => controller.abort(), 50);
    expect(await call).toMatchObject({ code: 'aborted' });
  });
});

describe('an error', () => {
  it('says which rule which field breaks', async () => {
    const errors = [{ pointer: '/amount', detail: 'Must be at least 1 minor unit' }];
    const { tollgate } = await gateway(problem(422, 'validation_failed', {}, { errors }));
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 0 }));
    expect(error).toMatchObject({ status: 422, code: 'validation_failed', errors, correlationId: 'corr-1' });
    expect(error.message).toContain('/amount Must be at least 1 minor unit');
  });

  it('has the further members of its problem', async () => {
    const { tollgate } = await gateway(problem(409, 'reference_already_used', {}, { paymentId: 'pay_0' }));
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }));
    expect(error.problem).toMatchObject({ paymentId: 'pay_0' });
  });

  it('names a lost answer as an unknown outcome, with the key to repeat it', async () => {
    const { tollgate } = await gateway(cut, cut, cut);
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }, { idempotencyKey: 'key-1' }));
    expect(error).toMatchObject({ status: null, code: 'outcome_unknown', outcome: 'unknown', idempotencyKey: 'key-1' });
  });

  it('keeps the outcome unknown where a lost answer is followed by a refusal', async () => {
    const { tollgate } = await gateway(cut, problem(401, 'unauthenticated'));
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }));
    expect(error).toMatchObject({ status: 401, code: 'unauthenticated', outcome: 'unknown' });
  });

  it('leaves the outcome unknown while the first request with the key is still running', async () => {
    const running = problem(409, 'idempotency_in_progress', { 'retry-after': '60' });
    const { tollgate } = await gateway(running);
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }));
    expect(error).toMatchObject({ status: 409, outcome: 'unknown', retryAfterSeconds: 60 });
  });

  it('names a time-out as an unknown outcome', async () => {
    const { tollgate } = await gateway(
      () => {},
      () => {},
      () => {},
    );
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }, { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'outcome_unknown', outcome: 'unknown' });
    expect(error.detail).toContain('within 50 ms');
  });

  it('names half an answer as an unknown outcome', async () => {
    const half: Reply = (response) => {
      response.writeHead(201, { 'content-length': '100' }).write('{"id":');
      setTimeout(() => response.destroy(), 20);
    };
    const { tollgate } = await gateway(half, half, half);
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }));
    expect(error).toMatchObject({ code: 'outcome_unknown', outcome: 'unknown' });
  });

  it('says that nothing was sent where nobody listens', async () => {
    const { baseUrl } = await gateway();
    for (const stop of stops.splice(0)) await stop();
    const error = await failure(new Tollgate({ baseUrl, apiKey: API_KEY }).payments.get('pay_1'));
    expect(error).toMatchObject({ status: null, code: 'not_sent', outcome: 'not_sent' });
  });

  it('follows an abort at once, and admits that the request was out', async () => {
    const controller = new AbortController();
    const { tollgate, seen } = await gateway(() => controller.abort());
    const { signal } = controller;
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }, { signal }));
    expect(error).toMatchObject({ code: 'aborted', outcome: 'unknown' });
    expect(await failure(tollgate.payments.get('pay_1', { signal }))).toMatchObject({ outcome: 'not_sent' });
    expect(seen).toHaveLength(1);
  });

  it('asks about baseUrl where the answer is no API’s', async () => {
    const page: Reply = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Shop</h1>');
    const { tollgate } = await gateway(page);
    const error = await failure(tollgate.payments.get('pay_1'));
    expect(error).toMatchObject({ status: 200, code: 'unreadable_answer', outcome: 'unknown' });
    expect(error.message).toContain('baseUrl');
  });

  it('comes of a redirect, which is never followed with the key', async () => {
    const elsewhere = await gateway(json(200, PAYMENT));
    const { tollgate } = await gateway((response) => response.writeHead(307, { location: elsewhere.baseUrl }).end());
    expect(await failure(tollgate.payments.get('pay_1'))).toMatchObject({ status: 307, outcome: 'refused' });
    expect(elsewhere.seen).toEqual([]);
  });

  it('shows nothing of the API key, however closely it is looked at', async () => {
    const { tollgate } = await gateway(cut, cut, cut);
    const error = await failure(tollgate.payments.create({ reference: 'a', amount: 1 }));
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('verysecret');
    expect(inspect(tollgate, { depth: 10, showHidden: true })).not.toContain('verysecret');
  });
});

describe('a client', () => {
  it.each([
    ['', 'sk_test_1'],
    ['pay.example.com', 'sk_test_1'],
    ['ftp://pay.example.com', 'sk_test_1'],
    ['https://jo:secret@pay.example.com', 'sk_test_1'],
    ['https://pay.example.com/?a=1', 'sk_test_1'],
    ['https://pay.example.com', ''],
    ['https://pay.example.com', 'sk_test_1\n'],
    ['http://pay.example.com', 'sk_live_1'],
  ])('is not made with “%s” and “%s”', (baseUrl, apiKey) => {
    expect(() => new Tollgate({ baseUrl, apiKey })).toThrow(TypeError);
  });

  it.each([
    ['https://pay.example.com/', 'sk_live_1'],
    ['http://127.0.0.1:8080', 'sk_live_1'],
    ['http://gateway:8080', 'sk_test_1'],
  ])('is made with “%s” and “%s”', (baseUrl, apiKey) => {
    expect(new Tollgate({ baseUrl, apiKey }).payments).toBeTruthy();
  });

  it('refuses an option that no header can carry, before anything is sent', async () => {
    const { tollgate, seen } = await gateway();
    await expect(tollgate.payments.get('pay_1', { correlationId: 'a\nb' })).rejects.toThrow(TypeError);
    const body = { reference: 'a', amount: 1 };
    await expect(tollgate.payments.create(body, { idempotencyKey: '' })).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
  });
});
