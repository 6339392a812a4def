import type { PartnerProfile } from './profile.ts';
import type { Scalar } from './read-message.ts';

/** Seconds have ten digits until the year 2286, milliseconds thirteen since 2001: the two cannot be mistaken. */
const SECONDS = /^\d{10}$/;
const MILLISECONDS = /^\d{13}$/;

/** An instant as the partner writes it. */
export function instantToWire(profile: PartnerProfile, instant: Temporal.Instant): Scalar {
  return profile.instants === 'rfc3339'
    ? instant.toString({ smallestUnit: 'second' })
    : Math.floor(instant.epochMilliseconds / 1000);
}

/** An instant in RFC 3339 or as a Unix time, cut to milliseconds; null where it is neither. */
export function instantFromWire(value: Scalar | undefined): Temporal.Instant | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return null;
  if (SECONDS.test(text)) return Temporal.Instant.fromEpochMilliseconds(Number(text) * 1000);
  if (MILLISECONDS.test(text)) return Temporal.Instant.fromEpochMilliseconds(Number(text));
  // Temporal understands more than RFC 3339 does, such as names of zones in brackets.
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  try {
    return Temporal.Instant.fromEpochMilliseconds(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    return null;
  }
}
