import type { Operation } from './operation.ts';

/** Money on its way back. `pending` until the provider says what came of it, however long that takes. */
export interface Refund extends Operation {
  readonly refundId: string;
  readonly reason: string;
  readonly reference: string | null;
  /** Gives back the money of a second success; it is not the payment's. */
  readonly duplicate: boolean;
}
