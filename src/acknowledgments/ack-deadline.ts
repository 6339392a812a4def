import type { Mode } from '../kernel/caller.ts';

/**
 * Until when the success of a payment must be acknowledged, or its money goes back. One for each payment, for ever:
 * whatever is armed, asked or fired again is this same one.
 */
export interface AckDeadline {
  readonly tenantId: string;
  readonly deadlineId: string;
  readonly paymentId: string;
  readonly mode: Mode;
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly state: AckDeadlineState;
  /** One more at every change; who writes names the one it has seen. */
  readonly version: number;
  readonly windowSeconds: number;
  /** The installation's, when it was armed last. */
  readonly epoch: number;
  readonly dispatches: number;
  /** A request is out, or was when a process died: nobody knows whether it was sent, read or answered. */
  readonly inFlight: boolean;
  readonly armedAt: Temporal.Instant;
  readonly deadlineAt: Temporal.Instant;
  /** When the first request of this arming was recorded to have had no answer. */
  readonly unansweredSince: Temporal.Instant | null;
  readonly cause: AckCause | null;
  readonly statusCode: number | null;
  readonly reason: AckReason | null;
  /** How often somebody was asked to give the money back, each time under a key of its own. */
  readonly asked: number;
  /** Of these, before a person fired it again. */
  readonly askedEarlier: number;
  readonly reversalTried: boolean;
  readonly operation: AckOperation | null;
  readonly operationId: string | null;
  readonly lookAt: Temporal.Instant | null;
  readonly looks: number;
  readonly lateAcknowledgedAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** `status`: an answer that was no acknowledgement. `silence`: no answer until the deadline. */
type AckCause = 'status' | 'silence';

export type AckOperation = 'reversal' | 'refund' | 'release';

/** Why nothing was fired (or could be given back), in the words of docs/acknowledgment.md. */
export type AckReason =
  /** Withdrawn: nothing went out, for a reason of ours. */
  | 'not_sent_by_us'
  /** Withdrawn: its delivery ended without an outcome, since the endpoint was deleted. */
  | 'delivery_ended'
  /** Withdrawn: the endpoint has another policy by now. */
  | 'policy_changed'
  /** Suppressed. */
  | 'switched_off'
  | 'fuse_open'
  | 'other_epoch'
  /** Failed: nobody can give the money back. */
  | 'not_supported'
  | 'refused';

export const ACK_DEADLINE_STATES = [
  'armed',
  'withdrawn',
  'acknowledged',
  'suppressed',
  'dismissed',
  'firing',
  'reversed',
  'refunded',
  'released',
  'failed',
] as const;
export type AckDeadlineState = (typeof ACK_DEADLINE_STATES)[number];

/**
 * From `firing` on the money goes back, and no acknowledgement stops it. `withdrawn` may be armed again, since then
 * nothing has gone out yet; `suppressed` and `failed` wait for a person, the first one for an acknowledgement as well.
 */
export const ACK_DEADLINE_TRANSITIONS: Readonly<Record<AckDeadlineState, readonly AckDeadlineState[]>> = {
  armed: ['acknowledged', 'firing', 'suppressed', 'withdrawn'],
  withdrawn: ['armed', 'acknowledged'],
  acknowledged: [],
  suppressed: ['acknowledged', 'firing', 'dismissed'],
  dismissed: [],
  firing: ['reversed', 'refunded', 'released', 'failed', 'suppressed'],
  reversed: [],
  refunded: [],
  released: [],
  failed: ['firing', 'dismissed'],
};

/** Whether the money goes back, or went, or should have: its success is not told any more. */
export function hasFired({ state }: Pick<AckDeadline, 'state'>): boolean {
  return (
    state === 'firing' || state === 'reversed' || state === 'refunded' || state === 'released' || state === 'failed'
  );
}

/** The deadline after a change, and what is noted about it. */
export interface Moved {
  readonly deadline: AckDeadline;
  readonly note: string;
}

type Changes = Partial<Omit<AckDeadline, 'tenantId' | 'deadlineId' | 'paymentId' | 'version' | 'createdAt'>>;

/** The next version of a deadline. @throws Error where the states do not follow each other */
export function move(deadline: AckDeadline, changes: Changes, note: string, now: Temporal.Instant): Moved {
  const { state = deadline.state } = changes;
  if (state !== deadline.state && !ACK_DEADLINE_TRANSITIONS[deadline.state].includes(state)) {
    throw new Error(`deadline ${deadline.state} → ${state}`);
  }
  const after = { ...deadline, ...changes, version: deadline.version + 1, updatedAt: now };
  return { deadline: after, note };
}

/** The members of a deadline that has ended, or that waits for a person. */
export function ended(now: Temporal.Instant) {
  return { inFlight: false, lookAt: null, looks: 0, endedAt: now } as const;
}
