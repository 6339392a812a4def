import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../kernel/problem.ts';
import type { Exchange } from './exchange.ts';
import { HEALTH_PATHS } from './health.ts';
import type { HttpLimits } from './limits.ts';
import type { RouteTable } from './route-table.ts';

/** `never` is for the internal port only, which is not reachable from outside. */
export type HttpsRule = 'always' | 'except-loopback' | 'never';

interface AdmissionRules {
  readonly limits: HttpLimits;
  readonly requireHttps: HttpsRule;
  readonly routes: RouteTable;
  readonly draining: AbortSignal;
}

/** Long enough for a load balancer to notice that this process is leaving. */
const DRAIN_RETRY_SECONDS = 5;

/**
 * Everything that is checked before it matters who calls, cheapest first: size, draining, transport, route.
 * @throws Problem
 */
export function admit(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, rules: AdmissionRules): void {
  exchange.secure = request.protocol === 'https';
  exchange.remoteAddress = request.ip ?? '';
  setAnswerHeaders(reply, exchange);
  refuseOversized(request, rules.limits);
  refuseAmbiguous(request);
  const isHealth = HEALTH_PATHS.has(request.routeOptions.url ?? '');
  if (rules.draining.aborted && !isHealth) {
    throw new Problem('unavailable', 'This server is shutting down.', { retryAfterSeconds: DRAIN_RETRY_SECONDS });
  }
  if (!isHealth) refusePlainHttp(request, exchange, rules.requireHttps);
  if (request.is404) refuseUnrouted(request, reply, rules.routes);
}

function setAnswerHeaders(reply: FastifyReply, exchange: Exchange): void {
  reply.headers({
    'x-correlation-id': exchange.correlationId,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  // RFC 6797 section 7.2: never over plain HTTP.
  if (exchange.secure) reply.header('strict-transport-security', 'max-age=31536000');
}

function refuseOversized(request: FastifyRequest, limits: HttpLimits): void {
  if (request.url.length > limits.urlBytesMax) throw new Problem('uri_too_long');
  if (request.raw.rawHeaders.length / 2 > limits.headersMax) {
    throw new Problem('headers_too_large', `A request may have at most ${limits.headersMax} headers.`);
  }
}

/** Two of one of these would leave it to chance which one we and a proxy before us believe. */
const SINGLE_HEADERS = new Set([
  ...['host', 'authorization', 'content-type', 'idempotency-key', 'x-tollgate-tenant', 'x-tollgate-mode'],
  ...['cookie', 'origin', 'sec-fetch-site'],
]);

function refuseAmbiguous(request: FastifyRequest): void {
  const seen = new Set<string>();
  const { rawHeaders, httpVersion } = request.raw;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    if (!SINGLE_HEADERS.has(name)) continue;
    if (seen.has(name)) throw new Problem('malformed_request', `The header ${name} appears twice.`);
    seen.add(name);
  }
  if (httpVersion === '1.1' && !seen.has('host')) throw new Problem('malformed_request', 'The header host is missing.');
}

/** From this machine, plain HTTP goes on to authentication, which alone knows the mode; see `refusePlainLive`. */
function refusePlainHttp(request: FastifyRequest, exchange: Exchange, rule: HttpsRule): void {
  if (exchange.secure || rule === 'never') return;
  const local = isLoopback(request.socket.remoteAddress) && isLoopback(exchange.remoteAddress);
  if (rule === 'except-loopback' && local) return;
  throw new Problem('https_required');
}

function isLoopback(address: string | undefined): boolean {
  const ipv4 = address?.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return ipv4 === '::1' || (ipv4?.startsWith('127.') ?? false);
}

function refuseUnrouted(request: FastifyRequest, reply: FastifyReply, routes: RouteTable): never {
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = routes.methodsAt(path);
  if (allowed.length === 0) throw new Problem('not_found');
  reply.header('allow', allowed.join(', '));
  throw new Problem('method_not_allowed', `This address takes ${allowed.join(', ')}.`);
}
