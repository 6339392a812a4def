import { connect } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Caller } from '../../kernel/caller.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { type Endpoint, endpoint } from '../../kernel/endpoint.ts';
import { Problem } from '../../kernel/problem.ts';
import { createLogger } from '../log.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { type BoundEndpoint, bindEndpoint } from './bind-endpoint.ts';
import { type Authenticate, createHttpServer, type HttpServer, type HttpServerOptions } from './create-http-server.ts';

export interface TestServer extends HttpServer {
  readonly url: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** The parsed log lines so far. */
  readonly lines: readonly Record<string, unknown>[];
}

/** A server on loopback that closes with its test. Everything it checks against declarations throws. */
export async function startTestServer(
  endpoints: readonly BoundEndpoint[],
  options: Partial<HttpServerOptions> & { readonly prepare?: (server: HttpServer) => void } = {},
): Promise<TestServer> {
  const lines: Record<string, unknown>[] = [];
  const metrics = createMetrics();
  const { prepare, ...rest } = options;
  const server = createHttpServer({
    log: createLogger({ level: 'debug', stream: { write: (line) => void lines.push(JSON.parse(line)) } }),
    clock: new ManualClock(),
    authenticate: authenticateByHeader,
    trustProxy: false,
    requireHttps: 'except-loopback',
    metrics,
    checkAnswers: true,
    ...rest,
  });
  server.bind(endpoints);
  prepare?.(server);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return { ...server, url, port: Number(new URL(url).port), metrics, lines };
}

/** `Bearer test`, `Bearer live`, `Bearer operator`; a checkout token of `good`. */
const authenticateByHeader: Authenticate = async ({ access, headers, params }): Promise<Caller> => {
  if (access.by === 'anyone') return { by: 'anyone' };
  if (access.by === 'checkoutToken') {
    if (params.token !== 'good') throw new Problem('not_found');
    return { by: 'checkoutToken', token: 'good' };
  }
  const [, word] = /^Bearer (\w+)$/.exec(headers.authorization ?? '') ?? [];
  if (access.by === 'operator' && word === 'operator') {
    return { by: 'operator', actor: 'operator:1', permissions: ['things:read'], person: null };
  }
  if (access.by !== 'tenant' || (word !== 'test' && word !== 'live')) throw new Problem('unauthenticated');
  return { by: 'tenant', tenantId: 'ten_1', mode: word, scopes: ['things:*'], actor: 'key:key_1', person: null };
};

const thing = z.strictObject({ amount: z.int().min(1).max(1000), note: z.string().max(20).optional() });

/** A declaration to serve; answers with what arrived unless told otherwise. */
export const createThing = endpoint({
  id: 'things.create',
  method: 'POST',
  path: '/things',
  summary: 'Create a thing',
  tag: 'Things',
  access: { by: 'tenant', scope: 'things:create' },
  idempotency: 'optional',
  body: thing,
  answer: { status: 201, schema: thing, description: 'The thing' },
  problems: ['state_conflict'],
});

export const echoThing = bindEndpoint(createThing, async ({ body }) => ({ body }));

/** An endpoint with other facts than `createThing`; its verb answers with a constant. */
export function endpointLike(facts: Partial<Endpoint>): BoundEndpoint {
  const { body: _body, ...base } = createThing;
  const answer = { status: 200 as const, schema: z.strictObject({ ok: z.literal(true) }), description: 'Done' };
  return { endpoint: { ...base, answer, idempotency: 'none', ...facts }, handle: async () => ({ body: { ok: true } }) };
}

/** Sends JSON as the test tenant. */
export function send(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
  });
}

export interface ProblemJson {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  readonly correlationId: string;
}

/** The body of a refusal. */
export async function problem(response: Response): Promise<ProblemJson> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as ProblemJson;
}

/** A plain socket, for what no HTTP client would send. */
export class RawConnection {
  readonly #socket;
  #received = '';
  readonly #startedAtMs = performance.now();
  /** Resolves when the server has closed, to the milliseconds that took. */
  readonly closed: Promise<number>;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
    });
    this.#socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => resolve(performance.now() - this.#startedAtMs));
    });
    onTestFinished(() => void this.#socket.destroy());
  }

  get received(): string {
    return this.#received;
  }

  write(text: string): void {
    if (this.#socket.writable) this.#socket.write(text, 'latin1');
  }

  /** Waits until the text has arrived. */
  async until(text: string): Promise<void> {
    for (let waitedMs = 0; !this.#received.includes(text); waitedMs += 5) {
      if (waitedMs > 5_000) throw new Error(`Did not arrive: ${text}; but: ${this.#received.slice(0, 300)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Sends the text and waits until the server closes; what came back. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const connection = new RawConnection(port);
  connection.write(text);
  await connection.closed;
  return connection.received;
}
