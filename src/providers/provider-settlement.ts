/** The bookkeeping half of the contract in provider.ts: what a provider says it has paid out, kept and charged. */
import type { Money } from '../kernel/money.ts';
import type { NotSent, Unknown } from './provider.ts';

/**
 * One line of a provider's statement. `gross` is signed as the merchant's balance moves: a charge adds, a refund takes;
 * `net` = `gross` − `fee`, to the unit. What was paid out to the bank is a `payout` of its own.
 */
export interface SettlementLine {
  /** The provider's own name for the line; unique within the account. */
  readonly lineRef: string;
  readonly kind: 'charge' | 'refund' | 'fee' | 'dispute' | 'dispute_reversal' | 'payout' | 'adjustment';
  /** Our attempt id or the provider's name for the charge, as far as the statement tells; null where it names none. */
  readonly attemptId: string | null;
  readonly providerRef: string | null;
  /** Our id of the capture or refund, and the provider's, as far as the statement tells. */
  readonly operationId: string | null;
  readonly operationRef: string | null;
  readonly gross: Money;
  /** Minor units of the gross amount's currency. */
  readonly fee: bigint;
  readonly net: bigint;
  readonly occurredAt: Temporal.Instant;
  /** When the money is or was free to be paid out; null where the statement does not say. */
  readonly availableAt: Temporal.Instant | null;
  /** The payout it went into; null while it waits for one. */
  readonly payoutRef: string | null;
}

export interface SettlementQuery {
  /** Lines that occurred at or after `from` and before `to`. */
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  /** What the page before gave; left out for the first. */
  readonly cursor?: string;
}

/** A page of lines, oldest first or newest first as the provider gives them, but always the same order. */
export type SettlementAnswer =
  | { readonly kind: 'answered'; readonly lines: readonly SettlementLine[]; readonly nextCursor: string | null }
  | NotSent
  | Unknown;
