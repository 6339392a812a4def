import type { OutboundOutcome, OutboundRequest } from '../../platform/outbound-http.ts';
import type { NotSent, ProviderCall, Refused, Unknown } from '../provider.ts';
import { refused, unknown, wholeAnswer } from '../read-answer.ts';
import { canAuthenticate, type ScantopayCredentials } from './scantopay-credentials.ts';
import { refusalCodeOf } from './scantopay-states.ts';
import { exactJsonOf } from './scantopay-wire.ts';

export type ScantopayCall = ProviderCall<ScantopayCredentials>;

/** One call and how long each of its exchanges may take. */
export interface ScantopayLine {
  readonly call: ScantopayCall;
  readonly timeoutMs: number;
}

export interface ScantopayRequest {
  readonly method: OutboundRequest['method'];
  /** From the root of the host. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** `ok`: the provider did what was asked; its body is JSON with exact numbers, or undefined where it is none. */
export type ScantopayReply = { readonly kind: 'ok'; readonly body: unknown } | Refused | NotSent | Unknown;

/** Sources: https://developer.scantopay.io/docs/sandbox-and-test-cards, …/docs/remote-api-overview */
const HOSTS = { test: 'https://qa.scantopay.io', live: 'https://scantopay.live' } as const;

const RESPONSE_BYTES_MAX = 256 * 1024;

/** Sends one authenticated request, once. */
export async function askScantopay(
  { call, timeoutMs }: ScantopayLine,
  request: ScantopayRequest,
): Promise<ScantopayReply> {
  const { credentials, mode, http } = call;
  if (!canAuthenticate(credentials)) return refused('invalid_credentials', 'The user name or password is not usable');
  if (mode === 'live' && credentials.apiUrl !== undefined) {
    return refused('invalid_credentials', 'An address of its own is for test mode only');
  }
  const login = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const { method, path, body } = request;
  const outcome = await http.send({
    method,
    url: new URL(path, credentials.apiUrl ?? HOSTS[mode]).href,
    headers: {
      accept: 'application/json',
      authorization: `Basic ${login}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeoutMs,
    responseBytesMax: RESPONSE_BYTES_MAX,
  });
  return replyOf(outcome);
}

/** Certain is what the provider's own statuses say; a page of a proxy says nothing, whatever its status. */
function replyOf(outcome: OutboundOutcome): ScantopayReply {
  const answer = wholeAnswer(outcome);
  if (answer.kind !== 'whole') return answer;
  const { status } = answer;
  if (status === 429) return { kind: 'not_sent', reason: 'too many requests' };
  const text = textOf(answer.body);
  const isPage = /^text\/html\b/i.test(answer.headers['content-type']?.[0] ?? '') || /^\s*</.test(text ?? '<');
  if (text === null || isPage) return unknown(`unreadable answer with status ${status}`);
  if (status === 200) return { kind: 'ok', body: exactJsonOf(text) };
  const code = refusalCodeOf(status, text);
  return code === null ? unknown(`status ${status}`) : refused(code, `Scan to Pay refused the request (${status})`);
}

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}
