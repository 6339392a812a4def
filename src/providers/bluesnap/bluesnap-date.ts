/**
 * `07/04/2026 03:05 PM` as an instant, or null. BlueSnap names no time zone, so that it is read as UTC and serves for
 * order only, never for deadlines. https://support.bluesnap.com/docs/ipn-parameter-reference
 */
export function instantOfIpn(text: string): Temporal.Instant | null {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}) ([AP])M$/.exec(text);
  if (match === null) return null;
  const [month, day, year, hour, minute] = match.slice(1, 6).map(Number);
  if (hour === undefined || hour < 1 || hour > 12) return null;
  const hour24 = (hour % 12) + (match[6] === 'P' ? 12 : 0);
  return instantOf(`${year}-${twoDigits(month)}-${twoDigits(day)}T${twoDigits(hour24)}:${twoDigits(minute)}:00Z`);
}

/** `2026-09-21 13:03:50.558` in UTC, as the header `bls-ipn-timestamp` has it; null where it is none. */
export function instantOfStamp(text: string): Temporal.Instant | null {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?$/.test(text)) return null;
  return instantOf(`${text.replace(' ', 'T')}Z`);
}

function twoDigits(value: number | undefined): string {
  return String(value ?? 0).padStart(2, '0');
}

/** Days that no calendar has are none. */
function instantOf(text: string): Temporal.Instant | null {
  try {
    return Temporal.Instant.from(text);
  } catch {
    return null;
  }
}
