import { currentCharge } from './advance-charge.ts';
import type { Charge } from './charge.ts';
import { checkTarget, type Desk, newObjectId, nowMs } from './desk.ts';
import { addOperation } from './move-operation.ts';
import { ID_PREFIXES, type Operation, type OperationKind } from './operation.ts';
import { Refusal } from './refusal.ts';
import { contentHashOf, type OperationRequest } from './requests.ts';
import { DELAY_MS, type Delivery, endingOfAmount } from './scenario.ts';

export interface OperationOfCharge {
  readonly operation: Operation;
  readonly charge: Charge;
}

export interface MadeOperation extends OperationOfCharge {
  readonly created: boolean;
  /** How the request is to be answered; a repeated one is always answered whole. */
  readonly answer: Delivery;
}

/** What is wanted of a charge, by a merchant's request or at the console. */
interface Wish {
  readonly kind: OperationKind;
  readonly amount: bigint;
  readonly final: boolean;
  readonly notificationUrl: string;
  readonly reference: string | null;
  readonly contentHash: string | null;
}

/**
 * Captures, refunds or reverses, or finds what the same request made before; committed when this returns.
 * @throws Refusal charge_not_found | reference_conflict | state_conflict | validation_failed | amount_not_available |
 * target_not_allowed | not_executed
 */
export function makeOperation(
  desk: Desk,
  merchantCode: string,
  chargeReference: string,
  kind: OperationKind,
  request: OperationRequest,
): MadeOperation {
  const { reference, amount, final = false, notificationUrl } = request;
  const contentHash = contentHashOf({ ...request, chargeReference });
  const made = desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, chargeReference);
    // The look comes before every rule: a repeat must find what was made even where the rules would refuse it by now.
    const known = desk.store.operations.byReference(merchantCode, kind, reference);
    if (known !== null) {
      if (known.contentHash !== contentHash) {
        throw new Refusal('reference_conflict', `This reference names a ${kind} with other content`);
      }
      return { operation: known, charge, created: false, answer: 'whole' } as const;
    }
    if (request.currency !== charge.currency) {
      throw new Refusal('validation_failed', 'The currency is not that of the charge');
    }
    checkTarget(desk, notificationUrl);
    const wish: Wish = { kind, amount, final, notificationUrl, reference, contentHash };
    checkRules(desk, charge, wish);
    const { answer } = endingOfAmount(amount);
    if (answer !== 'not_executed') return carryOut(desk, charge, wish, answer);
    const isFirst = desk.store.operations.turnAway(merchantCode, kind, reference);
    return isFirst ? null : carryOut(desk, charge, wish, 'whole');
  });
  // Outside of the transaction, which keeps in mind that this reference has been turned away.
  if (made === null) throw new Refusal('not_executed', 'We are closed: nothing was done');
  return made;
}

/**
 * Captures or refunds at the provider's console: without a reference, so a repeat is a second one, and answered whole.
 * @throws Refusal charge_not_found | state_conflict | amount_not_available
 */
export function makeAtConsole(
  desk: Desk,
  merchantCode: string,
  chargeReference: string,
  { kind, amount, final }: Pick<Wish, 'kind' | 'amount' | 'final'>,
): OperationOfCharge {
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, chargeReference);
    const { notificationUrl } = charge;
    const wish: Wish = { kind, amount, final, notificationUrl, reference: null, contentHash: null };
    checkRules(desk, charge, wish);
    return carryOut(desk, charge, wish, 'whole');
  });
}

/** @throws Refusal charge_not_found | capture_not_found | refund_not_found | reversal_not_found */
export function findOperation(
  desk: Desk,
  merchantCode: string,
  chargeReference: string,
  kind: OperationKind,
  reference: string,
): OperationOfCharge {
  return desk.store.transaction(() => {
    const charge = currentCharge(desk, merchantCode, chargeReference);
    const operation = desk.store.operations.byReference(merchantCode, kind, reference);
    if (operation?.chargeId !== charge.id) {
      throw new Refusal(`${kind}_not_found`, `This charge has no ${kind} with this reference`);
    }
    return { operation, charge };
  });
}

function carryOut(desk: Desk, charge: Charge, wish: Wish, answer: Delivery): MadeOperation {
  const now = nowMs(desk);
  const { state, later } = endingOfAmount(wish.amount);
  const operation: Operation = {
    id: newObjectId(ID_PREFIXES[wish.kind]),
    ...wish,
    chargeId: charge.id,
    merchantCode: charge.merchantCode,
    state,
    plan: later === null ? null : { state: later, at: now + DELAY_MS.operation },
    createdAt: now,
  };
  return { operation, charge: addOperation(desk, charge, operation), created: true, answer };
}

function checkRules(desk: Desk, charge: Charge, wish: Wish): void {
  switch (wish.kind) {
    case 'capture':
      checkCapture(charge, wish, nowMs(desk));
      break;
    case 'refund':
      checkRefund(charge, wish);
      break;
    case 'reversal':
      checkReversal(desk, charge, wish);
  }
}

function checkCapture(charge: Charge, { amount }: Wish, now: number): void {
  if (charge.state !== 'authorized') throw new Refusal('state_conflict', `The charge is ${charge.state}`);
  if (charge.closedBy !== null) throw new Refusal('state_conflict', 'A final capture is under way');
  if (charge.authorizationExpiresAt !== null && charge.authorizationExpiresAt <= now) {
    throw new Refusal('state_conflict', 'The authorization has come to its end');
  }
  if (amount > charge.amountAuthorized - charge.amountCaptured - charge.amountCapturePending) {
    throw new Refusal('amount_not_available', 'The amount exceeds what is left of the authorization');
  }
}

function checkRefund(charge: Charge, { amount }: Wish): void {
  if (charge.amountCaptured === 0n) throw new Refusal('state_conflict', `The charge is ${charge.state}`);
  if (charge.amountReversed > 0n) throw new Refusal('state_conflict', 'The charge is reversed, or about to be');
  if (amount > charge.amountCaptured - charge.amountRefunded) {
    throw new Refusal('amount_not_available', 'The amount exceeds what is left of the capture');
  }
}

function checkReversal(desk: Desk, charge: Charge, { amount }: Wish): void {
  if (charge.state !== 'captured') throw new Refusal('state_conflict', `The charge is ${charge.state}`);
  if (charge.amountReversed > 0n) throw new Refusal('state_conflict', 'The charge is reversed, or about to be');
  if (charge.amountRefunded > 0n) throw new Refusal('state_conflict', 'The charge is refunded, even if in part');
  const dispute = desk.store.disputes.ofCharge(charge.id);
  if (dispute !== null && dispute.state !== 'won') {
    throw new Refusal('state_conflict', 'The charge is disputed: its money is not there to go back a second time');
  }
  if (amount !== charge.amountCaptured) {
    throw new Refusal('amount_not_available', 'A reversal undoes the whole capture, no more and no less');
  }
}
