interface Deadline {
  readonly expiresAt: Temporal.Instant;
  readonly now: Temporal.Instant;
  /** BCP 47. */
  readonly tag: string;
  /** Of the IANA database; one that this runtime does not know is read as UTC. */
  readonly timeZone: string;
}

/** Until when a payment can be made, in words: the time of day with its zone, and the day where that is not today. */
export function deadlineText({ expiresAt, now, tag, timeZone }: Deadline): string {
  const zone = knownZone(timeZone);
  const dayOf = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(zone).toPlainDate();
  const isToday = dayOf(expiresAt).equals(dayOf(now));
  return expiresAt.toLocaleString(tag, {
    ...(isToday ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
    timeZoneName: 'short',
  });
}

/** What was checked when it was set may be unknown to another version of the program. */
function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
