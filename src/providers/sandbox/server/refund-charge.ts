import { randomBytes } from 'node:crypto';
import { present } from '../../../kernel/assert.ts';
import { advanceCharge, currentCharge } from './change-charge.ts';
import type { Charge, Refund } from './charge.ts';
import { type Desk, nowMs, tell } from './desk.ts';
import { Refusal } from './refusal.ts';
import { contentHashOf, type RefundRequest } from './requests.ts';
import { DELAY_MS, refundPlanOfAmount } from './scenario.ts';

export interface RefundOfCharge {
  readonly refund: Refund;
  readonly charge: Charge;
}

/**
 * Pays money back, or finds the refund that the same request made before; committed when this returns.
 * @throws Refusal charge_not_found | reference_conflict | state_conflict | validation_failed | amount_not_available
 */
export function refundCharge(
  desk: Desk,
  merchantCode: string,
  chargeReference: string,
  request: RefundRequest,
): RefundOfCharge & { readonly created: boolean } {
  const contentHash = contentHashOf({ ...request, chargeReference });
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, chargeReference);
    const known = desk.store.refundByReference(merchantCode, request.reference);
    if (known !== null) {
      if (known.contentHash !== contentHash) {
        throw new Refusal('reference_conflict', 'This reference names a refund with other content');
      }
      return { refund: known, charge, created: false };
    }
    if (charge.state !== 'captured') throw new Refusal('state_conflict', `The charge is ${charge.state}`);
    if (request.currency !== charge.currency) {
      throw new Refusal('validation_failed', 'The currency is not that of the charge');
    }
    if (request.amount > charge.amountCaptured - charge.amountRefunded) {
      throw new Refusal('amount_not_available', 'The amount exceeds what is left of the capture');
    }
    if (!desk.mayNotify(new URL(request.notificationUrl))) {
      throw new Refusal('target_not_allowed', 'This sandbox does not send notifications to that address');
    }
    const refund = newRefund(desk, charge, request, contentHash);
    desk.store.insertRefund(refund);
    return { refund, charge: moveRefunded(desk, charge, refund, refund.amount), created: true };
  });
}

/** @throws Refusal charge_not_found | refund_not_found */
export function findRefund(
  desk: Desk,
  merchantCode: string,
  chargeReference: string,
  reference: string,
): RefundOfCharge {
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, chargeReference);
    const refund = desk.store.refundByReference(merchantCode, reference);
    if (refund?.chargeId !== charge.id) {
      throw new Refusal('refund_not_found', 'This charge has no refund with this reference');
    }
    return { refund, charge };
  });
}

/** Ends the pending refunds that are due; a failed one gives its amount back to the charge. */
export function settleDueRefunds(desk: Desk): void {
  for (const refund of desk.store.refundsToSettle(nowMs(desk))) {
    desk.store.transaction(() => {
      const charge = advanceCharge(desk, present(desk.store.chargeById(refund.chargeId), 'charge of a refund'));
      const { state } = present(refund.plan, 'plan of a pending refund');
      desk.store.settleRefund(refund.id, state);
      moveRefunded(desk, charge, { ...refund, state, plan: null }, state === 'failed' ? -refund.amount : 0n);
    });
  }
}

function newRefund(desk: Desk, charge: Charge, request: RefundRequest, contentHash: string): Refund {
  const now = nowMs(desk);
  const planned = refundPlanOfAmount(request.amount);
  return {
    id: `rf_${randomBytes(16).toString('hex')}`,
    chargeId: charge.id,
    merchantCode: charge.merchantCode,
    reference: request.reference,
    contentHash,
    amount: request.amount,
    notificationUrl: request.notificationUrl,
    state: planned === null ? 'succeeded' : 'pending',
    plan: planned === null ? null : { state: planned, at: now + DELAY_MS.refund },
    createdAt: now,
  };
}

function moveRefunded(desk: Desk, charge: Charge, refund: Refund, by: bigint): Charge {
  const moved: Charge = { ...charge, amountRefunded: charge.amountRefunded + by, updatedAt: nowMs(desk) };
  desk.store.updateCharge(moved);
  tell(desk, moved, { type: `refund.${refund.state}`, url: refund.notificationUrl, refund });
  return moved;
}
