import { createHash } from 'node:crypto';
import { isUnambiguous, type Meaning, type PartnerProfile } from '../partner-profiles/profile.ts';
import { membersOf, readValues, type Values } from '../partner-profiles/read-message.ts';
import { instantFromWire } from '../partner-profiles/wire-instant.ts';
import type { EventSubject, ProviderEvent, RawWebhook, WebhookOutcome, WebhookRejection } from '../provider-webhook.ts';
import { jsonOf } from '../read-answer.ts';
import type { PartnerCall } from './partner-client.ts';
import { isUsable, type PartnerCredentials, profileOf } from './partner-credentials.ts';
import { moneyOf, refundNamesOf, reportOf, wordIn } from './partner-reports.ts';
import { verifyMessage } from './verify-message.ts';

const STATUSES: Readonly<Record<WebhookRejection, number>> = {
  bad_signature: 401,
  stale_timestamp: 401,
  wrong_source: 401,
  malformed: 400,
  not_configured: 503,
};

/** Verifies and reads an IPN: the signature first, then its age, and only then what it says. Never throws. */
export function parsePartnerWebhook(call: PartnerCall, request: RawWebhook): WebhookOutcome {
  const { credentials, previousCredentials } = call;
  if (!isUsable(credentials)) return rejected(null, 'not_configured');
  const profile = profileOf(credentials);
  const members = request.method === 'POST' ? membersOf(jsonOf(request.body)) : null;
  if (members === null) return rejected(profile, 'malformed');
  const known = [credentials, previousCredentials].filter(isUsable).filter((each) => profileOf(each).id === profile.id);
  const message = { name: 'ipn', members, headers: request.headers } as const;
  const verdicts = known.map((each) => ({ each, verdict: verifyMessage(profile, message, [each]) }));
  if (verdicts.some(({ verdict }) => verdict === 'ambiguous')) return rejected(profile, 'malformed');
  const signers = verdicts.filter(({ verdict }) => verdict === 'valid').map(({ each }) => each);
  if (signers.length === 0) return rejected(profile, 'bad_signature');
  const read = readValues(profile, 'ipn', members);
  if (read.kind === 'malformed') return rejected(profile, 'malformed');
  const { values } = read;
  const stamp = instantFromWire(values.timestamp);
  if (profile.toleranceSeconds !== null && stamp === null) return rejected(profile, 'malformed');
  const isTheirs = signers.some(isOf(values));
  if (!isFresh(profile, stamp, call.clock.now())) {
    return { ...rejected(profile, 'stale_timestamp'), ...(isTheirs ? { about: subjectOf(profile, values) } : {}) };
  }
  if (!isTheirs) return rejected(profile, 'wrong_source');
  return eventsIn(profile, values, request.receivedAt, stamp);
}

function isFresh({ toleranceSeconds }: PartnerProfile, stamp: Temporal.Instant | null, now: Temporal.Instant): boolean {
  if (toleranceSeconds === null || stamp === null) return toleranceSeconds === null;
  return Math.abs(now.epochMilliseconds - stamp.epochMilliseconds) <= toleranceSeconds * 1000;
}

/** Whether the message names the merchant whose key signed it. */
function isOf({ merchantCode }: Values): (credentials: PartnerCredentials) => boolean {
  return (credentials) => credentials.merchantCode === merchantCode;
}

function eventsIn(
  profile: PartnerProfile,
  values: Values,
  receivedAt: Temporal.Instant,
  stamp: Temporal.Instant | null,
): WebhookOutcome {
  const { acknowledgement } = profile;
  const { nonce } = values;
  const numbered =
    nonce === undefined ? null : { nonce: String(nonce), rejected: rejected(profile, 'bad_signature').reply };
  const replies = {
    ...{ accepted: acknowledgement, duplicate: acknowledgement },
    ...(numbered === null ? {} : { rejected: numbered.rejected }),
  };
  const taken = { kind: 'events', replies, ...(numbered === null ? {} : { nonce: numbered.nonce }) } as const;
  const type = wordIn(profile.eventTypes, values.eventType);
  if (type === null) return { ...taken, events: [] };
  const paidAt = values.paidAt === undefined ? (stamp ?? receivedAt) : instantFromWire(values.paidAt);
  const told = paidAt === null ? null : factOf(profile, type, values);
  if (paidAt === null || told === null) return rejected(profile, 'malformed');
  const { orderId, providerRef = orderId, refundId = '', eventType, status } = values;
  const authoritative = told.isFinal && isUnambiguous(profile);
  // Of one fact there is one final word; a hint says nothing final, and each is one of its own.
  const key = [providerRef, eventType, refundId, ...(authoritative ? [] : [status])];
  const event: ProviderEvent = {
    dedupeKey: key.map(keyPart).join('|'),
    contentHash: contentHashOf(values),
    attempt: subjectOf(profile, values),
    occurredAt: paidAt,
    authoritative,
    fact: told.fact,
  };
  return { ...taken, events: [event] };
}

/** The attempt a message names; whoever calls has verified it. */
function subjectOf(profile: PartnerProfile, { orderId, providerRef = orderId }: Values): EventSubject {
  return {
    attemptId: String(orderId),
    ...(profile.reference === 'orderId' ? {} : { providerRef: String(providerRef) }),
  };
}

/** Without the bar that stands between the parts. */
function keyPart(value: unknown): string {
  return String(value).replaceAll('%', '%25').replaceAll('|', '%7C');
}

interface Told {
  readonly fact: ProviderEvent['fact'];
  /** Whether the status is one that a table of the profile gives an end. */
  readonly isFinal: boolean;
}

/** What a notification tells; null where it has no readable amount, which every one must have. */
function factOf(profile: PartnerProfile, type: 'payment' | 'refund', values: Values): Told | null {
  const amount = moneyOf(profile, values);
  if (amount === null) return null;
  const status = String(values.status);
  if (type === 'payment') {
    const state = wordIn(profile.statuses.payment, status) ?? 'pending';
    return { fact: { about: 'attempt', report: reportOf(state, amount, status) }, isFinal: state !== 'pending' };
  }
  const state = wordIn(profile.statuses.refund, status) ?? 'pending';
  const names = refundNamesOf(String(values.providerRef ?? values.orderId), values.refundId);
  const failure = state === 'failed' ? { failureCode: status } : {};
  return { fact: { about: 'refund', refund: { ...names, amount, state, ...failure } }, isFinal: state !== 'pending' };
}

/** When a copy was sent and how its words are chosen changes no fact. */
const NO_FACTS: ReadonlySet<string> = new Set<Meaning>(['timestamp', 'nonce', 'message', 'description']);

function contentHashOf(values: Values): string {
  const facts = Object.entries(values)
    .filter(([meaning]) => !NO_FACTS.has(meaning))
    .map(([meaning, value]) => [meaning, String(value)])
    .sort();
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

function rejected(
  profile: PartnerProfile | null,
  reason: WebhookRejection,
): Extract<WebhookOutcome, { kind: 'rejected' }> {
  const status = STATUSES[reason];
  return { kind: 'rejected', reason, reply: { status, ...(profile?.rejection ?? {}) } };
}
