import type { OutboundRequest } from '../../platform/outbound-http.ts';
import type { NotSent, ProviderCall, Refused, Unknown } from '../provider.ts';
import { jsonOf, refused, unknown, type WholeAnswer, wholeAnswer } from '../read-answer.ts';
import type { BluesnapCredentials } from './bluesnap-credentials.ts';
import { isDoubt, saysNotExecuted } from './bluesnap-errors.ts';
import { type WireError, wireErrors } from './bluesnap-wire.ts';

export interface BluesnapCall extends ProviderCall<BluesnapCredentials> {
  /** For one exchange; a step of the gateway may take several. */
  readonly timeoutMs: number;
}

export interface BluesnapRequest {
  readonly method: OutboundRequest['method'];
  /** Below `/services/2`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Ours; takes effect for POST and 24 hours. https://developers.bluesnap.com/reference/idempotency */
  readonly idempotencyKey?: string;
}

/** BlueSnap's no in its own words, whatever it means for the request at hand. */
export interface Failed {
  readonly kind: 'failed';
  readonly status: number;
  readonly error: WireError;
}

/** `json` is undefined where the body is none. */
export interface Done {
  readonly kind: 'done';
  readonly headers: WholeAnswer['headers'];
  readonly json: unknown;
}

export type BluesnapReply = Done | Failed | Refused | NotSent | Unknown;

/** https://developers.bluesnap.com/v8976-Basics/docs/authentication */
const HOSTS = { live: 'https://ws.bluesnap.com', test: 'https://sandbox.bluesnap.com' } as const;
const API_VERSION = '3.0';
const RESPONSE_BYTES_MAX = 256 * 1024;
const TURNED_AWAY: NotSent = { kind: 'not_sent', reason: 'too many requests' };

/** Sends one request. Certain is only what BlueSnap said in its own words; every other answer leaves the outcome open. */
export async function askBluesnap(call: BluesnapCall, request: BluesnapRequest): Promise<BluesnapReply> {
  const answer = await send(call, request);
  if (answer.kind !== 'whole') return answer;
  const { status, headers, body } = answer;
  if (status === 429) return TURNED_AWAY;
  const json = jsonOf(body);
  if (status === 200 || status === 201) return { kind: 'done', headers, json };
  if (status === 503 && saysNotExecuted(Buffer.from(body).toString('latin1'))) return TURNED_AWAY;
  const parsed = wireErrors.safeParse(json);
  if (!parsed.success) return unknown(`unreadable answer with status ${status}`);
  const [error] = parsed.data.message;
  const isCertain = status >= 400 && status < 500 && !isDoubt({ name: error.errorName, code: error.code });
  return isCertain ? { kind: 'failed', status, error } : unknown(`status ${status}: ${error.errorName}`);
}

/** Whether the credentials are taken: any answer but 401 and 403 to a read says so, and those two need no words. */
export async function tryCredentials(call: BluesnapCall, path: string): Promise<'taken' | Refused | NotSent | Unknown> {
  const answer = await send(call, { method: 'GET', path });
  if (answer.kind !== 'whole') return answer;
  const { status, body } = answer;
  if (status === 401) return refused('invalid_credentials', 'BlueSnap does not know this user name and password');
  if (status === 403) return refused('forbidden', 'BlueSnap takes no requests from this address or for this user');
  if (status === 429) return TURNED_AWAY;
  const understood = status === 200 || wireErrors.safeParse(jsonOf(body)).success;
  return understood && status < 500 ? 'taken' : unknown(`unreadable answer with status ${status}`);
}

/** BlueSnap's no as the gateway's refusal: its name and the field it names, but none of its sentences, which may quote. */
export function refusalOf({ error }: Failed): Refused {
  const { errorName, code, invalidProperty } = error;
  const field = invalidProperty === undefined ? '' : `, field ${invalidProperty.name}`;
  return refused(errorName.toLowerCase(), `BlueSnap refused the request: ${errorName} (${code})${field}`);
}

/** Our ids as idempotency keys, which are letters, digits and hyphens. */
export function idempotencyKeyOf(id: string): string {
  return id.replaceAll('_', '-');
}

async function send(
  { mode, credentials, http, timeoutMs }: BluesnapCall,
  { method, path, body, idempotencyKey }: BluesnapRequest,
): Promise<WholeAnswer | Refused | NotSent | Unknown> {
  const { apiUser, apiPassword, apiUrl } = credentials;
  if (mode === 'live' && apiUrl !== undefined) {
    return refused('invalid_credentials', 'An address of a simulator is taken in test mode only');
  }
  const basic = Buffer.from(`${apiUser}:${apiPassword}`).toString('base64');
  const outcome = await http.send({
    method,
    url: new URL(`/services/2${path}`, apiUrl ?? HOSTS[mode]).href,
    headers: {
      authorization: `Basic ${basic}`,
      accept: 'application/json',
      'content-type': 'application/json',
      'bluesnap-version': API_VERSION,
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeoutMs,
    responseBytesMax: RESPONSE_BYTES_MAX,
  });
  return wholeAnswer(outcome);
}
