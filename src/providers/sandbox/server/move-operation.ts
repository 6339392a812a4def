import type { Charge } from './charge.ts';
import { type Desk, storeCharge, tellOfOperation } from './desk.ts';
import { chargeAfter, mayFailLate, type Operation } from './operation.ts';

/** Puts a new operation on the books of its charge and tells of it; call inside a transaction. */
export function addOperation(desk: Desk, charge: Charge, operation: Operation): Charge {
  desk.store.operations.insert(operation);
  const changed = storeCharge(desk, charge, chargeAfter(charge, operation, null, operation.state));
  tellOfOperation(desk, changed, operation);
  return changed;
}

/** Does what was planned for an operation and tells of it; call inside a transaction. */
export function settleOperation(desk: Desk, charge: Charge, operation: Operation): Charge {
  const planned = operation.plan?.state ?? operation.state;
  const to = planned === 'failed' && !mayFailLate(charge, operation) ? operation.state : planned;
  desk.store.operations.settle(operation.id, to);
  if (to === operation.state) return charge;
  const changed = storeCharge(desk, charge, chargeAfter(charge, operation, operation.state, to));
  tellOfOperation(desk, changed, { ...operation, state: to, plan: null });
  return changed;
}
