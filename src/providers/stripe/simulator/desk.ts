import type { Clock } from '../../../kernel/clock.ts';
import type { Account, StripeObject } from './account.ts';

/** What the simulator's verbs work with, on behalf of one account. */
export interface Desk {
  readonly account: Account;
  /** Unix seconds. */
  readonly now: number;
  /** The origin of the hosted pages. */
  readonly pageOrigin: string;
  /** Tells the account's endpoints; the object as it is at this moment. */
  readonly tell: (type: string, object: StripeObject) => void;
}

/** The time of a clock in Unix seconds. */
export function secondsOf(clock: Clock): number {
  return Math.floor(clock.now().epochMilliseconds / 1_000);
}
