import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findCardNumbersIn } from '../../kernel/card-number.ts';
import type { Endpoint } from '../../kernel/endpoint.ts';
import { type FieldError, Problem } from '../../kernel/problem.ts';
import type { IdempotencyClaim } from './bind-endpoint.ts';
import { requestFingerprint } from './fingerprint.ts';
import { parseJson } from './parse-json.ts';
import { checkAgainst } from './validation.ts';

/** The parts of a request in the types its endpoint declares. */
interface ReadRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly file: Uint8Array;
  readonly idempotency: IdempotencyClaim | null;
}

/**
 * Refuses a body we would not read, before its first byte is read.
 * @throws Problem unsupported_media_type
 */
export function refuseMediaType(request: FastifyRequest, file?: Endpoint['file']): void {
  if (!hasBody(request)) return;
  const type = request.headers['content-type'];
  if (file !== undefined) {
    if (type !== undefined && file.mediaTypes.includes(type.toLowerCase())) return;
    throw new Problem('unsupported_media_type', `Send ${file.mediaTypes.join(' or ')}.`);
  }
  if (type === undefined || !/^application\/json[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i.test(type)) {
    throw new Problem('unsupported_media_type', 'Send application/json, in UTF-8.');
  }
}

/** @throws Problem unsupported_media_type where a body is compressed: unpacking is where bombs go off */
export function refuseEncodedBody(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported_media_type', 'Send the body without a content encoding.');
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Reads path, query, body and idempotency key by the endpoint's schemas. A path that cannot name anything is not_found;
 * every other broken rule of all parts is told at once.
 * @throws Problem malformed_request, malformed_json, not_found, validation_failed, card_number_not_allowed
 */
export function readRequest(endpoint: Endpoint, request: FastifyRequest): ReadRequest {
  const params = readParams(endpoint, request);
  const sentQuery = parseQuery(request.url);
  const file = endpoint.file === undefined ? NO_BYTES : bytesOf(request);
  const sentBody = endpoint.file === undefined ? parseBody(request) : undefined;
  const errors: FieldError[] = [];
  const query = check(endpoint.query, sentQuery, 'query', errors);
  const body = check(endpoint.body, sentBody === undefined ? {} : sentBody, 'body', errors);
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  if (endpoint.secretsInBody !== true) refuseCardNumbers(body);
  return { params, query, body, file, idempotency: readIdempotency(endpoint, request, sentBody) };
}

const NO_BYTES = new Uint8Array();

function bytesOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : NO_BYTES;
}

/** No text field of any endpoint takes a card number: one that came in would make all of this subject to PCI DSS. */
function refuseCardNumbers(body: unknown): void {
  const pointers = findCardNumbersIn(body);
  if (pointers.length === 0) return;
  throw new Problem('card_number_not_allowed', 'A field seems to hold a card number. Nothing was stored.', {
    errors: pointers.map((pointer) => ({ pointer, detail: 'Must not hold a card number' })),
  });
}

const NOTHING = z.strictObject({});

/** Where nothing is declared, nothing may be sent. */
function check(schema: z.ZodType | undefined, value: unknown, part: 'query' | 'body', errors: FieldError[]): unknown {
  const checked = checkAgainst(schema ?? NOTHING, value, part);
  if (!checked.ok) errors.push(...checked.errors);
  return checked.ok && schema !== undefined ? checked.value : undefined;
}

function readParams(endpoint: Endpoint, request: FastifyRequest): unknown {
  const sent = request.params as Record<string, string>;
  if (Object.values(sent).some((value) => value === '' || !isText(value))) throw new Problem('not_found');
  if (endpoint.params === undefined) return undefined;
  const checked = checkAgainst(endpoint.params, { ...sent }, 'path');
  if (!checked.ok) throw new Problem('not_found');
  return checked.value;
}

/** PostgreSQL's text has no U+0000, and half a surrogate pair is no character. */
function isText(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

/**
 * Names and values of a query string, each name once.
 * @throws Problem malformed_request for broken percent-encoding, validation_failed for a repeated name
 */
function parseQuery(url: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  const start = url.indexOf('?');
  if (start === -1) return query;
  for (const pair of url.slice(start + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeQuery(equals === -1 ? pair : pair.slice(0, equals));
    const value = decodeQuery(equals === -1 ? '' : pair.slice(equals + 1));
    if (name in query) {
      const errors = [
        { pointer: `/query/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail: 'Appears twice' },
      ];
      throw new Problem('validation_failed', undefined, { errors });
    }
    query[name] = value;
  }
  return query;
}

function decodeQuery(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Problem('malformed_request', 'The query string is not percent-encoded UTF-8.');
  }
  if (!isText(decoded)) throw new Problem('malformed_request', 'The query string has the character U+0000.');
  return decoded;
}

/** No bytes mean undefined; verbs whose fields are all optional can be called without a body. */
function parseBody(request: FastifyRequest): unknown {
  const bytes = bytesOf(request);
  return bytes.byteLength === 0 ? undefined : parseJson(bytes);
}

function readIdempotency(endpoint: Endpoint, request: FastifyRequest, body: unknown): IdempotencyClaim | null {
  const key = request.headers['idempotency-key'];
  if (endpoint.idempotency === 'none' || key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new Problem('malformed_request', 'An Idempotency-Key has 1 to 255 printable ASCII characters.');
  }
  const path = request.url.split('?', 1)[0] ?? '';
  return { key, fingerprint: requestFingerprint(endpoint.method, path, body) };
}
