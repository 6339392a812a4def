/** What the door made of a notification. */
export const INBOUND_VERDICTS = [
  'accepted',
  'duplicate',
  'conflicting_duplicate',
  'nonce_reused',
  'refused_unwanted',
  'bad_signature',
  'stale_timestamp',
  'malformed',
  'wrong_source',
  'not_configured',
] as const;
export type InboundVerdict = (typeof INBOUND_VERDICTS)[number];

/** How far the worker is with what a notification said; a notification that caused no work has none. */
export const INBOUND_STATES = ['pending', 'applied', 'quarantined', 'unmatched', 'failed', 'resolved'] as const;
export type InboundState = (typeof INBOUND_STATES)[number];

/** What was set aside is applied again, or a person settles it; what is settled stays so. */
export const INBOUND_TRANSITIONS: Readonly<Record<InboundState, readonly InboundState[]>> = {
  pending: ['applied', 'quarantined', 'unmatched', 'failed'],
  applied: [],
  quarantined: ['pending', 'resolved'],
  unmatched: ['pending', 'resolved'],
  failed: ['pending', 'resolved'],
  resolved: [],
};

/** The states from which one can be reached, for the statement that moves a row there. */
export function statesBefore(next: InboundState): readonly InboundState[] {
  return INBOUND_STATES.filter((state) => INBOUND_TRANSITIONS[state].includes(next));
}

const SET_ASIDE: ReadonlySet<string> = new Set(statesBefore('pending'));

/** What today's keys may prove: the rest was no notification, or came at the wrong time, and stays so. */
const UNPROVEN: ReadonlySet<string> = new Set<InboundVerdict>(['bad_signature', 'wrong_source', 'not_configured']);

/** What a replay would do: apply verified facts again, verify the kept request again, or nothing at all. */
export function replayOf(event: {
  readonly verdict: string;
  readonly state: string | null;
}): 'apply' | 'verify' | 'nothing' {
  if (event.state !== null) return SET_ASIDE.has(event.state) ? 'apply' : 'nothing';
  return UNPROVEN.has(event.verdict) ? 'verify' : 'nothing';
}
