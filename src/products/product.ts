import type { Mode } from '../kernel/caller.ts';

/** What a tenant sells under a name of its own (BlueSnap: a contract), with notification settings of its own. */
export interface Product {
  readonly tenantId: string;
  readonly productId: string;
  readonly mode: Mode;
  readonly name: string;
  /** The tenant's own id for it; unique per tenant and mode. */
  readonly reference: string | null;
  /** `archived`: no new payments; those that were made go on as ever. */
  readonly status: ProductStatus;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export const PRODUCT_STATUSES = ['active', 'archived'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

export const PRODUCT_TRANSITIONS: Readonly<Record<ProductStatus, readonly ProductStatus[]>> = {
  active: ['archived'],
  archived: ['active'],
};
