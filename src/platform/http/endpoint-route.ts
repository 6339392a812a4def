import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ApprovalRequested, approvalRequested } from '../../kernel/approval-requested.ts';
import { AssertionFailed, assert, present } from '../../kernel/assert.ts';
import { type Caller, personOf, scopeCovers } from '../../kernel/caller.ts';
import type { Access, Endpoint } from '../../kernel/endpoint.ts';
import { isId } from '../../kernel/id.ts';
import type { Page } from '../../kernel/page.ts';
import { Problem } from '../../kernel/problem.ts';
import type { ActRecorder } from './act-recorder.ts';
import type { BoundEndpoint, EndpointAnswer, EndpointRequest, RouteAnswer } from './bind-endpoint.ts';
import { checkAnswer } from './check-answer.ts';
import type { Authenticate } from './create-http-server.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { readRequest, refuseMediaType } from './read-request.ts';
import type { RequestRates } from './request-rates.ts';
import { type StreamAnswer, sendStream } from './stream-answer.ts';
import type { Exporter, ExportFormat } from './stream-export.ts';
import { assertStrict } from './strict-schema.ts';

interface RouteOptions {
  readonly authenticate: Authenticate;
  readonly checkAnswers: boolean;
  readonly rates: RequestRates | null;
  readonly acts: ActRecorder | null;
  readonly exporter: Exporter;
  /** Ends streams when the server stops. */
  readonly closing: AbortSignal;
}

/**
 * Serves one endpoint. Phases, each ending in a refusal or the next: authenticate; media type; read the body; parse and
 * validate; the verb; the answer. Nothing of a body is read before its sender is known.
 */
export function addEndpointRoute(fastify: FastifyInstance, bound: BoundEndpoint, options: RouteOptions): void {
  const { endpoint } = bound;
  assertStrict(endpoint);
  const record = options.acts?.of(endpoint) ?? null;
  fastify.route({
    method: endpoint.method,
    url: endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { namesCaller: namesCaller(endpoint.access) },
    async onRequest(request) {
      const exchange = exchangeOf(request);
      exchange.endpoint = endpoint;
      exchange.caller = await authenticated(request, endpoint, exchange, options);
    },
    async preParsing(request) {
      refuseMediaType(request, endpoint.file);
    },
    async handler(request, reply) {
      const exchange = exchangeOf(request);
      const caller = present(exchange.caller, 'The caller');
      const { correlationId, receivedAt, secure, host, remoteAddress } = exchange;
      const read = readRequest(endpoint, request);
      if (caller.by === 'operator') for (const tenantId of tenantsNamed(read)) exchange.scope.add(tenantId);
      const asked: EndpointRequest = {
        ...read,
        caller,
        correlationId,
        receivedAt,
        secure,
        host,
        remoteAddress,
        // Made when it is first used: most requests have nothing to say.
        get log() {
          return exchange.log;
        },
      };
      const format = options.exporter.formatOf(endpoint, request);
      if (format !== null) {
        await options.acts?.exported(endpoint, { ...read, caller, exchange });
        return sendExport(reply, bound, asked, format, options);
      }
      const answer =
        record === null
          ? await bound.handle(asked)
          : await record({ ...read, caller, exchange }, () => bound.handle(asked));
      if ('stream' in answer) {
        const checkCredentials = () => authenticated(request, endpoint, exchange, { ...options, rates: null });
        return sendStream(request, reply, answer, { closing: options.closing, checkCredentials });
      }
      return sendAnswer(reply, bound, answer, options.checkAnswers);
    },
  });
}

/** The same verb, asked for one page after the other. */
function sendExport(
  reply: FastifyReply,
  { endpoint, handle }: BoundEndpoint,
  asked: EndpointRequest,
  format: ExportFormat,
  { exporter, checkAnswers }: RouteOptions,
): Promise<FastifyReply> {
  const query = asked.query as { readonly cursor?: string };
  return exporter.send(reply, {
    endpoint,
    format,
    cursor: query.cursor,
    at: asked.receivedAt,
    async readPage(page) {
      const answer = await handle({ ...asked, query: { ...query, ...page } });
      assert('body' in answer, `${endpoint.id}: a list is never a kept answer`);
      if (checkAnswers) checkAnswer(endpoint, serialize(endpoint.id, answer.body));
      return answer.body as Page<Readonly<Record<string, unknown>>>;
    },
  });
}

function namesCaller(access: Access): boolean {
  return access.by === 'tenant' || access.by === 'operator' || access.by === 'person';
}

async function authenticated(
  request: FastifyRequest,
  { access, stepUp }: Endpoint,
  exchange: Exchange,
  { authenticate, rates }: RouteOptions,
): Promise<Caller> {
  const nowMs = exchange.receivedAt.epochMilliseconds;
  const { correlationId, remoteAddress } = exchange;
  const caller = await authenticate({
    ...{ access, headers: singleHeaders(request), params: request.params as Record<string, string> },
    ...{ correlationId, remoteAddress, method: request.method, secure: exchange.secure },
  }).catch((error: unknown) => {
    // Who has shown no valid credentials is known by the address alone.
    if (namesCaller(access)) rates?.admitAddress(request.url, remoteAddress, nowMs);
    throw error;
  });
  if (caller.by === 'tenant' || caller.by === 'operator' || caller.by === 'person') rates?.admitCaller(caller, nowMs);
  assert(caller.by === access.by, 'Authentication let in another kind of caller than the endpoint admits');
  // Also of a request that is refused it is known from here on who sent it.
  exchange.caller = caller;
  enterScope(caller, exchange);
  refuseUnauthorized(caller, access);
  // Plain HTTP got this far only from this machine, and there it is for test mode.
  if (!exchange.secure && caller.by === 'tenant' && caller.mode === 'live') throw new Problem('https_required');
  if (stepUp === true) refuseStale(caller, exchange.receivedAt);
  return caller;
}

