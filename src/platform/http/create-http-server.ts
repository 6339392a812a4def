import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Access } from '../../kernel/endpoint.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { startServerSpan } from '../tracing.ts';
import type { ActRecorder } from './act-recorder.ts';
import { admit, type HttpsRule } from './admission.ts';
import { type AnsweredRequest, answeredRequest } from './answered-request.ts';
import type { BoundEndpoint } from './bind-endpoint.ts';
import { problemsOf } from './declared-problems.ts';
import { addEndpointRoute } from './endpoint-route.ts';
import { type Exchange, exchangeOf, openExchange } from './exchange.ts';
import { fastifyLogger } from './fastify-logger.ts';
import { addHealthRoutes, HEALTH_PATHS, type ReadyChecks } from './health.ts';
import { HTTP_LIMITS, type HttpLimits } from './limits.ts';
import { type InFlight, refuseBrokenRequest, sendProblem, toProblem } from './problem-reply.ts';
import { refuseEncodedBody } from './read-request.ts';
import { limitAddresses, type RequestRates } from './request-rates.ts';
import { RouteTable } from './route-table.ts';
import { createExporter } from './stream-export.ts';

/** What is known about a request before its body is read. Header names are lower-case. */
export interface AuthenticationRequest {
  readonly access: Access;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly method: string;
  /** By TLS, directly or through a trusted proxy. */
  readonly secure: boolean;
  /** The client's; a forwarded one only where the proxy is trusted. */
  readonly remoteAddress: string;
}

/**
 * Says who calls, or refuses. The caller's `by` equals the access's, and its scopes cover the access's.
 * @throws Problem unauthenticated, forbidden, not_found
 */
export type Authenticate = (request: AuthenticationRequest) => Promise<Caller>;

export interface HttpServerOptions {
  readonly log: Logger;
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  /** Peers whose X-Forwarded-* headers count: addresses, CIDR ranges, `loopback`; true: every peer. */
  readonly trustProxy: boolean | readonly string[];
  /** `except-loopback`: plain HTTP from this machine is served in test mode. */
  readonly requireHttps: HttpsRule;
  readonly metrics: Metrics;
  readonly limits?: Partial<HttpLimits>;
  /** How often one caller or one address may come; none: as often as they like. */
  readonly rates?: RequestRates;
  /** Keeps the record of who did what; none: nobody does. */
  readonly acts?: ActRecorder;
  readonly readyChecks?: ReadyChecks;
  /** Checks each answer and each refusal against its declaration. For tests and development. */
  readonly checkAnswers?: boolean;
  /** Told of every request of a tenant's back end when it is over; returns at once and never throws. */
  readonly onAnswered?: (request: AnsweredRequest) => void;
  /** Turns an error of a lower layer into a refusal, for example a lost database into `unavailable`. */
  readonly translateError?: (error: unknown) => Problem | undefined;
}

/** One listening socket with its own routes; several run in one process. */
export interface HttpServer {
  /** Adds endpoints, before `listen`. @throws AssertionFailed where a declaration would let unknown fields pass */
  bind(endpoints: readonly BoundEndpoint[]): void;
  /** For HTML pages and raw bodies: `request.body` is a Buffer with the bytes as they came, or undefined. */
  readonly fastify: FastifyInstance;
  /** Aborts when `close` begins; long-lived answers (event streams) end themselves by it. */
  readonly closing: AbortSignal;
  /** Resolves to the URL it listens at, without a trailing slash. Port 0 takes a free one. */
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  /** Phases: stop accepting and close idle connections; wait for running requests; cut what is left. */
  close(): Promise<void>;
}

