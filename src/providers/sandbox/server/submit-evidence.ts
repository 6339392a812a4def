import { currentCharge } from './advance-charge.ts';
import type { Charge } from './charge.ts';
import { type Desk, nowMs } from './desk.ts';
import { type Dispute, isUndecided } from './dispute.ts';
import { changeDispute } from './move-dispute.ts';
import { Refusal } from './refusal.ts';
import { contentHashOf, type EvidenceRequest } from './requests.ts';
import { DELAY_MS, scenarioOf } from './scenario.ts';

/**
 * Hands in the merchant's evidence, once, or finds that the same was handed in before; committed when this returns.
 * @throws Refusal charge_not_found | dispute_not_found | reference_conflict | state_conflict
 */
export function submitEvidence(
  desk: Desk,
  merchantCode: string,
  chargeReference: string,
  disputeId: string,
  request: EvidenceRequest,
): { readonly dispute: Dispute; readonly charge: Charge } {
  const evidenceHash = contentHashOf(request);
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, chargeReference);
    const dispute = desk.store.disputes.ofCharge(charge.id);
    if (dispute?.id !== disputeId) throw new Refusal('dispute_not_found', 'This charge has no such dispute');
    if (dispute.evidenceKey === request.key) {
      if (dispute.evidenceHash === evidenceHash) return { dispute, charge };
      throw new Refusal('reference_conflict', 'This key names evidence with other content');
    }
    if (!isUndecided(dispute) || dispute.evidenceKey !== null) {
      throw new Refusal('state_conflict', `The dispute is ${dispute.state}`);
    }
    const state = scenarioOf(charge.token).dispute?.verdict ?? 'lost';
    const plan = { state, at: nowMs(desk) + DELAY_MS.review };
    const submitted = { evidenceKey: request.key, evidenceHash, state: 'under_review', plan } as const;
    return { dispute: changeDispute(desk, charge, dispute, submitted), charge };
  });
}
