/** What one server takes from strangers. Every number is a bound on memory or time that one sender can hold. */
export interface HttpLimits {
  /** CONTRACT: bodies over this are 413. */
  readonly bodyBytesMax: number;
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly urlBytesMax: number;
  /** From the first byte to the last of the headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the last of the body; Fastify's own default is none. */
  readonly requestTimeoutMs: number;
  /** How often the two limits above are looked at. Node's own default, 30 s, would triple them. */
  readonly timeoutCheckIntervalMs: number;
  /** How long a connection may stay open between requests. */
  readonly keepAliveTimeoutMs: number;
  /** A socket on which nothing moves, for example an answer nobody reads. */
  readonly socketIdleTimeoutMs: number;
  readonly requestsPerSocketMax: number;
  readonly connectionsMax: number;
  /** How long `close` waits for running requests. */
  readonly drainTimeoutMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: 256 * 1024,
  // Node's default; a JWT, a cookie and a long idempotency key together stay below a quarter of it.
  headerBytesMax: 16 * 1024,
  // Browsers behind two proxies send about 40.
  headersMax: 100,
  // The longest list filter is below 1 KiB; RFC 9112 section 3 recommends to support 8000 octets.
  urlBytesMax: 8 * 1024,
  headersTimeoutMs: 10_000,
  // With the check interval on top, the slowest sender is gone within 15 s.
  requestTimeoutMs: 13_000,
  timeoutCheckIntervalMs: 1_000,
  keepAliveTimeoutMs: 10_000,
  // Longer than any verb waits for a provider, since nothing moves on the socket meanwhile.
  socketIdleTimeoutMs: 60_000,
  // Lets load balancers spread long-lived clients anew.
  requestsPerSocketMax: 10_000,
  // About 20 KiB each at rest: 200 MB at worst.
  connectionsMax: 10_000,
  drainTimeoutMs: 10_000,
};
