import { type Charge, dueChange, wakeAt } from './charge.ts';
import { changeCharge, type Desk, nowMs } from './desk.ts';
import { decideDispute, openDispute } from './move-dispute.ts';
import { settleOperation } from './move-operation.ts';
import { Refusal } from './refusal.ts';

/** Something that is to happen to a charge by itself. */
interface DueStep {
  readonly at: number;
  readonly take: () => Charge;
}

/**
 * Does everything that has become due to a charge, its operations and its dispute, in the order of the plans; call
 * inside a transaction.
 */
export function advanceCharge(desk: Desk, charge: Charge): Charge {
  const now = nowMs(desk);
  let current = charge;
  for (;;) {
    const [first, ...others] = plannedSteps(desk, current);
    if (first === undefined) return current;
    // The first named goes first where two are due at the same instant.
    const next = others.reduce((earliest, step) => (step.at < earliest.at ? step : earliest), first);
    if (next.at > now) return current;
    current = next.take();
  }
}

function plannedSteps(desk: Desk, charge: Charge): readonly DueStep[] {
  const { store } = desk;
  const steps: DueStep[] = [];
  const operation = store.operations.nextPlanned(charge.id);
  if (operation?.plan != null) {
    steps.push({ at: operation.plan.at, take: () => settleOperation(desk, charge, operation) });
  }
  const wake = wakeAt(charge);
  if (wake !== null) steps.push({ at: wake, take: () => takeOwnStep(desk, charge) });
  const dispute = store.disputes.ofCharge(charge.id);
  if (dispute?.plan != null) {
    const { at, state } = dispute.plan;
    steps.push({
      at,
      take: () => {
        decideDispute(desk, charge, dispute, state);
        return charge;
      },
    });
  }
  return steps;
}

function takeOwnStep(desk: Desk, charge: Charge): Charge {
  const patch = dueChange(charge, nowMs(desk));
  return patch === null ? openDispute(desk, charge) : changeCharge(desk, charge, patch);
}

/** The charge with this reference, brought up to date; call inside a transaction. @throws Refusal charge_not_found */
export function currentCharge(desk: Desk, merchantCode: string, reference: string): Charge {
  const charge = desk.store.chargeByReference(merchantCode, reference);
  if (charge === null) throw new Refusal('charge_not_found', 'There is no charge with this reference');
  return advanceCharge(desk, charge);
}

/** Does what is due, for every charge. */
export function advanceDue(desk: Desk): void {
  const { store } = desk;
  for (const id of store.chargesToWake(nowMs(desk))) {
    store.transaction(() => {
      const charge = store.chargeById(id);
      if (charge !== null) advanceCharge(desk, charge);
    });
  }
}
