import { findCardNumber } from '../../../kernel/card-number.ts';
import type { MessageName, PartnerProfile } from '../../partner-profiles/profile.ts';
import { membersOf } from '../../partner-profiles/read-message.ts';
import { textToSign } from '../../partner-profiles/sign-message.ts';
import type { EvidenceMessage, EvidenceSignature, EvidenceStep } from '../../provider-certification.ts';
import type { RawWebhook } from '../../provider-webhook.ts';
import { jsonOf } from '../../read-answer.ts';
import type { PartnerCall } from '../partner-client.ts';
import { profileOf } from '../partner-credentials.ts';
import { describeSignature } from '../verify-message.ts';
import { type Exchange, REQUESTS, readExchange } from './exchange.ts';

const BODY_CHARACTERS_MAX = 4_000;
const HEADERS_SHOWN = ['content-type', 'location', 'retry-after', 'x-frame-options', 'content-security-policy'];
const MASK = '[masked]';

type Keys = Pick<PartnerCall, 'credentials' | 'mode'>;
type Headers = Readonly<Record<string, readonly string[]>>;

/** An exchange as a report may show it. */
export function exchangeStep(keys: Keys, exchange: Exchange): EvidenceStep {
  const { title, at, request, outcome, operation } = exchange;
  const profile = profileOf(keys.credentials);
  const read = readExchange(profile, keys.credentials, exchange);
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name, [value]]));
  const asked = Buffer.from(request.body ?? '');
  return {
    ...{ kind: 'exchange', title, at, method: request.method, url: shown(keys, request.url) },
    request: { ...messageOf(keys, headers, asked), signature: ownSignature(keys, REQUESTS[operation], headers, asked) },
    answer:
      outcome.kind === 'answered'
        ? {
            ...messageOf(keys, outcome.headers, outcome.body),
            status: outcome.status,
            signature: theirSignature(keys, read.message, outcome.headers, outcome.body),
          }
        : null,
    outcome: shown(keys, read.said),
    durationMs: Math.round(outcome.timings.totalMs),
  };
}

/** A notification of the partner as a report may show it. */
export function notificationStep(keys: Keys, title: string, request: RawWebhook, verdict: string): EvidenceStep {
  const { headers, body } = request;
  return {
    ...{ kind: 'notification', title, at: request.receivedAt, outcome: verdict },
    request: { ...messageOf(keys, headers, body), signature: theirSignature(keys, 'ipn', headers, body) },
  };
}

/** A message that is none of the partner's interface, such as a copy to our own address, and how it was answered. */
export function copyStep(
  keys: Keys,
  copy: {
    readonly title: string;
    readonly at: Temporal.Instant;
    readonly url: string;
    readonly method?: string;
    readonly body: Uint8Array;
  },
  outcome: Exchange['outcome'],
): EvidenceStep {
  const { title, at, url, method = 'POST', body } = copy;
  const headers: Headers = method === 'POST' ? { 'content-type': ['application/json'] } : {};
  return {
    ...{ kind: 'exchange', title, at, method, url: shown(keys, url) },
    request: { ...messageOf(keys, headers, body), signature: null },
    answer:
      outcome.kind === 'answered'
        ? { ...messageOf(keys, outcome.headers, outcome.body), status: outcome.status, signature: null }
        : null,
    outcome: outcome.kind === 'answered' ? `answered ${outcome.status}` : `${outcome.kind} (${outcome.reason})`,
    durationMs: Math.round(outcome.timings.totalMs),
  };
}

/** A stranger's text as a report may hold it: cut, without keys and card numbers. */
export function shown({ credentials: { secretKey, privateKey } }: Keys, text: string): string {
  let safe = text.slice(0, BODY_CHARACTERS_MAX * 10);
  for (const secret of [secretKey, privateKey]) if (secret !== undefined) safe = safe.replaceAll(secret, MASK);
  if (findCardNumber(safe))
    safe = safe.replace(/\d(?:[^\p{L}\d]{0,3}\d){12,}/gu, (run) => (findCardNumber(run) ? MASK : run));
  return safe.length > BODY_CHARACTERS_MAX ? `${safe.slice(0, BODY_CHARACTERS_MAX)}…` : safe;
}

function messageOf(keys: Keys, headers: Headers, body: Uint8Array): Omit<EvidenceMessage, 'signature'> {
  const { place } = profileOf(keys.credentials).signing;
  const names = place.in === 'header' ? [...HEADERS_SHOWN, place.name] : HEADERS_SHOWN;
  const kept = names.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name].join(', ')] as const],
  );
  return {
    headers: Object.fromEntries(kept.map(([name, value]) => [name, shown(keys, value)])),
    body: shown(keys, new TextDecoder().decode(body)),
  };
}

function ownSignature(keys: Keys, name: MessageName, headers: Headers, body: Uint8Array): EvidenceSignature | null {
  const profile = profileOf(keys.credentials);
  const members = membersOf(jsonOf(body));
  if (members === null) return null;
  const signed = textToSign(profile, name, members);
  const { place, separator } = profile.signing;
  const given = place.in === 'body' ? members[place.member] : headers[place.name]?.[0];
  return {
    ...{ verdict: given === undefined ? 'missing' : 'ours', separator, expected: null },
    signedText: signed.kind === 'text' ? shown(keys, signed.text) : null,
    received: given === undefined ? null : shown(keys, String(given)),
    because: signed.kind === 'text' ? null : `${signed.member} ${signed.because}`,
  };
}

function theirSignature(
  keys: Keys,
  name: MessageName | null,
  headers: Headers,
  body: Uint8Array,
): EvidenceSignature | null {
  const profile = profileOf(keys.credentials);
  const members = membersOf(jsonOf(body));
  if (name === null || members === null || isNeverSigned(profile, name)) return null;
  const { verdict, text, expected, given, because } = describeSignature(
    profile,
    { name, members, headers },
    keys.credentials,
  );
  return {
    ...{ verdict, separator: profile.signing.separator, because: because ?? null },
    signedText: text === null ? null : shown(keys, text),
    received: given === null ? null : shown(keys, given),
    // A report travels; a signature that a live key would make over a stranger's words stays here.
    expected: keys.mode === 'test' || verdict === 'valid' ? expected : null,
  };
}

/** Of messages that this partner leaves unsigned there is nothing to describe. */
function isNeverSigned(profile: PartnerProfile, name: MessageName): boolean {
  return name !== 'ipn' && !signsAnswers(profile);
}

/** Whether the partner's contract has its answers signed. */
export function signsAnswers({ messages }: PartnerProfile): boolean {
  return messages.queryAnswer.signature === 'required';
}
