import type { Mode } from '../kernel/caller.ts';

/** What one account and currency add up to, all of one moment. Minor units, signed as the provider's debt to the tenant. */
export interface Proof {
  readonly currency: string;
  /** What the ledger says the provider owes. */
  readonly ledgerReceivable: bigint;
  /** All lines but payouts, net. */
  readonly linesNet: bigint;
  /** What was paid out and did not come back. */
  readonly paidOut: bigint;
  /** Booked here and too young to be on a statement. */
  readonly inTransit: bigint;
  /** Lines that nobody has looked at, or whose operation is still under way. */
  readonly waitingLines: bigint;
  /** Differences that are open, and those a person has taken as they are. */
  readonly openExceptions: bigint;
  readonly acceptedExceptions: bigint;
  readonly exceptionsOpen: number;
}

/** The proof of a day, as it was last made on it. */
export interface Report extends Proof {
  readonly tenantId: string;
  readonly reportId: string;
  readonly mode: Mode;
  readonly providerAccountId: string;
  /** In UTC, such as 2026-11-21. */
  readonly day: string;
  readonly asOf: Temporal.Instant;
  readonly unexplained: bigint;
  readonly createdAt: Temporal.Instant;
}

/** By how much the ledger and the statements differ. */
export function differenceOf({ ledgerReceivable, linesNet, paidOut }: Proof): bigint {
  return ledgerReceivable - (linesNet - paidOut);
}

/** What is left of the difference after everything that has a name; anything but 0 is a fault. */
export function unexplainedOf(proof: Proof): bigint {
  const { inTransit, waitingLines, openExceptions, acceptedExceptions } = proof;
  return differenceOf(proof) - inTransit + waitingLines - openExceptions - acceptedExceptions;
}