/** Builds a server that listens to nothing yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits: HttpLimits = { ...HTTP_LIMITS, ...options.limits };
  const drain = new AbortController();
  const routes = new RouteTable();
  const exporter = createExporter();
  const inFlight = new WeakMap<object, InFlight>();
  const fastify = buildFastify(options, limits, inFlight);
  fastify.server.maxConnections = limits.connectionsMax;
  fastify.addHook('onRoute', (route) => routes.add(route.method, route.url));
  readBodiesAsBytes(fastify);

  fastify.addHook('onRequest', (request, reply, done) => {
    const exchange = exchangeOf(request);
    inFlight.set(request.raw.socket, { request: request.raw, response: reply.raw });
    reply.raw.once('close', () => finish(request, reply, exchange, options));
    admit(request, reply, exchange, { limits, requireHttps: options.requireHttps, routes, draining: drain.signal });
    exchange.span = startServerSpan(request.method, singleHeader(request.headers.traceparent));
    const go = () => exchange.scope.run(done);
    if (exchange.span === null) go();
    else exchange.span.run(go);
  });
  // Again where the body has been read: that goes by the events of a socket that others have used before.
  fastify.addHook('preHandler', (request, _reply, done) => exchangeOf(request).scope.run(done));
  if (options.rates !== undefined) limitAddresses(fastify, options.rates);
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (drain.signal.aborted) reply.header('connection', 'close');
    done();
  });
  fastify.setErrorHandler((error, request, reply) => {
    const exchange = exchangeOf(request);
    const refusal = refusalOf(error, exchange, options, limits);
    options.acts?.refused(exchange, refusal, request.headers.authorization);
    return sendProblem(reply, refusal, exchange);
  });
  addHealthRoutes(fastify, { checks: options.readyChecks ?? {}, draining: drain.signal, log: options.log });

  return {
    fastify,
    closing: drain.signal,
    bind(endpoints) {
      const { authenticate, checkAnswers = false, rates = null, acts = null } = options;
      const route = { authenticate, checkAnswers, rates, acts, exporter, closing: drain.signal };
      for (const bound of endpoints) addEndpointRoute(fastify, bound, route);
    },
    listen: ({ host, port }) => fastify.listen({ host, port }),
    async close() {
      drain.abort();
      const cut = setTimeout(() => fastify.server.closeAllConnections(), limits.drainTimeoutMs);
      await fastify.close();
      clearTimeout(cut);
    },
  };
}

function buildFastify(
  options: HttpServerOptions,
  limits: HttpLimits,
  inFlight: WeakMap<object, InFlight>,
): FastifyInstance {
  return Fastify({
    http: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.timeoutCheckIntervalMs,
      // Node's own refusal has no body; `admit` refuses with one.
      requireHostHeader: false,
    },
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionTimeout: limits.socketIdleTimeoutMs,
    maxRequestsPerSocket: limits.requestsPerSocketMax,
    bodyLimit: limits.bodyBytesMax,
    trustProxy: typeof options.trustProxy === 'boolean' ? options.trustProxy : [...options.trustProxy],
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Tokens in paths have 43 characters; longer parameters name nothing.
    routerOptions: { maxParamLength: 256 },
    loggerInstance: fastifyLogger(options.log),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => openExchange(request, options.log, options.clock).correlationId,
    frameworkErrors: (error, request, reply) => {
      const exchange = exchangeOf(request as FastifyRequest);
      reply.raw.once('close', () => finish(request as FastifyRequest, reply as FastifyReply, exchange, options));
      sendProblem(reply as FastifyReply, toProblem(error, limits), exchange);
    },
    clientErrorHandler: (error, socket) => refuseBrokenRequest(error, socket, inFlight.get(socket), options.log),
  });
}

/** No parser of Fastify's is left: JSON is read by `parseJson`, and raw routes want the bytes that were signed. */
function readBodiesAsBytes(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  // By its name as well, which is looked up, where any other type is taken apart for each request.
  fastify.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    refuseEncodedBody(request);
    done(null, payload);
  });
}

function refusalOf(error: unknown, exchange: Exchange, options: HttpServerOptions, limits: HttpLimits): Problem {
  const foreseen = toProblem(error, limits);
  const unforeseen = foreseen.code === 'internal_error';
  const problem = (unforeseen ? options.translateError?.(error) : undefined) ?? foreseen;
  if (problem.status >= 500) exchange.log.error({ error, code: problem.code }, 'A request failed');
  const { endpoint } = exchange;
  if (endpoint === null || problemsOf(endpoint).includes(problem.code)) return problem;
  exchange.log.error({ endpoint: endpoint.id, code: problem.code }, 'An endpoint gave a refusal it does not declare');
  return options.checkAnswers === true ? new Problem('internal_error', 'An undeclared refusal was given.') : problem;
}

/** One line, one measure and the end of the span for every request, also where the caller went away. */
function finish(
  request: FastifyRequest,
  reply: FastifyReply,
  exchange: Exchange,
  { log, metrics, onAnswered }: Pick<HttpServerOptions, 'log' | 'metrics' | 'onAnswered'>,
): void {
  const { correlationId, endpoint, caller } = exchange;
  const route = endpoint?.path ?? request.routeOptions.url?.replace(/:(\w+)/g, '{$1}') ?? 'none';
  const status = reply.raw.statusCode;
  const durationMs = performance.now() - exchange.startedAtMs;
  metrics.observeRequest({ method: request.method, route, status, seconds: durationMs / 1000 });
  exchange.span?.end({ route, status, correlationId });
  const answered = onAnswered === undefined ? null : answeredRequest(exchange, reply, durationMs);
  if (answered !== null) onAnswered?.(answered);
  const line = {
    correlationId,
    method: request.method,
    route,
    status,
    ...(exchange.problem === null ? {} : { code: exchange.problem.code }),
    durationMs: Math.round(durationMs * 10) / 10,
    actor: caller === null ? null : actorOf(caller),
    ...(caller?.by === 'tenant' ? { tenantId: caller.tenantId, mode: caller.mode } : {}),
    ...(reply.raw.writableFinished ? {} : { aborted: true }),
  };
  log[HEALTH_PATHS.has(route) ? 'debug' : 'info'](line, 'Answered a request');
}

function actorOf(caller: Caller): string {
  return 'actor' in caller ? caller.actor : caller.by;
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
