import type { Operation } from './operation.ts';

/** Authorized money being taken, all or part of it. */
export interface Capture extends Operation {
  readonly captureId: string;
  /** Releases what stays uncaptured. */
  readonly final: boolean;
  /** The money of a second success; it is not the payment's. */
  readonly duplicate: boolean;
}
