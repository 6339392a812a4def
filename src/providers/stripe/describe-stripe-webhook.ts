import { createHmac } from 'node:crypto';
import type { DescribedMember, KeyFinding, RawWebhook, WebhookDescription } from '../provider-webhook.ts';
import { jsonOf } from '../read-answer.ts';
import { type StripeCall, signingSecrets } from './stripe-credentials.ts';
import { STRIPE_TOLERANCE_SECONDS, verifyStripeSignature } from './verify-stripe-signature.ts';

/** How a notification of Stripe is checked. Asks nobody and never throws. https://docs.stripe.com/webhooks#verify-manually */
export function describeStripeWebhook(call: StripeCall, request: RawWebhook): WebhookDescription {
  const values = request.headers['stripe-signature'];
  const header = values?.length === 1 ? (values[0] ?? null) : null;
  const sent = /(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header ?? '')?.[1] ?? null;
  const at = sent === null ? null : Temporal.Instant.fromEpochMilliseconds(Number(sent) * 1_000);
  const text = textOf(request.body);
  const finding = (key: KeyFinding['key'], secret: string): KeyFinding => {
    if (header === null) return { key, verdict: 'missing', expected: null };
    const check = { headers: values, body: request.body, secrets: [secret], now: at ?? call.clock.now() };
    const verdict = verifyStripeSignature(check) === 'ok' ? 'valid' : 'invalid';
    const expected =
      sent === null ? null : createHmac('sha256', secret).update(`${sent}.`).update(request.body).digest('hex');
    return { key, verdict, expected };
  };
  const { credentials, previousCredentials } = call;
  const current = signingSecrets({ ...call, credentials });
  const previous =
    previousCredentials === undefined ? [] : signingSecrets({ ...call, credentials: previousCredentials });
  const [now] = current;
  const [before] = previous;
  const isSignable = sent !== null && text !== null;
  return {
    scheme: 'HMAC-SHA256, lower-case hex, over the timestamp, a dot and the body; in the header Stripe-Signature as v1',
    members: membersOf(request.body),
    signedText: isSignable ? `${sent}.${text}` : null,
    separator: '.',
    received: /(?:^|,)v1=([^,]*)/.exec(header ?? '')?.[1] ?? null,
    keys: [
      ...(now === undefined ? [] : [finding('current', now)]),
      ...(before === undefined || before === now ? [] : [finding('previous', before)]),
    ],
    ...(isSignable
      ? {}
      : { because: text === null ? 'The body is no UTF-8.' : 'There is no timestamp in the header.' }),
    stamp: { sent, at, toleranceSeconds: STRIPE_TOLERANCE_SECONDS },
  };
}

const MEANS: Readonly<Record<string, string>> = { id: 'eventId', type: 'eventType', livemode: 'mode' };

/** The outer members of an event; the whole body is signed. */
function membersOf(body: Uint8Array): readonly DescribedMember[] {
  const event = jsonOf(body);
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return [];
  return Object.entries(event).map(([name, value]: [string, unknown]) => ({
    ...{ name, means: MEANS[name] ?? null, signed: true },
    value: typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
  }));
}

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
