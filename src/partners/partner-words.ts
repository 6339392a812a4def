/** An instant as partners are told it: RFC 3339 in whole seconds, cut and never rounded up. */
export function formatPartnerInstant(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'second', roundingMode: 'trunc' });
}

/**
 * The reference of a refund that a partner asked for: its own name for it, within its key's names, so that neither another
 * partner nor the tenant can have used it before.
 */
export function partnerRefundReference(partnerKeyId: string, refundId: string): string {
  return `${partnerKeyId}/${refundId}`;
}

/** The partner's own name for a refund; null where it did not ask for it. */
export function partnerOwnRefundId(partnerKeyId: string, reference: string | null): string | null {
  const prefix = partnerRefundReference(partnerKeyId, '');
  return reference?.startsWith(prefix) === true ? reference.slice(prefix.length) : null;
}

/** Seconds have ten digits until the year 2286, milliseconds thirteen since 2001: the two cannot be mistaken. */
const UNIX_TIME = /^(?:\d{10}|\d{13})$/;
/** RFC 3339; Temporal understands more, such as names of zones in brackets. */
const RFC_3339 = /^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** An instant in RFC 3339 or as a Unix time in seconds or milliseconds; null where it is neither. */
export function parsePartnerInstant(value: string | number): Temporal.Instant | null {
  const text = String(value);
  if (UNIX_TIME.test(text)) {
    return Temporal.Instant.fromEpochMilliseconds(Number(text) * (text.length === 10 ? 1_000 : 1));
  }
  if (!RFC_3339.test(text)) return null;
  try {
    return Temporal.Instant.from(text);
  } catch {
    return null;
  }
}
