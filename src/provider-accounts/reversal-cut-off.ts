import { z } from 'zod';

/**
 * Until when a provider undoes a capture instead of refunding it: so many seconds after it, or at a time of day of the
 * acquirer, which then closes its books.
 */
export const reversalCutOff = z.union([
  z.strictObject({ afterSeconds: z.int().min(1).max(2_592_000) }),
  z.strictObject({
    dailyAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time such as 22:30'),
    timeZone: z.string().refine(isTimeZone, 'Must be a time zone such as Africa/Johannesburg'),
  }),
]);
export type ReversalCutOff = z.infer<typeof reversalCutOff>;

/** The instant from which a capture can no longer be reversed. */
export function cutOffAfter(rule: ReversalCutOff, capturedAt: Temporal.Instant): Temporal.Instant {
  if ('afterSeconds' in rule) return capturedAt.add({ seconds: rule.afterSeconds });
  const captured = capturedAt.toZonedDateTimeISO(rule.timeZone);
  const sameDay = captured.withPlainTime(rule.dailyAt);
  const isAhead = Temporal.ZonedDateTime.compare(captured, sameDay) < 0;
  return (isAhead ? sameDay : captured.add({ days: 1 }).withPlainTime(rule.dailyAt)).toInstant();
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
