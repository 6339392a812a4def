import { validateHeaderName, validateHeaderValue } from 'node:http';
import { createSecureContext, getCACertificates } from 'node:tls';
import { checkTargetUrl, type TargetCheck, type TargetPolicy } from './outbound-address.ts';
import { type Connection, NotSent, openConnection } from './outbound-connection.ts';
import { type Exchanged, exchange } from './outbound-exchange.ts';
import { cacheNames, createDnsResolver, type ResolveName, resolveAsMachine } from './outbound-names.ts';
import { ConnectionPool } from './outbound-pool.ts';

/** One request to somebody else's server. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** One deadline over connecting, TLS, sending, headers and body together. */
  readonly timeoutMs: number;
  /** Reading stops here; the answer is then cut and marked. */
  readonly responseBytesMax: number;
}

/** The phases of opening a connection. */
export interface ConnectingTimings {
  readonly dnsMs: number;
  readonly tcpMs: number;
  /** null: plain HTTP. */
  readonly tlsMs: number | null;
}

export interface OutboundTimings {
  readonly totalMs: number;
  readonly firstByteMs: number | null;
  /** Only where this request opened the connection; absent where a kept one was used, or none came about. */
  readonly connecting?: ConnectingTimings;
}

/**
 * What became of it. `not_sent` only where certainly no byte of the request reached the other side's application
 * (bad address, unresolved, refused, TLS failed, address not allowed); everything else without a whole answer is `lost`.
 */
export type OutboundOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Names in lower case, repeated headers kept. */
      readonly headers: Readonly<Record<string, readonly string[]>>;
      readonly body: Uint8Array;
      readonly bodyCut: boolean;
      readonly remoteAddress: string | null;
      readonly timings: OutboundTimings;
    }
  | {
      readonly kind: 'not_sent';
      readonly reason: NotSentReason;
      readonly detail: string;
      readonly timings: OutboundTimings;
    }
  | {
      readonly kind: 'lost';
      readonly reason: LostReason;
      readonly detail: string;
      readonly timings: OutboundTimings;
    };

/** `no_free_connection` and `client_closed` are our own doing and must not count against the other side. */
export type NotSentReason =
  | 'invalid_url'
  | 'invalid_request'
  | 'address_not_allowed'
  | 'dns_failed'
  | 'connection_refused'
  | 'unreachable'
  | 'connect_timeout'
  | 'tls_failed'
  | 'no_free_connection'
  | 'client_closed';

export type LostReason = 'timeout' | 'reset' | 'malformed_answer';

/** The only way out of this process. Never throws, never follows redirects, never repeats what may have been sent. */
export interface OutboundHttp {
  send(request: OutboundRequest): Promise<OutboundOutcome>;
}

interface OutboundHttpOptions extends TargetPolicy {
  readonly userAgent: string;
  /** Connections to one origin at the same time; further requests wait within their deadline. */
  readonly maxConnectionsPerOrigin?: number;
  /** Name, TCP and TLS together; less where the request's own deadline is nearer. */
  readonly connectTimeoutMs?: number;
  /** Instead of DNS; its answers are checked like any other. */
  readonly resolve?: ResolveName;
  /** How long an answer of the name service is used; ten seconds unless told. */
  readonly nameTtlMs?: number;
  /** PEM; trusted beside the authorities that Node trusts. */
  readonly trustedCa?: string;
}

const CONNECTIONS_PER_ORIGIN_MAX = 16;
const CONNECT_TIMEOUT_MS = 10_000;
const NAME_TIMEOUT_MS = 5_000;
/** Short enough for a tenant who moves a server, long enough to ask once for a batch of deliveries. */
const NAME_TTL_MS = 10_000;
/** Addresses are at most a few thousand characters; payments may each bring their own. */
const TARGETS_MAX = 2_000;

/** These decide where a message ends or who is meant, which is the connection's business. */
const OUR_HEADERS = new Set(
  'connection content-length expect host keep-alive proxy-connection te trailer transfer-encoding upgrade'.split(' '),
);

/**
 * The guarded client. Literal addresses, all addresses of a name and the connected peer are checked by the policy; the
 * connection goes to an address that was checked, while the Host header and TLS keep the name.
 */
