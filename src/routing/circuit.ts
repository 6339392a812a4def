/** How an account has lately answered. Pure; the machine's time, since a provider does not wait for a test clock. */
export interface Circuit {
  readonly state: 'closed' | 'open';
  /** When it came into its state; null: it was never in another. */
  readonly since: Temporal.Instant | null;
  /** In a row, without a success between. */
  readonly failures: number;
  /** When the first failure of the row was seen. */
  readonly failingSince: Temporal.Instant | null;
  /** How often it has opened, or stayed open after a probe, without a success between. */
  readonly openings: number;
  /** Open: from when on one payment may probe the account. */
  readonly retryAt: Temporal.Instant | null;
  /** Until when nobody else probes. */
  readonly probeUntil: Temporal.Instant | null;
}

/** `half_open`: open, and its time to be probed by one payment has come. */
export type CircuitState = Circuit['state'] | 'half_open';

/** What a request told about its account. */
export interface CallResult {
  readonly isGood: boolean;
  /** When the request was begun. */
  readonly startedAt: Temporal.Instant;
}

export const CLOSED: Circuit = {
  ...{ state: 'closed', since: null, failures: 0, failingSince: null },
  ...{ openings: 0, retryAt: null, probeUntil: null },
};

/** So many in a row are no chance, and few enough shoppers have met them. */
export const FAILURES_TO_OPEN = 5;
/** Failures that lie further apart belong to different troubles. */
export const FAILURE_WINDOW = { minutes: 10 } as const;
/** After an opening; doubled with each probe that fails. A provider that restarts is back within the first. */
export const FIRST_WAIT_S = 30;
const WAIT_MAX_S = 600;
/** Longer than any call to a provider takes; a probe whose process died blocks the next one no longer. */
export const PROBE_LEASE = { seconds: 60 } as const;

export function stateOf(circuit: Circuit, now: Temporal.Instant): CircuitState {
  const { state, retryAt, probeUntil } = circuit;
  const isReached = (at: Temporal.Instant | null) => at === null || Temporal.Instant.compare(at, now) <= 0;
  return state === 'open' && isReached(retryAt) && isReached(probeUntil) ? 'half_open' : state;
}

/** Whether a success changes nothing about it. */
export function isUnblemished({ state, failures }: Circuit): boolean {
  return state === 'closed' && failures === 0;
}

/** The circuit after results, which are taken in their order; the very same where they change nothing. */
export function afterResults(circuit: Circuit, results: readonly CallResult[], now: Temporal.Instant): Circuit {
  return results.reduce((before, result) => afterResult(before, result, now), circuit);
}

/** The circuit as a person sets it back: closed from now on. */
export function asReset(now: Temporal.Instant): Circuit {
  return { ...CLOSED, since: now };
}

function afterResult(circuit: Circuit, { isGood, startedAt }: CallResult, now: Temporal.Instant): Circuit {
  // What was sent before the circuit last changed tells of the time before.
  if (circuit.since !== null && Temporal.Instant.compare(startedAt, circuit.since) < 0) return circuit;
  if (isGood) return isUnblemished(circuit) ? circuit : afterSuccess(circuit, now);
  return circuit.state === 'open' ? afterFailureWhileOpen(circuit, { startedAt, now }) : afterFailure(circuit, now);
}

function afterSuccess(circuit: Circuit, now: Temporal.Instant): Circuit {
  return circuit.state === 'open' ? asReset(now) : { ...CLOSED, since: circuit.since };
}

function afterFailure(circuit: Circuit, now: Temporal.Instant): Circuit {
  const { failingSince } = circuit;
  const isNewRow = failingSince === null || Temporal.Instant.compare(failingSince.add(FAILURE_WINDOW), now) < 0;
  const failures = isNewRow ? 1 : circuit.failures + 1;
  const counted = { ...circuit, failures, failingSince: isNewRow ? now : failingSince };
  return failures < FAILURES_TO_OPEN ? counted : opened({ ...counted, since: now }, now);
}

/** Only a probe prolongs the wait; what was tried for want of another account says no more than was known. */
function afterFailureWhileOpen(
  circuit: Circuit,
  { startedAt, now }: { readonly startedAt: Temporal.Instant; readonly now: Temporal.Instant },
): Circuit {
  const counted = { ...circuit, failures: circuit.failures + 1 };
  const { retryAt } = circuit;
  return retryAt !== null && Temporal.Instant.compare(retryAt, startedAt) <= 0 ? opened(counted, now) : counted;
}

function opened(circuit: Circuit, now: Temporal.Instant): Circuit {
  const seconds = Math.min(FIRST_WAIT_S * 2 ** circuit.openings, WAIT_MAX_S);
  return {
    ...circuit,
    state: 'open',
    openings: circuit.openings + 1,
    retryAt: now.add({ seconds }),
    probeUntil: null,
  };
}
