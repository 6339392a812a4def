import type { Clock } from '../kernel/clock.ts';
import type { Queryable } from '../platform/database.ts';
import { asReset, CLOSED, isUnblemished } from './circuit.ts';
import { type CircuitOwner, keyOf, lockCircuits, updateCircuits } from './store.ts';

/**
 * Closes an account's circuit, because a person knows better; what was sent before counts no more. One without
 * failures stays as it is. Runs in the caller's transaction.
 */
export async function resetCircuit(tx: Queryable, clock: Clock, owner: CircuitOwner): Promise<void> {
  const now = clock.now();
  const circuit = (await lockCircuits(tx, [owner], now)).get(keyOf(owner)) ?? CLOSED;
  if (!isUnblemished(circuit)) await updateCircuits(tx, [{ ...owner, circuit: asReset(now) }], now);
}
