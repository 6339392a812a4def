import type { Clock } from '../kernel/clock.ts';
import type { AttemptRef, NextAction } from '../providers/provider.ts';
import type { Instrument } from '../providers/provider-instrument.ts';

/** One try at one provider. Its id is the provider's idempotency key and never changes. */
export interface Attempt {
  readonly tenantId: string;
  readonly attemptId: string;
  readonly paymentId: string;
  readonly providerAccountId: string;
  readonly provider: string;
  readonly state: AttemptState;
  readonly providerRef: string | null;
  /** The provider's name for the money that moved, where it has one of its own and has told it. */
  readonly chargeRef: string | null;
  /** The provider request as first sent, sealed; opened only to repeat it. */
  readonly requestSealed: Uint8Array;
  /** What the browser brought for the second step, sealed; kept while the attempt is open. */
  readonly completionSealed: Uint8Array | null;
  readonly nextAction: NextAction | null;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
  readonly providerExpiresAt: Temporal.Instant | null;
  /** Set while what is authorized and not captured is to be given back. */
  readonly releaseRequestedAt: Temporal.Instant | null;
  readonly syncDueAt: Temporal.Instant | null;
  readonly syncTries: number;
  /** The attempt that took over in the same confirmation; null: none did. */
  readonly failedOverTo: string | null;
  /** What it was paid with, as far as the provider has told. */
  readonly instrument: Instrument | null;
  /** What the bank said yes by. */
  readonly authCode: string | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export type AttemptState =
  | 'dispatched'
  | 'requires_action'
  | 'completing'
  | 'pending'
  | 'unknown'
  | 'authorized'
  | 'captured'
  | 'declined'
  | 'refused'
  | 'not_sent'
  | 'canceled'
  | 'expired';

/**
 * dispatched: the intent is committed, the call is under way, or we died during it. completing: the same, of the second
 * step, with what the browser brought; one that was not sent leaves the first step as it was. unknown: either of them
 * was sent, outcome not known.
 * Ended attempts still move to authorized or captured: providers document late authorizations, and money that moved
 * is a fact. unknown never becomes not_sent: that a repeat was not sent says nothing of the first request.
 */
export const ATTEMPT_TRANSITIONS: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  dispatched: [
    'requires_action',
    'pending',
    'unknown',
    'authorized',
    'captured',
    'declined',
    'refused',
    'not_sent',
    'canceled',
    'expired',
  ],
  unknown: ['requires_action', 'pending', 'authorized', 'captured', 'declined', 'refused', 'canceled', 'expired'],
  requires_action: ['completing', 'pending', 'authorized', 'captured', 'declined', 'canceled', 'expired'],
  completing: [
    'requires_action',
    'pending',
    'unknown',
    'authorized',
    'captured',
    'declined',
    'refused',
    'canceled',
    'expired',
  ],
  pending: ['requires_action', 'authorized', 'captured', 'declined', 'canceled', 'expired'],
  authorized: ['captured', 'canceled', 'expired'],
  captured: [],
  declined: ['authorized', 'captured'],
  refused: ['authorized', 'captured'],
  not_sent: ['authorized', 'captured'],
  canceled: ['authorized', 'captured'],
  expired: ['authorized', 'captured'],
};

const OPEN: ReadonlySet<AttemptState> = new Set(['dispatched', 'requires_action', 'completing', 'pending', 'unknown']);

/** Whether the outcome is still to come; a payment has at most one such attempt. */
export function isOpen(attempt: Attempt): boolean {
  return OPEN.has(attempt.state);
}

/** Whether the second step was begun and nobody knows yet what came of it. */
export function isCompletionOpen({ state, completionSealed }: Attempt): boolean {
  return state === 'completing' || (state === 'unknown' && completionSealed !== null);
}

/** What the shopper does next; null while what they did is on its way. */
export function nextActionOf(attempt: Attempt | null): NextAction | null {
  return attempt === null || attempt.state === 'completing' ? null : attempt.nextAction;
}

/**
 * Whether what the shopper was to do can no longer be done at the provider. Its time is the machine's, also where the
 * tenant holds its own.
 */
export function hasLapsed({ providerExpiresAt }: Attempt, clock: Clock): boolean {
  return providerExpiresAt !== null && Temporal.Instant.compare(clock.now(), providerExpiresAt) >= 0;
}

/** An attempt as its provider knows it. */
export function attemptRefOf({ attemptId, providerRef, chargeRef }: Attempt): AttemptRef {
  return {
    attemptId,
    ...(providerRef === null ? {} : { providerRef }),
    ...(chargeRef === null ? {} : { chargeRef }),
  };
}

/** After an outcome in doubt: at once, then patiently. The last step repeats. Source: Kill Bill's janitor as a floor. */
const UNKNOWN_DELAYS_S = [0, 10, 60, 300, 3_600, 86_400] as const;
/** For an outcome that is merely awaited: notifications normally come first, this is the second net. */
const AWAITED_DELAYS_S = [30, 60, 300, 900, 3_600, 86_400] as const;
/** Longer than the deadline of a provider call, so that a call under way is not doubled. */
const BEING_SENT_DELAY_S = 35;
const BEING_SENT: ReadonlySet<AttemptState> = new Set(['dispatched', 'completing']);

/** When to repeat a release, after `tries` tries without news. */
export function nextReleaseAt(tries: number, now: Temporal.Instant): Temporal.Instant {
  return now.add({ seconds: UNKNOWN_DELAYS_S[Math.min(tries, UNKNOWN_DELAYS_S.length - 1)] ?? 0 });
}

/** When to ask the provider next, after `tries` questions without news. */
export function nextSyncAt(state: AttemptState, tries: number, now: Temporal.Instant): Temporal.Instant | null {
  if (!OPEN.has(state)) return null;
  if (BEING_SENT.has(state) && tries === 0) return now.add({ seconds: BEING_SENT_DELAY_S });
  const delays = BEING_SENT.has(state) || state === 'unknown' ? UNKNOWN_DELAYS_S : AWAITED_DELAYS_S;
  return now.add({ seconds: delays[Math.min(tries, delays.length - 1)] ?? 0 });
}

/** Where a provider sends the shopper's browser back to: a page of ours, which settles nothing and leads on. */
export function returnUrlOf(
  checkoutUrl: string,
  { tenantId, attemptId }: Pick<Attempt, 'tenantId' | 'attemptId'>,
): string {
  return `${checkoutUrl}/return/${tenantId}/${attemptId}`;
}
