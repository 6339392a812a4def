import type { Mode } from '../kernel/caller.ts';

/** How much of some kinds of item may be sold in a day and in a month, and whose purchases are counted together. */
export interface LimitBasket {
  readonly tenantId: string;
  readonly basketId: string;
  readonly mode: Mode;
  readonly name: string | null;
  /** In capitals, or `*` alone: whatever is paid for. */
  readonly itemTypes: readonly string[];
  readonly per: LimitPer;
  readonly currency: string;
  /** Its days and months are those of this IANA time zone. */
  readonly timeZone: string;
  /** Minor units; null: no such maximum. */
  readonly dailyMax: bigint | null;
  readonly monthlyMax: bigint | null;
  /** Payments. */
  readonly dailyCountMax: number | null;
  readonly monthlyCountMax: number | null;
  readonly whenUnnamed: WhenUnnamed;
  readonly active: boolean;
  readonly subjectKeySealed: Uint8Array;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** What is counted together. `group`: everything of the basket's tenant and of its children. */
export const LIMIT_PERS = ['customer', 'destination', 'merchant', 'sub_merchant', 'group'] as const;
export type LimitPer = (typeof LIMIT_PERS)[number];

/** What becomes of a payment that does not say whom it is for. */
export const WHEN_UNNAMED = ['refuse', 'pass'] as const;
export type WhenUnnamed = (typeof WHEN_UNNAMED)[number];

/** Stands for whatever is paid for, items or not. */
export const EVERY_ITEM = '*';

/** Item types are compared without regard to case and to blanks around them. */
export function foldItemType(itemType: string): string {
  return itemType.trim().toUpperCase();
}

/** The maxima of a period. */
export function maximaOf(
  basket: LimitBasket,
  period: 'day' | 'month',
): { readonly amountMax: bigint | null; readonly countMax: number | null } {
  return period === 'day'
    ? { amountMax: basket.dailyMax, countMax: basket.dailyCountMax }
    : { amountMax: basket.monthlyMax, countMax: basket.monthlyCountMax };
}
