import type { CodeMeaning, MessageName, PartnerProfile } from '../partner-profiles/profile.ts';
import { membersOf, readValues, type Values, writeMessage } from '../partner-profiles/read-message.ts';
import type { SigningKeys } from '../partner-profiles/signing-keys.ts';
import type { NotSent, ProviderCall, Refused, Unknown } from '../provider.ts';
import { jsonOf, refused, unknown, type WholeAnswer, wholeAnswer } from '../read-answer.ts';
import { addressOf, isUsable, type PartnerCredentials, profileOf } from './partner-credentials.ts';
import { verifyMessage } from './verify-message.ts';

export interface PartnerCall extends ProviderCall<PartnerCredentials> {
  /** For one exchange; the adapter's own patience unless given. */
  readonly timeoutMs?: number;
}
export type Operation = 'create' | 'query' | 'refund';

/** The partner's own no. `proven`: its signature stands under it, or its profile asks for none. */
export interface Denial {
  readonly kind: 'denied';
  readonly means: CodeMeaning;
  readonly code: string;
  readonly message: string;
  readonly proven: boolean;
}

/** What became of a request: an answer that is as signed as the profile asks, a no, or no certainty. */
export type PartnerReply = { readonly kind: 'ok'; readonly values: Values } | Denial | Refused | NotSent | Unknown;

const TIMEOUT_MS = 10_000;
const RESPONSE_BYTES_MAX = 256 * 1024;
const TOO_MANY_REQUESTS = 429;

const REQUESTS = { create: 'createRequest', query: 'queryRequest', refund: 'refundRequest' } as const;
const ANSWERS = { create: 'createAnswer', query: 'queryAnswer', refund: 'refundAnswer' } as const;

/** Sends one signed request and reads the answer as far as it can be trusted. */
export async function askPartner(call: PartnerCall, operation: Operation, values: Values): Promise<PartnerReply> {
  return sendSigned(call, call.credentials, operation, values);
}

/**
 * The same, but a partner that does not know the new key of a rotation yet is asked again under the one before, once: its
 * answer says that nothing was done, and the names in the request are the same.
 */
export async function askPartnerInRotation(
  call: PartnerCall,
  operation: Operation,
  values: Values,
): Promise<PartnerReply> {
  const { credentials, previousCredentials } = call;
  const reply = await askPartner(call, operation, values);
  if (reply.kind !== 'denied' || reply.means !== 'invalid_credentials') return reply;
  const isRotating = isUsable(previousCredentials) && previousCredentials.merchantCode === credentials.merchantCode;
  return isRotating ? sendSigned(call, previousCredentials, operation, values) : reply;
}

/** Only the keys may be those of before; the address and the profile are always the current ones. */
async function sendSigned(
  call: PartnerCall,
  keys: SigningKeys,
  operation: Operation,
  values: Values,
): Promise<PartnerReply> {
  const { mode, credentials } = call;
  if (!isUsable(credentials)) return refused('not_configured', 'The keys are missing, too short or of another kind');
  if (mode === 'live' && !credentials.apiUrl.startsWith('https:')) {
    return refused('invalid_credentials', 'In live mode the API address must begin with https');
  }
  const profile = profileOf(credentials);
  const url = addressOf(credentials, operation);
  if (url === null) return refused('not_supported', 'This partner has no such operation');
  const named = { ...values, merchantCode: credentials.merchantCode };
  const written = writeMessage(profile, REQUESTS[operation], named, keys);
  if (written.kind === 'ambiguous') return refused('ambiguous_value', `${written.member} ${written.because}`);
  const outcome = await call.http.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...written.headers },
    body: written.body,
    timeoutMs: call.timeoutMs ?? TIMEOUT_MS,
    responseBytesMax: RESPONSE_BYTES_MAX,
  });
  const answer = wholeAnswer(outcome);
  return answer.kind === 'whole' ? readReply(profile, call, operation, answer) : answer;
}

function readReply(
  profile: PartnerProfile,
  call: PartnerCall,
  operation: Operation,
  answer: WholeAnswer,
): PartnerReply {
  const { status } = answer;
  if (status === TOO_MANY_REQUESTS) return { kind: 'not_sent', reason: 'the partner takes no more requests now' };
  if (status === 200 || status === 201) return readAnswer(profile, call, ANSWERS[operation], answer);
  const isDenial = (status >= 400 && status < 500) || status === 503;
  return isDenial ? readDenial(profile, call, answer) : unknown(`status ${status}`);
}

function readAnswer(profile: PartnerProfile, call: PartnerCall, name: MessageName, answer: WholeAnswer): PartnerReply {
  const read = trusted(profile, call, name, answer);
  if (read.kind === 'unreadable') return unknown(`an answer with status ${answer.status} ${read.because}`);
  if (!read.proven) return unknown('the answer is not signed as it must be');
  const { code, message = '' } = read.values;
  if (code === undefined) return { kind: 'ok', values: read.values };
  const means = meaningOf(profile, code);
  if (means === 'ok') return { kind: 'ok', values: read.values };
  if (means === null) return unknown(`the partner answered with a code that says nothing certain: ${readable(code)}`);
  return { kind: 'denied', means, code: readable(code), message: readable(message), proven: true };
}

function readDenial(profile: PartnerProfile, call: PartnerCall, answer: WholeAnswer): PartnerReply {
  const read = trusted(profile, call, 'refusal', answer);
  if (read.kind === 'unreadable') return unknown(`a refusal with status ${answer.status} ${read.because}`);
  const { code = '', message = '' } = read.values;
  const means = meaningOf(profile, code);
  if (means === null) return unknown(`status ${answer.status} with a code that says nothing certain`);
  // Behind this status anything may have happened, unless the partner itself says otherwise.
  if (answer.status === 503 && means !== 'not_executed') return unknown(`status 503: ${readable(code)}`);
  return { kind: 'denied', means, code: readable(code), message: readable(message), proven: read.proven };
}

type Trusted =
  | { readonly kind: 'read'; readonly values: Values; readonly proven: boolean }
  | { readonly kind: 'unreadable'; readonly because: string };

/** The values of an answer, and whether its signature proves them as far as the profile asks. A wrong one never does. */
function trusted(profile: PartnerProfile, call: PartnerCall, name: MessageName, answer: WholeAnswer): Trusted {
  const message = profile.messages[name];
  if (message === undefined) return { kind: 'unreadable', because: 'is none that this partner documents' };
  const members = membersOf(jsonOf(answer.body));
  if (members === null) return { kind: 'unreadable', because: 'cannot be read' };
  const { credentials, previousCredentials } = call;
  const keys = isUsable(previousCredentials) ? [credentials, previousCredentials] : [credentials];
  const verdict =
    message.signature === 'none' ? 'missing' : verifyMessage(profile, { name, members, headers: answer.headers }, keys);
  const proven = verdict === 'valid' || (verdict === 'missing' && message.signature !== 'required');
  const read = readValues(profile, name, members);
  if (read.kind === 'malformed') return { kind: 'unreadable', because: `has no readable ${read.member}` };
  return { kind: 'read', values: read.values, proven };
}

function meaningOf(profile: PartnerProfile, code: unknown): CodeMeaning | null {
  const text = String(code);
  return Object.hasOwn(profile.codes, text) ? (profile.codes[text] ?? null) : null;
}

/** What a partner wrote, fit for a log: one line, not long, and no digits in a row that could be a card number. */
function readable(value: unknown): string {
  return String(value)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\d{9,}/g, '…')
    .slice(0, 200);
}
