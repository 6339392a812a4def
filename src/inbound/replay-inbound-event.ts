import { outboxRow } from '../events/event.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { findProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { replayOf } from './inbound-event.ts';
import { openRequest } from './inbound-row.ts';
import { readInboundEvent } from './read-inbound-event.ts';
import { updateReplayed } from './store.ts';
import type { InboundEventRow, Owner } from './store-lists.ts';
import { takeNotification } from './take-notification.ts';

/**
 * Takes a kept notification again: verified facts that were set aside go back to the worker, and what was refused for its
 * signature is verified anew, with today's keys and as of the time it came. Facts that were taken meanwhile from a copy
 * make it a duplicate; applying is repeatable; so nothing has an effect twice.
 * @throws Problem not_found, or state_conflict where there is nothing to be replayed or it still does not verify
 */
export async function replayInboundEvent(context: PaymentContext, owner: Owner, id: string): Promise<InboundEventRow> {
  const { query } = context.database;
  const event = await readInboundEvent(query, owner, id);
  switch (replayOf(event)) {
    case 'apply':
      await applyAgain(context, event);
      break;
    case 'verify':
      await verifyAgain(context, event);
      break;
    case 'nothing':
      throw new Problem('state_conflict', 'There is nothing in this notification to be applied or verified again.');
  }
  return readInboundEvent(query, owner, id);
}

async function applyAgain(context: PaymentContext, event: InboundEventRow): Promise<void> {
  const { database, clock } = context;
  const named = { tenantId: event.tenant_id, inboundEventId: event.inbound_event_id };
  const now = clock.now();
  const work = outboxRow(
    { tenantId: event.tenant_id, topic: 'inbound', subjectId: event.provider_account_id, dueAt: now },
    clock,
  );
  await database.transaction(async (tx) => {
    if (!(await updateReplayed(tx, named, now, work))) throw takenMeanwhile();
  });
  context.handOver([work]);
}

async function verifyAgain(context: PaymentContext, event: InboundEventRow): Promise<void> {
  const found = await findProviderAccount(context, event.provider, event.provider_account_id);
  if (found === null) throw new Problem('state_conflict', 'The account of this notification is gone.');
  const { account, provider, call } = found;
  const request = await openRequest(context, event);
  // Its stamp was fresh or not when it came; the time that passed since says nothing about it.
  const outcome = await provider.parseWebhook({ ...call, clock: { now: () => event.received_at } }, request);
  if (outcome.kind !== 'events') {
    throw new Problem('state_conflict', 'This notification still does not verify; nothing was taken.');
  }
  const kept = { inboundEventId: event.inbound_event_id, verdict: event.verdict };
  const taken = await takeNotification(context, account, request, outcome, kept);
  if (taken === null) throw takenMeanwhile();
  context.handOver(taken.work);
}

function takenMeanwhile(): Problem {
  return new Problem('state_conflict', 'This notification is being replayed already.');
}
