import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions, Operation, Send } from './operation.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { TollgateError } from './tollgate-error.ts';

/** The part of `fetch` that is used; the global one fits. */
export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; redirect: 'manual'; signal: AbortSignal },
) => Promise<{ status: number; headers: { get(name: string): string | null }; text(): Promise<string> }>;

export interface Connection {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
  readonly fetch: FetchLike;
}

const TRIES_MAX = 3;

/** Without a Retry-After: 250 ms, then 500 ms, each up to half longer, so that many callers do not come back as one. */
const FIRST_PAUSE_MS = 250;

/** A longer Retry-After is for the caller to wait out: nobody expects a call to last minutes. */
const PAUSE_MAX_MS = 30_000;

interface PreparedRequest {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly idempotencyKey: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the function that runs operations over a connection. Every try of a call carries the same idempotency key.
 * Tried again, twice at most: lost connections, 429, 503 and `idempotency_in_progress`; nothing else.
 */
export function createSend(connection: Connection): Send {
  return async <Result>(operation: Operation, options: CallOptions = {}): Promise<Result> => {
    const request = prepare(connection, operation, options);
    let wasUnknown = false;
    for (let tried = 1; ; tried++) {
      try {
        // The declared type is the generated one; the gateway checks its answers against the same document.
        return readAnswer(await exchange(connection, request)) as Result;
      } catch (error) {
        if (!(error instanceof TollgateError)) throw error;
        wasUnknown ||= error.outcome === 'unknown';
        const pauseMs = tried < TRIES_MAX ? pauseBeforeRetry(error, isRepeatable(request), tried) : null;
        if (pauseMs === null) throw withHistory(error, request, wasUnknown);
        await pause(pauseMs, request, wasUnknown);
      }
    }
  };
}

function randomKey(operation: Operation): string | null {
  return operation.ownKey === true ? null : randomUUID();
}

function prepare(connection: Connection, operation: Operation, options: CallOptions): PreparedRequest {
  const idempotencyKey = operation.method === 'POST' ? (options.idempotencyKey ?? randomKey(operation)) : null;
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    authorization: `Bearer ${connection.apiKey}`,
  };
  if (idempotencyKey !== null) headers['idempotency-key'] = headerText('idempotencyKey', idempotencyKey);
  if (options.correlationId !== undefined) {
    headers['x-correlation-id'] = headerText('correlationId', options.correlationId);
  }
  if (options.tenant !== undefined) headers['x-tollgate-tenant'] = headerText('tenant', options.tenant);
  const body = operation.body === undefined ? undefined : JSON.stringify(operation.body);
  if (body !== undefined) headers['content-type'] = 'application/json';
  return {
    operation,
    url: `${connection.baseUrl}${operation.path}${queryText(operation.query)}`,
    headers,
    body,
    idempotencyKey,
    timeoutMs: options.timeoutMs ?? connection.timeoutMs,
    signal: options.signal,
  };
}

/** Checked here, because `fetch` would report a bad header like a lost connection. */
function headerText(name: string, value: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(value)) return value;
  throw new TypeError(`${name} must be 1 to 255 printable ASCII characters without spaces at its ends`);
}

function queryText(query: object = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) parameters.append(name, String(each));
    }
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

async function exchange(connection: Connection, request: PreparedRequest): Promise<Answer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  if (request.signal?.aborted) throw aborted(request, 'not_sent');
  try {
    const answer = await connection.fetch(request.url, {
      method: request.operation.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      // A redirect would carry the key elsewhere, or turn a POST into a GET.
      redirect: 'manual',
      signal,
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (cause) {
    if (request.signal?.aborted) throw aborted(request, 'unknown');
    throw lostConnection(request, cause, deadline.aborted);
  }
}

/** Where the connection was never made, nothing was sent. Everything not listed may have happened after sending. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function lostConnection(request: PreparedRequest, cause: unknown, timedOut: boolean): TollgateError {
  const systemCode = systemCodeOf(cause);
  const why = systemCode === null ? '' : ` (${systemCode})`;
  if (systemCode !== null && NEVER_CONNECTED.has(systemCode)) {
    const detail = `The gateway could not be reached${why}; nothing was sent.`;
    return new TollgateError({ status: null, code: 'not_sent', detail, outcome: 'not_sent', cause });
  }
  const what = timedOut ? `No whole answer within ${request.timeoutMs} ms` : `The connection was lost${why}`;
  const advice =
    request.idempotencyKey === null
      ? 'It may have been carried out: look before you repeat it.'
      : 'It may have been carried out: repeat it with the same idempotencyKey.';
  return new TollgateError({
    status: null,
    code: 'outcome_unknown',
    detail: `${what}. ${advice}`,
    outcome: 'unknown',
    cause,
  });
}

function systemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? null : systemCodeOf(error.cause);
}

function aborted(request: PreparedRequest, outcome: 'not_sent' | 'unknown'): TollgateError {
  const detail = 'The call was aborted by its signal.';
  return new TollgateError({ status: null, code: 'aborted', detail, outcome, idempotencyKey: request.idempotencyKey });
}

/** Milliseconds to wait, or null where repeating is of no use or not safe. */
/** A PATCH, and a POST without a key: repeated late, it could undo or do again what somebody else did in between. */
function isRepeatable({ operation, idempotencyKey }: PreparedRequest): boolean {
  return operation.method !== 'PATCH' && (operation.method !== 'POST' || idempotencyKey !== null);
}

function pauseBeforeRetry(error: TollgateError, repeatable: boolean, tried: number): number | null {
  const lost = error.code === 'outcome_unknown' || error.code === 'not_sent';
  const busy = error.status === 429 || error.status === 503 || error.code === 'idempotency_in_progress';
  if (!lost && !busy) return null;
  if (!repeatable && error.outcome === 'unknown') return null;
  if (error.retryAfterSeconds !== null) {
    const pauseMs = error.retryAfterSeconds * 1000;
    return pauseMs <= PAUSE_MAX_MS ? pauseMs : null;
  }
  const pauseMs = FIRST_PAUSE_MS * 2 ** (tried - 1);
  return pauseMs + randomInt(pauseMs / 2 + 1);
}

async function pause(pauseMs: number, request: PreparedRequest, wasUnknown: boolean): Promise<void> {
  try {
    await sleep(pauseMs, undefined, request.signal === undefined ? {} : { signal: request.signal });
  } catch {
    throw aborted(request, wasUnknown ? 'unknown' : 'not_sent');
  }
}

/** The last error, with what the tries before it leave open: a refusal says nothing about a first try that was lost. */
function withHistory(error: TollgateError, request: PreparedRequest, wasUnknown: boolean): TollgateError {
  return new TollgateError({
    status: error.status,
    code: error.code,
    detail: error.detail,
    outcome: wasUnknown ? 'unknown' : error.outcome,
    errors: error.errors,
    correlationId: error.correlationId,
    retryAfterSeconds: error.retryAfterSeconds,
    idempotencyKey: request.idempotencyKey,
    problem: error.problem,
    cause: error.cause,
  });
}
