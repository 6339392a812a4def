import type { Operation } from './operation.ts';

/** The undoing of a whole capture before the provider's cut-off: the payer never sees a booking. */
export interface Reversal extends Operation {
  readonly reversalId: string;
  readonly reason: string;
}
