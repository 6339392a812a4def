import type { Here, OperationNoun, There } from './exception.ts';

/** An operation on a payment's money as it is booked here, with what the statements have said of it so far. */
export interface BookedOperation {
  readonly noun: OperationNoun;
  readonly id: string;
  readonly paymentId: string;
  readonly currency: string;
  /** The whole of it, signed as the balance at the provider moves: a capture adds, a refund takes. Minor units. */
  readonly amount: bigint;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /**
   * A capture that was reversed, or the reversal of one, of which no statement has said anything: the two cancel out,
   * and many providers list neither.
   */
  readonly isSilentPair: boolean;
  readonly said: Said;
}

/** The sums of the lines that count for an operation. */
export interface Said {
  readonly lines: number;
  /** How many of them are the operation itself, and no correction of it. */
  readonly main: number;
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly statementId: string | null;
  readonly settledAt: Temporal.Instant | null;
}

export const NOTHING_SAID: Said = {
  lines: 0,
  main: 0,
  gross: 0n,
  fee: 0n,
  net: 0n,
  statementId: null,
  settledAt: null,
};

/** What the statements should add up to. */
export function bookedAmount({ status, amount, isSilentPair }: BookedOperation): bigint {
  return status === 'succeeded' && !isSilentPair ? amount : 0n;
}

export function hereOf({ amount, currency, status }: BookedOperation): Here {
  return { amount, currency, status };
}

export function thereOf({ currency, said }: BookedOperation): There | null {
  const { lines, gross, fee, net } = said;
  return lines === 0 ? null : { gross, fee, net, currency };
}
