import type { Charge } from './charge.ts';
import { type Desk, newObjectId, nowMs, tellOfDispute } from './desk.ts';
import type { Dispute } from './dispute.ts';
import { DELAY_MS, scenarioOf } from './scenario.ts';

/**
 * The payer objects, once, to all that was captured; call inside a transaction. Money that was never taken, or that a
 * reversal has undone, leaves nothing to object to.
 */
export function openDispute(desk: Desk, charge: Charge): Charge {
  const awaited: Charge = { ...charge, disputeAt: null };
  desk.store.updateCharge(awaited);
  const { dispute: planned } = scenarioOf(charge.token);
  const nothingToDispute = charge.amountCaptured === 0n || charge.amountReversed > 0n;
  if (planned === undefined || nothingToDispute || desk.store.disputes.ofCharge(charge.id) !== null) return awaited;
  const now = nowMs(desk);
  const isInquiry = planned.opensAs === 'inquiry';
  const dispute: Dispute = {
    id: newObjectId('ds'),
    chargeId: charge.id,
    state: planned.opensAs,
    amount: charge.amountCaptured,
    reason: 'fraudulent',
    evidenceDueAt: isInquiry ? null : now + DELAY_MS.evidence,
    withdrawn: isInquiry ? 0n : charge.amountCaptured,
    reinstated: 0n,
    evidenceKey: null,
    evidenceHash: null,
    // Nobody who says nothing wins; an inquiry comes to nothing by itself.
    plan: isInquiry
      ? { state: planned.verdict, at: now + DELAY_MS.inquiry }
      : { state: 'lost', at: now + DELAY_MS.evidence },
    createdAt: now,
    updatedAt: now,
  };
  desk.store.disputes.insert(dispute);
  tellOfDispute(desk, awaited, dispute);
  return awaited;
}

/** Stores a changed dispute and tells of it; call inside a transaction. */
export function changeDispute(desk: Desk, charge: Charge, dispute: Dispute, patch: Partial<Dispute>): Dispute {
  const changed: Dispute = { ...dispute, ...patch, updatedAt: Math.max(nowMs(desk), dispute.updatedAt + 1) };
  desk.store.disputes.update(changed);
  tellOfDispute(desk, charge, changed);
  return changed;
}

/** The bank's decision, as planned; call inside a transaction. What a won dispute had taken comes back. */
export function decideDispute(desk: Desk, charge: Charge, dispute: Dispute, verdict: 'won' | 'lost'): void {
  const reinstated = verdict === 'won' ? dispute.withdrawn : dispute.reinstated;
  changeDispute(desk, charge, dispute, { state: verdict, reinstated, plan: null });
}
