import { advanceCharge, currentCharge } from './advance-charge.ts';
import { type Charge, closing, isOpen, patchOf } from './charge.ts';
import { changeCharge, type Desk, nowMs } from './desk.ts';
import { Refusal } from './refusal.ts';
import { DELAY_MS, type Outcome } from './scenario.ts';

/** What can be chosen on the bank page. */
export const DECISIONS = [
  'approve',
  'decline_insufficient_funds',
  'decline_fraud',
  'cancel',
  'nothing',
  'approve_later',
  'approve_after_expiry',
] as const;
export type Decision = (typeof DECISIONS)[number];

/** The charge with this reference as it stands now. @throws Refusal charge_not_found */
export function findCharge(desk: Desk, merchantCode: string, reference: string): Charge {
  return desk.store.transaction(() => currentCharge(desk, merchantCode, reference));
}

/**
 * Ends a charge the payer has not decided on. An authorization is given back, or what is left of it, only where the
 * caller says that this is meant, and not while a capture is under way.
 * @throws Refusal charge_not_found | state_conflict
 */
export function cancelCharge(desk: Desk, merchantCode: string, reference: string, release: boolean): Charge {
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, reference);
    const isReleased = release && charge.closedBy === 'release';
    if (charge.state === 'canceled' || isReleased) return charge;
    if (isOpen(charge)) return changeCharge(desk, charge, { state: 'canceled', plan: null });
    if (!release || charge.state !== 'authorized') {
      throw new Refusal('state_conflict', `The charge is ${charge.state}`);
    }
    if (charge.amountCapturePending > 0n) throw new Refusal('state_conflict', 'A capture is under way');
    return changeCharge(desk, charge, closing(charge, 'release'));
  });
}

/** The charge behind a bank page as it stands now, or null. */
export function chargeAtBank(desk: Desk, chargeId: string): Charge | null {
  return desk.store.transaction(() => {
    const charge = desk.store.chargeById(chargeId);
    return charge === null ? null : advanceCharge(desk, charge);
  });
}

/** The payer's decision; without effect where the charge no longer waits for one. Null: there is no such charge. */
export function decideAtBank(desk: Desk, chargeId: string, decision: Decision): Charge | null {
  return desk.store.transaction(() => {
    const found = desk.store.chargeById(chargeId);
    if (found === null) return null;
    const charge = advanceCharge(desk, found);
    if (charge.state !== 'requires_action') return charge;
    switch (decision) {
      case 'nothing':
        return charge;
      case 'cancel':
        return changeCharge(desk, charge, { state: 'canceled', plan: null });
      case 'approve_later':
        return plan(desk, charge, nowMs(desk) + DELAY_MS.bankLater, false);
      case 'approve_after_expiry':
        return plan(desk, charge, charge.expiresAt + DELAY_MS.afterExpiry, true);
      default:
        return changeCharge(desk, charge, patchOf(charge, decision satisfies Outcome, nowMs(desk)));
    }
  });
}

function plan(desk: Desk, charge: Charge, at: number, late: boolean): Charge {
  return changeCharge(desk, charge, { state: 'pending', plan: { outcome: 'approve', at, late } });
}
