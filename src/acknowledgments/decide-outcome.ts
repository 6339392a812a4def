import type { AttemptOutcome } from '../notifications/delivery-hooks.ts';
import { type AckDeadline, type AckReason, ended, hasFired, type Moved, move } from './ack-deadline.ts';

/** What an attempt makes of the deadline it belongs to; null: nothing. */
export interface Settled extends Moved {
  /** For the fuse; null: says nothing about the receiver. */
  readonly counts: 'acknowledged' | 'unacknowledged' | null;
  /** What becomes of the delivery beside what its schedule says; null: nothing. */
  readonly delivery: { readonly kind: 'cancel' } | { readonly kind: 'due'; readonly at: Temporal.Instant } | null;
}

export interface OutcomeWorld {
  /** By the clock that counts for the tenant. */
  readonly now: Temporal.Instant;
  /** Whether the endpoint still has the policy. */
  readonly reverses: boolean;
  /** What keeps it from firing; null: nothing does. */
  readonly stopped: Extract<AckReason, 'switched_off' | 'fuse_open' | 'other_epoch'> | null;
}

/** A timer and two clocks may differ by this; a receiver that was silent for all but this was silent. */
const CLOCK_SLACK_MS = 250;

/**
 * The only place where a deadline is decided to fire, and on evidence alone: an answer that acknowledged nothing, or an
 * attempt without an answer, recorded at the deadline or after it. Time that passed while we sent nothing is no silence of
 * the receiver's.
 */
export function decideOutcome(deadline: AckDeadline, outcome: AttemptOutcome, world: OutcomeWorld): Settled | null {
  const { before, kind, faultOf } = outcome;
  const { now } = world;
  if (before.eventId !== deadline.eventId || before.endpointId !== deadline.endpointId) return null;
  if (kind === 'acknowledged') return acknowledged(deadline, outcome, now);
  if (deadline.state !== 'armed' || before.deliveryId !== deadline.deliveryId) return null;
  if (faultOf === 'us') {
    const changes = { ...ended(now), state: 'withdrawn', reason: 'not_sent_by_us' } as const;
    return settled(move(deadline, changes, 'Withdrawn: we did not send it', now));
  }
  if (kind === 'refused') {
    return unacknowledged(deadline, world, { cause: 'status', statusCode: outcome.status });
  }
  const deadlineAt = effectiveDeadline(deadline, outcome, now);
  const isOver = Temporal.Instant.compare(now.add({ milliseconds: CLOCK_SLACK_MS }), deadlineAt) >= 0;
  if (isOver) return unacknowledged(deadline, world, { cause: 'silence', statusCode: null });
  const waiting = { inFlight: false, deadlineAt, unansweredSince: deadline.unansweredSince ?? now };
  const scheduled = outcome.after.dueAt;
  const isSooner = scheduled !== null && Temporal.Instant.compare(scheduled, deadlineAt) < 0;
  return {
    ...settled(move(deadline, waiting, 'No answer; sent again before the deadline', now)),
    // The last try is at the deadline itself: whoever can answer by then is heard.
    delivery: { kind: 'due', at: isSooner ? scheduled : deadlineAt },
  };
}

function settled(moved: Moved): Settled {
  return { ...moved, counts: null, delivery: null };
}

/** The window counts from when the first request really began: it may have waited for others after it was armed. */
function effectiveDeadline(deadline: AckDeadline, { durationMs }: AttemptOutcome, now: Temporal.Instant) {
  if (deadline.unansweredSince !== null) return deadline.deadlineAt;
  const fromBegin = now.subtract({ milliseconds: durationMs }).add({ seconds: deadline.windowSeconds });
  return Temporal.Instant.compare(fromBegin, deadline.deadlineAt) > 0 ? fromBegin : deadline.deadlineAt;
}

function acknowledged(deadline: AckDeadline, { before }: AttemptOutcome, now: Temporal.Instant): Settled | null {
  if (before.trigger === 'test' || before.trigger === 'simulation') return null;
  if (hasFired(deadline)) {
    if (deadline.lateAcknowledgedAt !== null) return null;
    return settled(move(deadline, { lateAcknowledgedAt: now }, 'Acknowledged too late: nothing is undone', now));
  }
  if (deadline.state === 'acknowledged' || deadline.state === 'dismissed') return null;
  const changes = { ...ended(now), state: 'acknowledged' } as const;
  return {
    ...settled(move(deadline, changes, 'Acknowledged', now)),
    counts: deadline.state === 'suppressed' ? null : 'acknowledged',
  };
}

function unacknowledged(
  deadline: AckDeadline,
  { now, reverses, stopped }: OutcomeWorld,
  why: Pick<AckDeadline, 'cause' | 'statusCode'>,
): Settled {
  const what = why.cause === 'status' ? `Answered with HTTP ${why.statusCode}` : 'Silent until the deadline';
  if (!reverses) {
    const changes = { ...ended(now), ...why, state: 'withdrawn', reason: 'policy_changed' } as const;
    return settled(move(deadline, changes, `${what}; the endpoint has another policy by now`, now));
  }
  if (stopped !== null) {
    const changes = { ...ended(now), ...why, state: 'suppressed', reason: stopped, endedAt: null } as const;
    return {
      ...settled(move(deadline, changes, `${what}; nothing is given back: ${stopped}`, now)),
      counts: 'unacknowledged',
    };
  }
  const changes = { ...why, state: 'firing', inFlight: false, lookAt: now, looks: 0 } as const;
  return {
    ...settled(move(deadline, changes, `${what}: the money goes back`, now)),
    counts: 'unacknowledged',
    delivery: { kind: 'cancel' },
  };
}
