import type { TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { readInboundEvent } from './read-inbound-event.ts';
import { updateResolved } from './store.ts';
import type { InboundEventRow } from './store-lists.ts';

/**
 * Settles a notification that was set aside, with who did it and why. Nothing is applied.
 * @throws Problem not_found, or state_conflict where it is not set aside (any more)
 */
export async function resolveInboundEvent(
  { database, clock }: Pick<PaymentContext, 'database' | 'clock'>,
  caller: TenantCaller,
  id: string,
  note: string,
): Promise<InboundEventRow> {
  const event = await readInboundEvent(database.query, caller, id);
  const named = { tenantId: event.tenant_id, inboundEventId: event.inbound_event_id };
  await database.transaction(async (tx) => {
    if (!(await updateResolved(tx, named, { note, actor: caller.actor, at: clock.now() }))) {
      throw new Problem('state_conflict', 'Only a notification that is set aside can be settled.');
    }
  });
  return readInboundEvent(database.query, caller, id);
}
