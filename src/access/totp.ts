import { Secret, TOTP } from 'otpauth';

/** RFC 6238 section 5.2 recommends 30 seconds; apps take no other. */
const PERIOD_SECONDS = 30;
/** One step to each side: clocks of telephones differ. RFC 6238 section 5.2 allows no more for the network. */
const WINDOW = 1;
const ISSUER = 'Tollgate';
/** The length of the hash's output, RFC 4226 section 4. */
const SECRET_BYTES = 20;

/** A secret for an authenticator app, base32. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What an authenticator app reads from a QR code. */
export function totpUri(secret: string, email: string): string {
  return appOf(secret, email).toString();
}

/** The 30 seconds that a code belongs to, counted from 1970; null where it is not the app's code now. */
export function stepOfCode(secret: string, code: string, now: Temporal.Instant): number | null {
  const timestamp = now.epochMilliseconds;
  const delta = appOf(secret, '').validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : Math.floor(timestamp / 1_000 / PERIOD_SECONDS) + delta;
}

function appOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS, digits: 6 });
}