/** What is named by a token is found out by the verb (`admitTenant`). */
function enterScope(caller: Caller, { scope }: Exchange): void {
  if (caller.by === 'tenant') scope.become({ tenantId: caller.tenantId });
  else if (caller.by === 'operator') scope.become({ work: 'operator' });
  else if (caller.by === 'person' || caller.by === 'browser') scope.become({ work: 'people' });
}

/** What the operator does to a tenant is asked for by its name. */
function tenantsNamed({ params, query, body }: ReturnType<typeof readRequest>): readonly string[] {
  return [params, query, body].flatMap((part) => {
    const { id, tenantId } = (part ?? {}) as { readonly id?: unknown; readonly tenantId?: unknown };
    return [id, tenantId].filter((name) => typeof name === 'string' && isId('ten', name)) as string[];
  });
}

/** Here, whoever found out who calls: a way to sign in that forgot to look would let everybody do everything. */
function refuseUnauthorized(caller: Caller, access: Access): void {
  if (access.by === 'tenant' && caller.by === 'tenant' && !scopeCovers(caller.scopes, access.scope)) {
    throw new Problem('forbidden', `These credentials lack the scope ${access.scope}.`);
  }
  if (access.by === 'operator' && caller.by === 'operator' && !caller.permissions.includes(access.permission)) {
    throw new Problem('forbidden', `These credentials lack the permission ${access.permission}.`);
  }
}

export const SECOND_FACTOR_MINUTES = 10;

/** A browser that was left open must not be enough for a dangerous act. */
function refuseStale(caller: Caller, now: Temporal.Instant): void {
  const person = personOf(caller);
  if (person === null) return;
  const { secondFactorAt } = person;
  const isFresh =
    secondFactorAt !== null &&
    Temporal.Instant.compare(secondFactorAt.add({ minutes: SECOND_FACTOR_MINUTES }), now) > 0;
  if (isFresh) return;
  throw new Problem(
    'step_up_required',
    `This needs your second factor, proven within the last ${SECOND_FACTOR_MINUTES} minutes.`,
  );
}

function singleHeaders(request: FastifyRequest): Record<string, string | undefined> {
  const sent = request.headers;
  const headers: Record<string, string | undefined> = {};
  for (const name in sent) {
    const value = sent[name];
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function sendAnswer(
  reply: FastifyReply,
  { endpoint }: BoundEndpoint,
  answer: Exclude<RouteAnswer, StreamAnswer>,
  checkAnswers: boolean,
): FastifyReply {
  if ('approval' in answer) return sendApproval(reply, endpoint, answer.approval, checkAnswers);
  const stored = 'json' in answer;
  const { mediaType } = endpoint.answer;
  if (mediaType !== undefined) return sendText(reply, { endpoint }, answer, mediaType);
  const json = stored ? answer.json : (answer.bodyJson ?? serialize(endpoint.id, answer.body));
  if (checkAnswers && !stored) checkAnswer(endpoint, json);
  if (answer.headers !== undefined) reply.headers(answer.headers);
  if (answer.replayed === true) reply.header('idempotency-replayed', 'true');
  reply.code(stored ? answer.status : endpoint.answer.status);
  if (json === '') return reply.send();
  // A Buffer, since Fastify would add a charset, which application/json does not have (RFC 8259 section 11).
  return reply.header('content-type', 'application/json').send(Buffer.from(json));
}

/** Nothing was done yet: a second person is asked first. */
function sendApproval(
  reply: FastifyReply,
  endpoint: Endpoint,
  approval: ApprovalRequested,
  checkAnswers: boolean,
): FastifyReply {
  assert(endpoint.fourEyes === true, `${endpoint.id}: only an endpoint under four eyes waits for a second person`);
  const json = serialize(endpoint.id, approval);
  if (checkAnswers) approvalRequested.parse(JSON.parse(json));
  return reply.code(202).header('content-type', 'application/json').send(Buffer.from(json));
}

/** A page. Its schema is of a text, so there is nothing to compare but that. */
function sendText(
  reply: FastifyReply,
  { endpoint }: Pick<BoundEndpoint, 'endpoint'>,
  answer: EndpointAnswer,
  mediaType: string,
): FastifyReply {
  assert('body' in answer && typeof answer.body === 'string', `${endpoint.id}: the answer is no text`);
  if (answer.headers !== undefined) reply.headers(answer.headers);
  return reply.code(endpoint.answer.status).header('content-type', `${mediaType}; charset=utf-8`).send(answer.body);
}

/** The empty text for no body. JSON.stringify throws on a bigint, which is how a forgotten codec is found. */
function serialize(id: string, body: unknown): string {
  if (body === undefined) return '';
  const json: string | undefined = JSON.stringify(body);
  if (json === undefined) throw new AssertionFailed(`${id}: the answer is not JSON`);
  return json;
}
