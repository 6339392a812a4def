import type { PaymentContext } from '../payments/context.ts';
import type { Logger } from '../platform/log.ts';
import type { LinePlace } from './line.ts';

/** What reconciling works with. */
export type ReconciliationContext = PaymentContext & {
  /** Where operators hear of what differs. */
  readonly log: Logger;
};

/** The provider account that is reconciled. */
export type AccountPlace = Omit<LinePlace, 'statementId'>;
