/** One request, as the generated operations describe it to the client that runs them. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL; parameters are filled in and encoded. */
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: unknown;
  /** The API asks for a key or reference that survives a crash of the caller: a random one would get around that. */
  readonly ownKey?: true;
}

/** What can be set for a single call. */
export interface CallOptions {
  /**
   * Names what you are about to do, so that repeating it does nothing twice. Give one you can find again after a crash
   * (the payment's reference, say). Every POST without one gets a random key, which lasts for this call's own retries;
   * except where money leaves: a refund wants a key or a reference of yours.
   */
  readonly idempotencyKey?: string | undefined;
  /** Stands in the gateway's logs and answers beside this request. */
  readonly correlationId?: string | undefined;
  /** `ten_…`: acts for this child tenant of yours. */
  readonly tenant?: string | undefined;
  /** One deadline over one try, from connecting to the last byte of the answer. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs an operation; the answer's type is the generated declaration's word. */
export type Send = <Answer>(operation: Operation, options: CallOptions | undefined) => Promise<Answer>;

/**
 * One part of a path, encoded.
 * @throws TypeError for what would lead to another address: nothing, `.` and `..`
 */
export function pathSegment(value: string): string {
  if (typeof value === 'string' && !/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
  throw new TypeError('An id is missing or not an id');
}
