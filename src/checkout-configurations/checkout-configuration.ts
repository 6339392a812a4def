import type { Mode } from '../kernel/caller.ts';
import type { PaymentTerms } from './api.ts';

/** What a tenant says once of payments that are alike; in the API a checkout. */
export interface CheckoutConfiguration {
  readonly tenantId: string;
  readonly checkoutId: string;
  readonly mode: Mode;
  readonly name: string;
  /** The tenant's own id for it; unique per tenant and mode. */
  readonly reference: string | null;
  /** `archived`: no new payments; those that were made go on as ever. */
  readonly status: CheckoutStatus;
  /** Members of the payments that are made by it. */
  readonly terms: PaymentTerms;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export const CHECKOUT_STATUSES = ['active', 'archived'] as const;
export type CheckoutStatus = (typeof CHECKOUT_STATUSES)[number];

export const CHECKOUT_TRANSITIONS: Readonly<Record<CheckoutStatus, readonly CheckoutStatus[]>> = {
  active: ['archived'],
  archived: ['active'],
};
