import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ProviderCall } from '../provider.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome, WebhookRejection } from '../provider-webhook.ts';
import { jsonOf } from '../read-answer.ts';
import { isUsable, type SandboxCredentials } from './sandbox-credentials.ts';
import {
  belongsTo,
  captureReportOf,
  disputeReportOf,
  refundReportOf,
  reportOf,
  reversalReportOf,
} from './sandbox-reports.ts';
import { type WireEvent, wireEvent, wireUnheardEvent } from './sandbox-wire.ts';

export const SANDBOX_TOLERANCE_SECONDS = 300;
/** Two during a rotation; more would only be a way to make us compute. */
const SIGNATURES_MAX = 4;

const STATUSES: Readonly<Record<WebhookRejection, number>> = {
  bad_signature: 401,
  stale_timestamp: 401,
  wrong_source: 401,
  malformed: 400,
  not_configured: 503,
};

/** Verifies and reads a notification of the sandbox: signature first, then age, and only then the body. */
export function parseSandboxWebhook(call: ProviderCall<SandboxCredentials>, request: RawWebhook): WebhookOutcome {
  if (call.mode !== 'test' || !isUsable(call.credentials)) return rejected('not_configured');
  const stamp = stampOf(request.headers['sandbox-signature']);
  if (stamp === null) return rejected('bad_signature');
  const keys = [call.credentials, call.previousCredentials].filter(isUsable).map(({ secretKey }) => secretKey);
  if (!isSandboxSigned(keys, stamp, request.body)) return rejected('bad_signature');
  const age = Math.floor(call.clock.now().epochMilliseconds / 1000) - Number(stamp.timestamp);
  if (Math.abs(age) > SANDBOX_TOLERANCE_SECONDS) return rejected('stale_timestamp');
  const json = jsonOf(request.body);
  const event = wireEvent.safeParse(json);
  if (!event.success) {
    // What was added since tells nothing that we could act on, and is not to come again.
    return wireUnheardEvent.safeParse(json).success ? taken([]) : rejected('malformed');
  }
  const { merchantCode } = event.data.charge;
  const known = [call.credentials.merchantCode, call.previousCredentials?.merchantCode].includes(merchantCode);
  if (!known) return rejected('wrong_source');
  const translated = eventOf(event.data);
  return translated === null ? rejected('malformed') : taken([translated]);
}

function taken(events: readonly ProviderEvent[]): WebhookOutcome {
  const reply = { status: 200 };
  return { kind: 'events', events, replies: { accepted: reply, duplicate: reply } };
}

interface Stamp {
  readonly timestamp: string;
  readonly signatures: readonly Buffer[];
}

/** `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`, in one header, and nothing else. */
export function stampOf(headers: readonly string[] | undefined): Stamp | null {
  const [value, ...others] = headers ?? [];
  if (value === undefined || others.length > 0) return null;
  const match = /^t=(\d{1,12})((?:,v1=[0-9a-f]{64})+)$/.exec(value);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const signatures = match[2].split(',v1=').slice(1);
  if (signatures.length > SIGNATURES_MAX) return null;
  return { timestamp: match[1], signatures: signatures.map((hex) => Buffer.from(hex, 'hex')) };
}

/** Whether one of the keys made one of the signatures. */
export function isSandboxSigned(keys: readonly string[], { timestamp, signatures }: Stamp, body: Uint8Array): boolean {
  let matches = false;
  for (const key of keys) {
    const expected = createHmac('sha256', key).update(`${timestamp}.`).update(body).digest();
    for (const signature of signatures) if (timingSafeEqual(signature, expected)) matches = true;
  }
  return matches;
}

function eventOf(event: WireEvent): ProviderEvent | null {
  const { charge } = event;
  const fact = factOf(event);
  if (fact === null) return null;
  const about = { attempt: { attemptId: charge.reference, providerRef: charge.id }, occurredAt: event.createdAt };
  return { dedupeKey: event.id, contentHash: contentHashOf(event), authoritative: true, ...about, fact };
}

/** The one thing a notification tells: of its charge, or of one part of it. Null where it contradicts itself. */
function factOf({ type, charge, capture, refund, reversal, dispute }: WireEvent): ProviderEvent['fact'] | null {
  const report = reportOf(charge);
  if (report === null) return null;
  const part = capture ?? refund ?? reversal ?? dispute;
  const told = part ?? charge;
  if (type !== `${told.object}.${told.state}` || (part !== null && !belongsTo(part, charge))) return null;
  switch (told.object) {
    case 'charge':
      return { about: 'attempt', report };
    case 'capture':
      return { about: 'capture', capture: captureReportOf(told) };
    case 'refund':
      return { about: 'refund', refund: refundReportOf(told) };
    case 'reversal':
      return { about: 'reversal', reversal: reversalReportOf(told) };
    case 'dispute':
      return { about: 'dispute', dispute: disputeReportOf(told) };
  }
}

/** When something was written down or how it is worded changes no fact. */
const NO_FACTS: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'expiresAt', 'action', 'message']);

/** Over everything that is fact. A dispute's time is one: of two states the later counts. */
function contentHashOf({ type, charge, capture, refund, reversal, dispute }: WireEvent): string {
  const content = [type, charge, capture, refund, reversal, dispute, dispute?.updatedAt ?? null];
  const json = JSON.stringify(content, (name, value: unknown) => {
    if (NO_FACTS.has(name)) return undefined;
    return typeof value === 'bigint' ? value.toString() : value;
  });
  return createHash('sha256').update(json).digest('hex');
}

function rejected(reason: WebhookRejection): WebhookOutcome {
  return { kind: 'rejected', reason, reply: { status: STATUSES[reason] } };
}
