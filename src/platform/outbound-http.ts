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

export interface OutboundTimings {
  readonly totalMs: number;
  readonly firstByteMs: number | null;
}

/**
 * What became of it. `not_sent` only where certainly no byte of the request reached the other side's application
 * (bad address, unresolved, refused, TLS failed, address not allowed); everything else without a whole answer is `lost`.
 */
export type OutboundOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
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
      readonly reason: 'timeout' | 'reset';
      readonly detail: string;
      readonly timings: OutboundTimings;
    };

export type NotSentReason =
  | 'invalid_url'
  | 'address_not_allowed'
  | 'dns_failed'
  | 'connection_refused'
  | 'connect_timeout'
  | 'tls_failed';

/** The only way out of this process. Never throws, never follows redirects. */
export interface OutboundHttp {
  send(request: OutboundRequest): Promise<OutboundOutcome>;
}