export function createOutboundHttp(options: OutboundHttpOptions): OutboundHttp & { close(): Promise<void> } {
  const { trustedCa } = options;
  const connecting = {
    policy: options,
    resolve: cacheNames({
      resolve: options.resolve ?? (options.allowPrivateTargets ? resolveAsMachine : createDnsResolver()),
      timeoutMs: NAME_TIMEOUT_MS,
      ttlMs: options.nameTtlMs ?? NAME_TTL_MS,
    }),
    secureContext: createSecureContext(
      trustedCa === undefined ? {} : { ca: [...getCACertificates('default'), trustedCa] },
    ),
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  };
  const pool = new ConnectionPool({
    open: (url, deadlineAt) => openConnection(url, connecting, deadlineAt),
    connectionsPerOriginMax: options.maxConnectionsPerOrigin ?? CONNECTIONS_PER_ORIGIN_MAX,
  });
  const checkTarget = checkTargetsOnce(options);
  return {
    async send(request) {
      const startedAt = performance.now();
      try {
        const target = checkTarget(request.url);
        if (!target.ok) throw new NotSent(target.reason, target.rule);
        const headers = checkedHeaders(request.headers ?? {}, options.userAgent);
        return await sendOn(pool, target.url, request, headers, startedAt);
      } catch (error) {
        const timings = timingsOf(startedAt, null);
        // A fault of our own says nothing about what was sent, so that it must not pass for a certain answer.
        return error instanceof NotSent
          ? { kind: 'not_sent', reason: error.reason, detail: error.message, timings }
          : { kind: 'lost', reason: 'reset', detail: 'Unexpected failure', timings };
      }
    },
    close: () => pool.close(),
  };
}

/** The text of an address decides whether it may be called, and few are called again and again. */
function checkTargetsOnce(policy: TargetPolicy): (text: string) => TargetCheck {
  const checked = new Map<string, TargetCheck>();
  return (text) => {
    const known = checked.get(text);
    if (known !== undefined) return known;
    const target = checkTargetUrl(text, policy);
    if (checked.size >= TARGETS_MAX) checked.clear();
    checked.set(text, target);
    return target;
  };
}

/** Sends on a kept or new connection. A kept one that proves dead before the first byte is replaced; nothing goes twice. */
async function sendOn(
  pool: ConnectionPool,
  url: URL,
  { method, body, timeoutMs, responseBytesMax }: OutboundRequest,
  headers: Readonly<Record<string, string>>,
  startedAt: number,
): Promise<OutboundOutcome> {
  const deadlineAt = startedAt + timeoutMs;
  const input = { method, path: url.pathname + url.search, headers, body: body ?? null, deadlineAt };
  for (;;) {
    const connection = pool.takeIdle(url) ?? (await pool.acquire(url, deadlineAt));
    const isFirst = connection.startRequest();
    const exchanged = await exchange(connection, { ...input, bodyBytesMax: responseBytesMax });
    if (exchanged.kind === 'answered') pool.release(url, connection);
    if (exchanged.kind === 'answered' || exchanged.kind === 'lost') {
      return outcomeOf(exchanged, connection, isFirst, startedAt);
    }
    if (exchanged.kind === 'unwritable') throw new NotSent('invalid_request', 'The request is no HTTP/1.1');
    if (performance.now() >= deadlineAt) throw new NotSent('connect_timeout', 'No connection in time');
    if (isFirst) throw new NotSent('unreachable', 'The connection ended at once');
  }
}

function outcomeOf(
  exchanged: Extract<Exchanged, { kind: 'answered' | 'lost' }>,
  connection: Connection,
  isFirst: boolean,
  startedAt: number,
): OutboundOutcome {
  const measured = timingsOf(startedAt, exchanged.firstByteAt);
  const timings = isFirst ? { ...measured, connecting: connection.timings } : measured;
  if (exchanged.kind === 'lost') return { kind: 'lost', reason: exchanged.reason, detail: exchanged.detail, timings };
  const { status, headers, body, bodyCut } = exchanged;
  return { kind: 'answered', status, headers, body, bodyCut, remoteAddress: connection.remoteAddress, timings };
}

function timingsOf(startedAt: number, firstByteAt: number | null): OutboundTimings {
  return {
    totalMs: performance.now() - startedAt,
    firstByteMs: firstByteAt === null ? null : firstByteAt - startedAt,
  };
}

function checkedHeaders(given: Readonly<Record<string, string>>, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': userAgent };
  for (const [givenName, value] of Object.entries(given)) {
    const name = givenName.toLowerCase();
    if (OUR_HEADERS.has(name)) throw new NotSent('invalid_request', 'A header is reserved for the connection');
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new NotSent('invalid_request', 'A header holds characters that headers cannot hold');
    }
    headers[name] = value;
  }
  return headers;
}
