import type { ProviderCall } from '../provider.ts';
import type { RawWebhook, WebhookOutcome, WebhookRejection, WebhookReply } from '../provider-webhook.ts';
import { isBluesnapAddress } from './bluesnap-addresses.ts';
import { type BluesnapCredentials, usableKeys } from './bluesnap-credentials.ts';
import { eventOfIpn } from './event-of-bluesnap-ipn.ts';
import { readBluesnapForm } from './read-bluesnap-form.ts';
import { keyOfAuthKey, receiptOf, verifySignature } from './verify-bluesnap-ipn.ts';

type Call = ProviderCall<BluesnapCredentials>;

/**
 * A signed stamp within this age proves by itself. BlueSnap says nowhere whether a resend is stamped anew, and resends
 * for days: an older one is taken as a hint and asked about. One from the future has no such excuse.
 */
export const BLUESNAP_TOLERANCE_SECONDS = 300;

const STATUSES: Readonly<Record<WebhookRejection, number>> = {
  bad_signature: 401,
  stale_timestamp: 401,
  wrong_source: 401,
  malformed: 400,
  not_configured: 503,
};

/**
 * Verifies and reads an IPN: source, signature, age, and only then the form. Where there is no signing key, the form is
 * looked into for its `authKey` first, and what it says is a hint.
 */
export function parseBluesnapWebhook(call: Call, request: RawWebhook): WebhookOutcome {
  // "Test URL" in BlueSnap's portal asks with an empty GET whether anybody listens.
  if (request.method === 'GET' && request.body.length === 0) return { kind: 'probe', reply: { status: 200 } };
  const { credentials, mode } = call;
  if (usableKeys([credentials.ipnKey, credentials.dataProtectionKey]).length === 0) return rejected('not_configured');
  if (credentials.requireReceipt && usableKeys([credentials.dataProtectionKey]).length === 0) {
    return rejected('not_configured');
  }
  if (credentials.checkSource && !isBluesnapAddress(request.remoteAddress, mode)) return rejected('wrong_source');
  const verdict = verifySignature(call, request);
  if (verdict.kind === 'bad_signature') return rejected('bad_signature');
  const age = verdict.kind === 'signed' ? secondsSince(call, verdict.sentAt) : 0;
  if (age < -BLUESNAP_TOLERANCE_SECONDS) return rejected('stale_timestamp');
  const fields = isForm(request) ? readBluesnapForm(request.body) : null;
  const protectionKey = fields === null ? null : keyOfAuthKey(call, fields);
  if (verdict.kind === 'unsigned' && fields !== null && protectionKey === null) return rejected('bad_signature');
  if (fields === null) return rejected('malformed');
  if (mode === 'live' && fields.get('testMode') === 'Y') return rejected('wrong_source');
  const isSigned = verdict.kind === 'signed';
  const sentAt = isSigned ? verdict.sentAt : request.receivedAt;
  const read = eventOfIpn(fields, { isSigned, isProof: isSigned && age <= BLUESNAP_TOLERANCE_SECONDS, sentAt });
  if (read === 'malformed') return rejected('malformed');
  const accepted = acceptance(credentials, protectionKey);
  return { kind: 'events', events: read === null ? [] : [read], replies: { accepted, duplicate: accepted } };
}

/** An empty 200, or the receipt, made with the key that BlueSnap used where that is to be seen. */
function acceptance(credentials: BluesnapCredentials, protectionKey: string | null): WebhookReply {
  const key = protectionKey ?? credentials.dataProtectionKey;
  if (!credentials.requireReceipt || key === undefined) return { status: 200 };
  return { status: 200, contentType: 'text/plain', body: receiptOf(key) };
}

function isForm({ method, headers }: RawWebhook): boolean {
  const [type, ...others] = headers['content-type'] ?? [];
  const isEncoded = /^application\/x-www-form-urlencoded *(;|$)/i.test(type ?? '');
  return method === 'POST' && isEncoded && others.length === 0;
}

function secondsSince({ clock }: Call, instant: Temporal.Instant): number {
  return (clock.now().epochMilliseconds - instant.epochMilliseconds) / 1000;
}

function rejected(reason: WebhookRejection): WebhookOutcome {
  return { kind: 'rejected', reason, reply: { status: STATUSES[reason] } };
}
