import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { type buildConnector, Client } from 'undici';
import { ADDRESS_RULE, hostOf, isAllowedAddress, isOneOf, policyAt, type TargetPolicy } from './outbound-address.ts';
import type { ConnectingTimings, NotSentReason } from './outbound-http.ts';
import type { ResolveName } from './outbound-names.ts';

/** Why no byte of a request has left. `detail` names no address, no name and nothing of the request. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  readonly reason: NotSentReason;

  constructor(reason: NotSentReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export interface ConnectionOptions {
  readonly policy: TargetPolicy;
  readonly resolve: ResolveName;
  readonly secureContext: SecureContext;
  readonly connectTimeoutMs: number;
}

/** Node's servers close after 5 s idle, many proxies later; we close first, so that a request meets no closing socket. */
const IDLE_MS = 4_000;
/** A server that promises to wait longer is believed up to here. */
const IDLE_MS_MAX = 30_000;
/** So that a busy connection does not stay for ever at an address that its name has left. */
const REQUESTS_MAX = 1_000;
const ANSWER_HEADER_BYTES_MAX = 16_384;

/** One connection to a checked address, for one request at a time. Once its socket is gone, it never makes another. */
export class Connection {
  readonly remoteAddress: string;
  readonly timings: ConnectingTimings;
  readonly client: Client;
  readonly #socket: Socket;
  #requests = 0;

  constructor(origin: string, socket: Socket, remoteAddress: string, timings: ConnectingTimings) {
    this.remoteAddress = remoteAddress;
    this.timings = timings;
    this.#socket = socket;
    this.client = new Client(origin, {
      connect: handOver(socket),
      allowH2: false,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS_MAX,
      // The one deadline of the request covers these.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: ANSWER_HEADER_BYTES_MAX,
    });
  }

  /** Counts a request; true for the first one on this connection. */
  startRequest(): boolean {
    this.#requests++;
    return this.#requests === 1;
  }

  get reusable(): boolean {
    return !this.#socket.destroyed && this.#requests < REQUESTS_MAX;
  }

  onClosed(listener: () => void): void {
    if (this.#socket.closed) listener();
    else this.#socket.once('close', listener);
  }

  destroy(): void {
    this.#socket.destroy();
    void this.client.destroy();
  }
}

/**
 * Opens a connection. Phases: resolve the name and check all its addresses; connect to one of exactly these; check
 * the peer; TLS under the name. No byte of a request is written here.
 * @throws NotSent
 */
export async function openConnection(url: URL, options: ConnectionOptions, deadlineAt: number): Promise<Connection> {
  const startedAt = performance.now();
  const until = Math.min(deadlineAt, startedAt + options.connectTimeoutMs);
  const addresses = await checkedAddresses(url, options, until);
  const resolvedAt = performance.now();
  const tcp = await connectTcp(url, addresses, until);
  const { remoteAddress } = tcp;
  if (remoteAddress === undefined || !isOneOf(remoteAddress, addresses)) {
    tcp.destroy();
    throw new NotSent('address_not_allowed', ADDRESS_RULE);
  }
  const connectedAt = performance.now();
  const isTls = url.protocol === 'https:';
  const socket = isTls ? await startTls(tcp, hostOf(url), options.secureContext, until) : tcp;
  const timings = {
    dnsMs: resolvedAt - startedAt,
    tcpMs: connectedAt - resolvedAt,
    tlsMs: isTls ? performance.now() - connectedAt : null,
  };
  return new Connection(url.origin, socket, remoteAddress, timings);
}

/** Refuses where any address is not allowed: a name with a good and a bad one is an attack or a mistake. */
async function checkedAddresses(url: URL, options: ConnectionOptions, until: number): Promise<readonly string[]> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolveInTime(host, options.resolve, until) : [host];
  if (addresses.length === 0) throw new NotSent('dns_failed', 'The name has no address');
  const policy = policyAt(url, options.policy);
  if (!addresses.every((address) => isAllowedAddress(address, policy))) {
    throw new NotSent('address_not_allowed', ADDRESS_RULE);
  }
  return addresses;
}

async function resolveInTime(host: string, resolve: ResolveName, until: number): Promise<readonly string[]> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new NotSent('dns_failed', 'The name was not resolved in time')),
    msUntil(until),
  );
  try {
    return await Promise.race([resolve(host), tooLate]);
  } catch (error) {
    throw error instanceof NotSent ? error : new NotSent('dns_failed', `The name cannot be resolved: ${codeOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function connectTcp(url: URL, addresses: readonly string[], until: number): Promise<Socket> {
  const socket = connect({
    host: hostOf(url),
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    // Answers with what was checked, so that nothing is resolved a second time.
    lookup: (_host, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      ),
    autoSelectFamily: true,
    noDelay: true,
    keepAlive: true,
  });
  return settle(socket, 'connect', until, (error) => {
    const code = codeOf(error);
    if (code === 'ECONNREFUSED') return new NotSent('connection_refused', 'The connection was refused');
    if (code === 'ETIMEDOUT') return connectTimeout();
    return new NotSent('unreachable', `The address cannot be reached: ${code}`);
  });
}

function startTls(tcp: Socket, host: string, secureContext: SecureContext, until: number): Promise<Socket> {
  const socket = connectTls({
    socket: tcp,
    host,
    // RFC 6066 section 3: an address is no server name.
    servername: isIP(host) === 0 ? host.replace(/\.$/, '') : '',
    secureContext,
    // Said although it is the default, which an environment variable can turn over.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
  return settle(socket, 'secureConnect', until, (error) => new NotSent('tls_failed', `TLS failed: ${codeOf(error)}`));
}

/** Waits for a socket's event; destroys the socket where it does not come. */
function settle<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  until: number,
  refusalOf: (error: unknown) => NotSent,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const fail = (refusal: NotSent) => {
      clearTimeout(timer);
      socket.destroy();
      reject(refusal);
    };
    const timer = setTimeout(() => fail(connectTimeout()), msUntil(until));
    // Stays, since a socket without such a listener throws into the process.
    socket.on('error', (error) => fail(refusalOf(error)));
    socket.once('close', () => fail(refusalOf({ code: 'ECONNRESET' })));
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/** A connector that gives its one socket once. undici repeats some requests on a new connection: there is none here. */
function handOver(socket: Socket): buildConnector.connector {
  let given = false;
  return (_options, callback) => {
    const first = !given;
    given = true;
    // undici does not go on where its connector answers at once.
    queueMicrotask(() => (first ? callback(null, socket) : callback(new Error('The connection has ended'), null)));
  };
}

function connectTimeout(): NotSent {
  return new NotSent('connect_timeout', 'No connection in time');
}

/** Timers count whole milliseconds, and end at once beyond 2^31 - 1. */
export function msUntil(deadlineAt: number): number {
  return Math.min(Math.max(0, Math.ceil(deadlineAt - performance.now())), 2_147_483_647);
}

/** The machine-readable part of an error; messages can hold names and addresses. */
export function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
