import { amountToJson } from '../../../kernel/money.ts';
import { type Charge, instantJson } from './charge.ts';

export type DisputeState = 'inquiry' | 'opened' | 'under_review' | 'won' | 'lost';

/** A payer's objection to a charge. */
export interface Dispute {
  readonly id: string;
  readonly chargeId: string;
  readonly state: DisputeState;
  readonly amount: bigint;
  readonly reason: string;
  /** null: none is asked for. */
  readonly evidenceDueAt: number | null;
  readonly withdrawn: bigint;
  readonly reinstated: bigint;
  /** The merchant's name for the evidence handed in, and a hash of it; null before. */
  readonly evidenceKey: string | null;
  readonly evidenceHash: string | null;
  /** What comes of it by itself next; null once it is closed. */
  readonly plan: { readonly state: 'won' | 'lost'; readonly at: number } | null;
  readonly createdAt: number;
  /** Grows with every change, also within one millisecond: receivers tell the later state by it. */
  readonly updatedAt: number;
}

/** Whether the bank still has to decide. */
export function isUndecided({ state }: Dispute): boolean {
  return state === 'inquiry' || state === 'opened' || state === 'under_review';
}

/** A dispute as the wire shows it, in answers and in notifications. */
export function disputeJson(dispute: Dispute, charge: Charge): Record<string, unknown> {
  return {
    id: dispute.id,
    object: 'dispute',
    chargeId: charge.id,
    chargeReference: charge.reference,
    state: dispute.state,
    amount: amountToJson(dispute.amount),
    currency: charge.currency,
    reason: dispute.reason,
    evidenceDueAt: instantJson(dispute.evidenceDueAt),
    withdrawn: amountToJson(dispute.withdrawn),
    reinstated: amountToJson(dispute.reinstated),
    createdAt: instantJson(dispute.createdAt),
    updatedAt: instantJson(dispute.updatedAt),
  };
}
