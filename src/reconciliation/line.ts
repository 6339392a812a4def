import { createHash } from 'node:crypto';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { SettlementLine } from '../providers/provider-settlement.ts';
import type { LineKind } from './line-kind.ts';

/** A line of a statement as the provider said it first; never changed. */
export interface StatementLine {
  readonly tenantId: string;
  readonly lineId: string;
  readonly providerAccountId: string;
  readonly mode: Mode;
  readonly statementId: string;
  /** The provider's own name; unique within the account. */
  readonly lineRef: string;
  readonly kind: LineKind;
  readonly attemptId: string | null;
  readonly providerRef: string | null;
  readonly operationId: string | null;
  readonly operationRef: string | null;
  readonly currency: string;
  /** Signed as the merchant's balance moves: a charge adds, a refund takes. Minor units. */
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly occurredAt: Temporal.Instant;
  readonly availableAt: Temporal.Instant | null;
  readonly payoutRef: string | null;
  readonly contentHash: string;
  readonly createdAt: Temporal.Instant;
}

/**
 * `waiting`: not looked at. `deferred`: its operation is still under way. `open`: an exception stands in its way.
 * `matched`: it counts for its operation. `booked`: a fee or a payout, which needs none. `accepted`: a person has taken
 * the exception as it is.
 */
export type MatchState = 'waiting' | 'deferred' | 'open' | 'matched' | 'booked' | 'accepted';

/** States that a line is still looked at in. */
export type UnsettledState = 'waiting' | 'deferred' | 'open';

export const MATCH_TRANSITIONS: Readonly<Record<MatchState, readonly MatchState[]>> = {
  waiting: ['deferred', 'open', 'matched', 'booked'],
  deferred: ['open', 'matched'],
  open: ['deferred', 'matched', 'accepted'],
  matched: [],
  booked: [],
  accepted: [],
};

/** Where a statement belongs. */
export interface LinePlace {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly providerAccountId: string;
  readonly statementId: string;
}

/** The row of a line that a statement brought. */
export function newLine(place: LinePlace, said: SettlementLine, clock: Clock): StatementLine {
  const { gross, ...rest } = said;
  const now = clock.now();
  return {
    ...place,
    ...rest,
    lineId: newId('sl', { now: () => now }),
    currency: gross.currency,
    gross: gross.amount,
    contentHash: contentHashOf(said),
    createdAt: now,
  };
}

/**
 * SHA-256 hex over what a line says of money. Names and times are left out: some are known only later, and two reports of
 * one provider may tell them more or less exactly.
 */
function contentHashOf({ kind, gross, fee, net }: SettlementLine): string {
  const said = [kind, gross.currency, ...[gross.amount, fee, net].map(String)];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/** Whether the line's own sum comes out. */
export function isSound({ gross, fee, net }: Pick<StatementLine, 'gross' | 'fee' | 'net'>): boolean {
  return gross - fee === net;
}

/** What the provider keeps by this line; below zero where it gives something back. */
export function costOf({ kind, fee, net }: Pick<StatementLine, 'kind' | 'fee' | 'net'>): bigint {
  return kind === 'fee' ? -net : fee;
}
