import type { Mode } from '../kernel/caller.ts';
import type { AckPolicy } from '../notifications/ack-policy.ts';

/** What an endpoint lately made of its deadlines. Open, it reverses nothing, and new payments are not taken for it. */
export interface AckFuse {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly mode: Mode;
  readonly state: AckFuseState;
  /** The latest outcomes since it was closed, the newest last: `+` acknowledged, `-` not. */
  readonly recent: string;
  readonly reason: 'consecutive' | 'rate' | null;
  readonly openedAt: Temporal.Instant | null;
  readonly updatedAt: Temporal.Instant;
}

type AckFuseState = 'closed' | 'open';

/** A person closes it, after a test that passed. */
export const ACK_FUSE_TRANSITIONS: Readonly<Record<AckFuseState, readonly AckFuseState[]>> = {
  closed: ['open'],
  open: ['closed'],
};

export type ReversePolicy = Extract<AckPolicy, { type: 'reverse_on_no_ack' }>;

/** A rate is of the last so many, and none of fewer than so many: one failure of two says nothing. */
const RATE_OVER_MAX = 50;
const RATE_OVER_MIN = 20;

/** A fuse that has seen nothing. */
export function newFuse(endpoint: Pick<AckFuse, 'tenantId' | 'endpointId' | 'mode'>, now: Temporal.Instant): AckFuse {
  const { tenantId, endpointId, mode } = endpoint;
  return { tenantId, endpointId, mode, state: 'closed', recent: '', reason: null, openedAt: null, updatedAt: now };
}

/** The fuse after one more outcome. The one that opens it still fires; nothing after it does. */
export function count(
  fuse: AckFuse,
  acknowledged: boolean,
  rule: ReversePolicy['fuse'],
  now: Temporal.Instant,
): AckFuse {
  if (fuse.state === 'open') return fuse;
  const recent = (fuse.recent + (acknowledged ? '+' : '-')).slice(-RATE_OVER_MAX);
  const counted = { ...fuse, recent, updatedAt: now };
  if (acknowledged) return counted;
  const inRow = recent.length - 1 - recent.lastIndexOf('+');
  // A row may be longer than what is remembered; all of it unacknowledged is enough then.
  if (inRow >= Math.min(rule.consecutive, RATE_OVER_MAX)) return opened(counted, 'consecutive', now);
  const rate = (recent.length - recent.replaceAll('+', '').length) / recent.length;
  if (recent.length >= RATE_OVER_MIN && rate < rule.rate) return opened(counted, 'rate', now);
  return counted;
}

/** Closed again, and counting from nothing. */
export function closed(fuse: AckFuse, now: Temporal.Instant): AckFuse {
  return { ...fuse, state: 'closed', recent: '', reason: null, openedAt: null, updatedAt: now };
}

function opened(fuse: AckFuse, reason: 'consecutive' | 'rate', now: Temporal.Instant): AckFuse {
  return { ...fuse, state: 'open', reason, openedAt: now };
}
