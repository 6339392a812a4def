/** A day or a month of a basket's time zone, from its first instant to the first of the next. */
export interface LimitPeriod {
  readonly period: 'day' | 'month';
  readonly startsAt: Temporal.Instant;
  readonly resetsAt: Temporal.Instant;
}

/**
 * The day and the month that an instant falls into. Days have 23 to 25 hours where clocks are changed, and begin at their
 * first instant also where midnight is skipped.
 */
export function periodsAt(instant: Temporal.Instant, timeZone: string): readonly [LimitPeriod, LimitPeriod] {
  const date = instant.toZonedDateTimeISO(timeZone).toPlainDate();
  const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).toInstant();
  const first = date.with({ day: 1 });
  return [
    { period: 'day', startsAt: startOf(date), resetsAt: startOf(date.add({ days: 1 })) },
    { period: 'month', startsAt: startOf(first), resetsAt: startOf(first.add({ months: 1 })) },
  ];
}

/** Whether this is a time zone by name; offsets such as +02:00 know no summer. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId !== '';
  } catch {
    return false;
  }
}
