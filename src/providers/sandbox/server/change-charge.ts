import { type Charge, dueChange, isOpen, patchOf } from './charge.ts';
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

/** Applies everything that has become due to a charge; call inside a transaction. */
export function advanceCharge(desk: Desk, charge: Charge): Charge {
  let current = charge;
  for (;;) {
    const patch = dueChange(current, nowMs(desk));
    if (patch === null) return current;
    current = changeCharge(desk, current, patch);
  }
}

/** The charge with this reference, brought up to date; call inside a transaction. @throws Refusal charge_not_found */
export function currentCharge(desk: Desk, merchantCode: string, reference: string): Charge {
  const charge = desk.store.chargeByReference(merchantCode, reference);
  if (charge === null) throw new Refusal('charge_not_found', 'There is no charge with this reference');
  return advanceCharge(desk, charge);
}

/** The charge with this reference as it stands now. @throws Refusal charge_not_found */
export function findCharge(desk: Desk, merchantCode: string, reference: string): Charge {
  return desk.store.transaction(() => currentCharge(desk, merchantCode, reference));
}

/**
 * Captures an authorized charge, once; what is left of the authorization is released.
 * @throws Refusal charge_not_found | state_conflict | amount_not_available
 */
export function captureCharge(desk: Desk, merchantCode: string, reference: string, amount: bigint | null): Charge {
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, reference);
    const wanted = amount ?? charge.amountAuthorized;
    if (charge.state === 'captured' && charge.amountCaptured === wanted) return charge;
    if (charge.state !== 'authorized') throw new Refusal('state_conflict', `The charge is ${charge.state}`);
    if (wanted > charge.amountAuthorized) {
      throw new Refusal('amount_not_available', 'The amount exceeds what was authorized');
    }
    return changeCharge(desk, charge, { state: 'captured', amountCaptured: wanted });
  });
}

/**
 * Ends a charge the payer has not decided on; an authorized one only where the caller says that this is meant.
 * @throws Refusal charge_not_found | state_conflict
 */
export function cancelCharge(desk: Desk, merchantCode: string, reference: string, release: boolean): Charge {
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, reference);
    if (charge.state === 'canceled') return charge;
    if (!isOpen(charge) && !(release && charge.state === 'authorized')) {
      throw new Refusal('state_conflict', `The charge is ${charge.state}`);
    }
    return changeCharge(desk, charge, { state: 'canceled', plan: null });
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
        return changeCharge(desk, charge, patchOf(charge, decision satisfies Outcome));
    }
  });
}

function plan(desk: Desk, charge: Charge, at: number, late: boolean): Charge {
  return changeCharge(desk, charge, { state: 'pending', plan: { outcome: 'approve', at, late } });
}
