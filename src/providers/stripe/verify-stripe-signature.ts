import { createHmac, timingSafeEqual } from 'node:crypto';

/** https://docs.stripe.com/webhooks#verify-manually; in both directions, which Stripe's own code leaves out. */
export const STRIPE_TOLERANCE_SECONDS = 300;
/** One per secret that is rolled and per scheme; more would only be a way to make us compute. */
const ITEMS_MAX = 16;

export interface SignedRequest {
  /** Every value of the header `Stripe-Signature`. */
  readonly headers: readonly string[] | undefined;
  readonly body: Uint8Array;
  readonly secrets: readonly string[];
  readonly now: Temporal.Instant;
}

/** Whether Stripe signed these bytes with one of the secrets, and of late. An age is told only of what was signed. */
export function verifyStripeSignature({
  headers,
  body,
  secrets,
  now,
}: SignedRequest): 'ok' | 'bad_signature' | 'stale_timestamp' {
  const stamp = stampOf(headers);
  if (stamp === null) return 'bad_signature';
  let matches = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${stamp.timestamp}.`).update(body).digest();
    for (const signature of stamp.signatures) if (timingSafeEqual(signature, expected)) matches = true;
  }
  if (!matches) return 'bad_signature';
  const age = Math.floor(now.epochMilliseconds / 1_000) - Number(stamp.timestamp);
  return Math.abs(age) > STRIPE_TOLERANCE_SECONDS ? 'stale_timestamp' : 'ok';
}

interface Stamp {
  readonly timestamp: string;
  readonly signatures: readonly Buffer[];
}

/** `t=<unix seconds>,v1=<hex>[,v1=<hex>…]` in one header. Other schemes (`v0`) are passed over, as Stripe demands. */
function stampOf(headers: readonly string[] | undefined): Stamp | null {
  const [value, ...others] = headers ?? [];
  if (value === undefined || others.length > 0) return null;
  const items = value.split(',');
  const timestamps = items.filter((item) => item.startsWith('t='));
  const timestamp = /^t=(\d{1,12})$/.exec(timestamps[0] ?? '')?.[1];
  if (timestamp === undefined || timestamps.length > 1 || items.length > ITEMS_MAX) return null;
  const signatures = items.flatMap((item) => /^v1=([0-9a-f]{64})$/.exec(item)?.[1] ?? []);
  return { timestamp, signatures: signatures.map((hex) => Buffer.from(hex, 'hex')) };
}
