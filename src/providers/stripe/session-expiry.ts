/** Of the characters in ids (kernel/id.ts), in their order. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Stripe takes 30 minutes to 24 hours from when it makes the session
 * (https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at). The room at either end is
 * for clocks that differ and for a first request that arrives late.
 */
const SECONDS_MIN = 60 * 60;
const SECONDS_MAX = 23 * 60 * 60;

/**
 * When a session is to end, in Unix seconds: as wanted, within what Stripe takes. Counted from the time in the attempt's
 * id and not from now, since a repeat with other content would be refused. null, for Stripe's 24 hours: no such time.
 * Whoever wants it to end sooner cancels the attempt, which the gateway does when the payment expires.
 */
export function sessionExpiry(attemptId: string, wanted: Temporal.Instant): number | null {
  const madeAt = secondsIn(attemptId);
  if (madeAt === null) return null;
  const seconds = Math.floor(wanted.epochMilliseconds / 1_000);
  return Math.min(Math.max(seconds, madeAt + SECONDS_MIN), madeAt + SECONDS_MAX);
}

function secondsIn(attemptId: string): number | null {
  const time = /^att_([0-7][0-9a-hjkmnp-tv-z]{9})[0-9a-hjkmnp-tv-z]{16}$/.exec(attemptId)?.[1];
  if (time === undefined) return null;
  let milliseconds = 0;
  for (const character of time) milliseconds = milliseconds * 32 + ALPHABET.indexOf(character);
  return Math.floor(milliseconds / 1_000);
}
