import type { SettlementLine } from '../providers/provider-settlement.ts';

/** What a line can be about, in our words. */
export const LINE_KINDS = [
  'charge',
  'refund',
  'fee',
  'dispute',
  'dispute_reversal',
  'payout',
  'adjustment',
] as const satisfies readonly SettlementLine['kind'][];
export type LineKind = (typeof LINE_KINDS)[number];
