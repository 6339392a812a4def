/** The first of some instants; null where there is none. */
export function earliest(instants: readonly (Temporal.Instant | null)[]): Temporal.Instant | null {
  return instants.filter((instant) => instant !== null).sort(Temporal.Instant.compare)[0] ?? null;
}
