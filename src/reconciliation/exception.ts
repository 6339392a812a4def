import type { Mode } from '../kernel/caller.ts';

export const EXCEPTION_KINDS = [
  'missing_here',
  'missing_there',
  'amount',
  'currency',
  'status',
  'duplicate',
  'fee',
  'conflicting_line',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

/** What a person may decide. Nothing is posted or changed by it: that is done where the mistake is. */
export const RESOLUTIONS = ['accepted', 'provider_error', 'corrected_here', 'not_ours', 'other'] as const;
export type Resolution = (typeof RESOLUTIONS)[number] | 'matched_later';

export type ExceptionState = 'open' | 'resolved';

/** One that closed itself, or whose facts are others than those a person decided on, opens again. */
export const EXCEPTION_TRANSITIONS: Readonly<Record<ExceptionState, readonly ExceptionState[]>> = {
  open: ['resolved'],
  resolved: ['open'],
};

export type OperationNoun = 'capture' | 'refund' | 'reversal' | 'dispute';

/** What is booked here of an operation; amounts are signed as the balance at the provider moves. */
export interface Here {
  readonly amount: bigint;
  readonly currency: string;
  readonly status: string;
}

/** What the statements say, as sums where there are several lines. */
export interface There {
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly currency: string;
}

/** A difference that was found. */
export interface Mismatch {
  readonly kind: ExceptionKind;
  readonly subjectNoun: 'line' | OperationNoun;
  readonly subjectId: string;
  readonly paymentId: string | null;
  readonly statementId: string | null;
  readonly currency: string;
  readonly here: Here | null;
  readonly there: There | null;
  /** Booked here minus said there; what it takes away from the proof. */
  readonly difference: bigint;
}

/** A mismatch on its way: open until it is right or a person has decided. */
export interface ReconciliationException extends Mismatch {
  readonly tenantId: string;
  readonly exceptionId: string;
  readonly mode: Mode;
  readonly providerAccountId: string;
  readonly state: ExceptionState;
  readonly timesOpened: number;
  readonly resolution: Resolution | null;
  readonly note: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** Who closes what has become right. */
const CLOSED_BY_ITSELF = 'gateway';

interface Making {
  readonly now: Temporal.Instant;
  readonly place: Pick<ReconciliationException, 'tenantId' | 'mode' | 'providerAccountId'>;
  readonly newId: () => string;
}

export interface ExceptionChange {
  readonly exception: ReconciliationException;
  /** Whether the tenant is told: it opened, for the first time or again. */
  readonly opened: boolean;
}

/**
 * What becomes of exceptions once something was looked at again: `known` are all there are of what was looked at, `found`
 * are the mismatches it has now. The same thing is one exception for ever, however often it is looked at.
 */
export function changesOf(
  known: readonly ReconciliationException[],
  found: readonly Mismatch[],
  making: Making,
): readonly ExceptionChange[] {
  const key = ({ subjectId, kind }: Mismatch) => `${subjectId} ${kind}`;
  const knownByKey = new Map(known.map((one) => [key(one), one]));
  const foundByKey = new Map(found.map((one) => [key(one), one]));
  const changes: ExceptionChange[] = [];
  for (const [name, mismatch] of foundByKey) {
    const before = knownByKey.get(name);
    const change = before === undefined ? opened(mismatch, making) : seenAgain(before, mismatch, making.now);
    if (change !== null) changes.push(change);
  }
  for (const [name, before] of knownByKey) {
    if (foundByKey.has(name)) continue;
    const change = right(before, making.now);
    if (change !== null) changes.push(change);
  }
  return changes;
}

const UNRESOLVED = { state: 'open', resolution: null, note: null, resolvedBy: null, resolvedAt: null } as const;

function opened(mismatch: Mismatch, { now, place, newId }: Making): ExceptionChange {
  const its = { exceptionId: newId(), timesOpened: 1, createdAt: now, updatedAt: now };
  return { exception: { ...mismatch, ...place, ...UNRESOLVED, ...its }, opened: true };
}

function seenAgain(before: ReconciliationException, mismatch: Mismatch, now: Temporal.Instant): ExceptionChange | null {
  const isSame = factsOf(before) === factsOf(mismatch);
  if (before.state === 'open') {
    return isSame ? null : { exception: { ...before, ...mismatch, updatedAt: now }, opened: false };
  }
  if (isSame && before.resolution !== 'matched_later') return null;
  const timesOpened = before.timesOpened + 1;
  return { exception: { ...before, ...mismatch, ...UNRESOLVED, timesOpened, updatedAt: now }, opened: true };
}

/** A person's decision stays on record; what it was about is no difference any more. */
function right(before: ReconciliationException, now: Temporal.Instant): ExceptionChange | null {
  if (before.state === 'resolved') {
    return before.difference === 0n
      ? null
      : { exception: { ...before, difference: 0n, updatedAt: now }, opened: false };
  }
  const closed = { state: 'resolved', resolution: 'matched_later', resolvedBy: CLOSED_BY_ITSELF } as const;
  return {
    exception: { ...before, ...closed, difference: 0n, resolvedAt: now, updatedAt: now },
    opened: false,
  };
}

function factsOf({ here, there, difference }: Mismatch): string {
  const texts = [here?.amount, here?.currency, here?.status, there?.gross, there?.fee, there?.net, there?.currency];
  return JSON.stringify([...texts, difference].map((each) => each?.toString() ?? null));
}
