import type { RawWebhook, WebhookOutcome, WebhookRejection } from '../provider-webhook.ts';
import { jsonOf } from '../read-answer.ts';
import { readStripeEvent } from './read-stripe-event.ts';
import type { StripeAddress } from './stripe-client.ts';
import { credentialsFault, type StripeCall, signingSecrets } from './stripe-credentials.ts';
import { wireEvent } from './stripe-wire.ts';
import { verifyStripeSignature } from './verify-stripe-signature.ts';

/** Anything but a 2xx makes Stripe send it again, for up to three days. https://docs.stripe.com/webhooks#retries */
const STATUSES: Readonly<Record<WebhookRejection, number>> = {
  bad_signature: 401,
  stale_timestamp: 401,
  wrong_source: 401,
  malformed: 400,
  not_configured: 503,
};

/**
 * Verifies and reads a notification: signature first, then age, and only then the body. Whose a dispute is, Stripe has to
 * be asked; where it gives no answer, the notification is turned away with 503 and comes again.
 */
export async function parseStripeWebhook(
  address: StripeAddress,
  call: StripeCall,
  request: RawWebhook,
): Promise<WebhookOutcome> {
  const secrets = signingSecrets(call);
  if (secrets.length === 0 || credentialsFault(call) !== null) return rejected('not_configured');
  const { headers, body } = request;
  const verdict = verifyStripeSignature({ headers: headers['stripe-signature'], body, secrets, now: call.clock.now() });
  if (verdict !== 'ok') return rejected(verdict);
  const event = wireEvent.safeParse(jsonOf(body));
  if (!event.success) return rejected('malformed');
  if (event.data.livemode !== (call.mode === 'live')) return rejected('wrong_source');
  const read = await readStripeEvent(address, call, event.data);
  switch (read.kind) {
    case 'event':
    case 'nothing': {
      const reply = { status: 200 };
      const events = read.kind === 'event' ? [read.event] : [];
      return { kind: 'events', events, replies: { accepted: reply, duplicate: reply } };
    }
    case 'malformed':
      return rejected('malformed');
    case 'unreadable':
      return rejected('not_configured');
  }
}

function rejected(reason: WebhookRejection): WebhookOutcome {
  return { kind: 'rejected', reason, reply: { status: STATUSES[reason] } };
}
