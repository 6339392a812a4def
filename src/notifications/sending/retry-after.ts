import type { OutboundOutcome } from '../../platform/outbound-http.ts';

/** RFC 9110 section 5.6.7, the form that senders must use: Sun, 06 Nov 1994 08:49:37 GMT. */
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * The seconds that a Retry-After header asks for (RFC 9110 section 10.2.3), 0 for a date that has passed; null where there
 * is none that can be read. A date counts from the answer's own Date where there is one, since it is the receiver's clock
 * that chose it.
 */
export function retryAfterSeconds(outcome: OutboundOutcome, now: Temporal.Instant): number | null {
  if (outcome.kind !== 'answered') return null;
  const value = outcome.headers['retry-after']?.[0];
  if (value === undefined) return null;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  const until = httpDate(value);
  if (until === null) return null;
  const saidAt = httpDate(outcome.headers.date?.[0] ?? '') ?? now;
  return Math.max(0, Math.ceil(until.since(saidAt).total('seconds')));
}

function httpDate(text: string): Temporal.Instant | null {
  const [, day, month = '', year, time] = HTTP_DATE.exec(text) ?? [];
  if (year === undefined) return null;
  try {
    const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
    return Temporal.Instant.from(`${year}-${number}-${day}T${time}Z`);
  } catch {
    return null;
  }
}
