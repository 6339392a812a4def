import { advanceCharge } from './advance-charge.ts';
import { type Charge, patchOf, planOf } from './charge.ts';
import { changeCharge, checkTarget, type Desk, newObjectId, nowMs } from './desk.ts';
import { Refusal } from './refusal.ts';
import { contentHashOf, type OpenChargeRequest } from './requests.ts';
import { DELAY_MS, type Delivery, scenarioOf, tokenOfAmount } from './scenario.ts';

export interface OpenedCharge {
  readonly charge: Charge;
  readonly created: boolean;
  /** How the create request is to be answered; a repeated request is always answered whole. */
  readonly answer: Delivery;
  readonly notifyFirst: boolean;
}

/**
 * Opens a charge, or finds the one that the same request opened before; committed when this returns.
 * @throws Refusal reference_conflict | validation_failed | target_not_allowed
 */
export function openCharge(desk: Desk, merchantCode: string, request: OpenChargeRequest): OpenedCharge {
  const contentHash = contentHashOf(request);
  return desk.store.transaction(() => {
    // The look comes before every rule: a repeat must find its charge even where the rules would refuse it by now.
    const known = desk.store.chargeByReference(merchantCode, request.reference);
    if (known !== null) {
      if (known.contentHash !== contentHash) {
        throw new Refusal('reference_conflict', 'This reference names a charge with other content');
      }
      return { charge: advanceCharge(desk, known), created: false, answer: 'whole', notifyFirst: false };
    }
    const charge = newCharge(desk, merchantCode, request, contentHash);
    const { answer, fault } = scenarioOf(charge.token);
    if (answer === 'not_executed') return { charge, created: false, answer, notifyFirst: false };
    desk.store.insertCharge(charge);
    return { charge: begin(desk, charge), created: true, answer, notifyFirst: fault === 'before_answer' };
  });
}

function newCharge(desk: Desk, merchantCode: string, request: OpenChargeRequest, contentHash: string): Charge {
  const now = nowMs(desk);
  if (request.expiresAt <= now) throw new Refusal('validation_failed', 'expiresAt has passed');
  checkTarget(desk, request.notificationUrl);
  const token = request.token ?? tokenOfAmount(request.amount);
  const { opening } = scenarioOf(token);
  return {
    ...{ id: newObjectId('ch'), merchantCode, reference: request.reference, contentHash, token },
    ...{ amount: request.amount, currency: request.currency, captureMethod: request.captureMethod },
    ...{ description: request.description ?? null, returnUrl: request.returnUrl },
    ...{ notificationUrl: request.notificationUrl, expiresAt: request.expiresAt },
    state: opening === 'bank_page' || opening === 'bank_page_qr' ? 'requires_action' : 'pending',
    declineCode: null,
    ...{ amountAuthorized: 0n, amountCaptured: 0n, amountCapturePending: 0n, amountRefunded: 0n, amountReversed: 0n },
    ...{ closedBy: null, authorizationExpiresAt: null, disputeAt: null },
    plan: planOf(scenarioOf(token), now, request.expiresAt),
    ...{ createdAt: now, updatedAt: now },
  };
}

/** The first change of a new charge. Waiting for the payer is none: the answer itself tells of it. */
function begin(desk: Desk, charge: Charge): Charge {
  const { opening } = scenarioOf(charge.token);
  const now = nowMs(desk);
  switch (opening) {
    case 'bank_page':
    case 'bank_page_qr':
      return charge;
    case 'pending':
      return changeCharge(desk, charge, {});
    case 'approve_in_two_steps': {
      const firstStep = charge.captureMethod === 'automatic' ? patchOf(charge, 'authorize', now) : {};
      const first = changeCharge(desk, charge, firstStep, DELAY_MS.notification);
      return changeCharge(desk, first, patchOf(first, 'approve', now));
    }
    default:
      return changeCharge(desk, charge, { ...patchOf(charge, opening, now), plan: charge.plan });
  }
}
