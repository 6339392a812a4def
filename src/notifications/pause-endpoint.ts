import { unreachable } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { EndpointContext } from './change-endpoint.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { resetHealth } from './reset-health.ts';
import { lockEndpoint, type Owner, updateEndpoint } from './store.ts';
import { selectWaitingLanes } from './store-deliveries.ts';
import { discardOutdated, discardWaiting } from './store-held.ts';

/** What becomes of what was kept while an endpoint was paused. */
export type ResumeWith = 'all' | 'newest' | 'none';

const DISCARDED = 'Discarded when the endpoint was resumed';

/** Nothing more is begun for the endpoint, and what comes is kept. @throws Problem not_found */
export async function pauseEndpoint(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
): Promise<WebhookEndpoint> {
  return context.database.transaction(async (tx) => {
    const endpoint = await mustLock(tx, owner, endpointId);
    const paused = { ...endpoint, status: 'paused', updatedAt: context.clock.now() } as const;
    await updateEndpoint(tx, paused);
    return paused;
  });
}

/** Makes a paused or disabled endpoint active; an active one loses nothing. @throws Problem not_found */
export async function resumeEndpoint(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
  what: ResumeWith,
): Promise<WebhookEndpoint> {
  return context.database.transaction(async (tx) => {
    const endpoint = await mustLock(tx, owner, endpointId);
    // Nothing was kept, and what waits is on its way: a repeated resume must not discard it.
    if (endpoint.status === 'active') return endpoint;
    const active = { ...endpoint, status: 'active', updatedAt: context.clock.now() } as const;
    await resetHealth(tx, active);
    await updateEndpoint(tx, active);
    await wakeLanes(context, tx, active);
    await discard(tx, active, what);
    return active;
  });
}

/** Has the queues looked at in which something waits for an endpoint that is active again. */
export async function wakeLanes(
  { clock }: Pick<EndpointContext, 'clock'>,
  tx: Queryable,
  { tenantId, endpointId }: WebhookEndpoint,
): Promise<void> {
  const dueAt = clock.now();
  const laneIds = await selectWaitingLanes(tx, tenantId, endpointId);
  await addLaneWork(
    tx,
    laneIds.map((laneId) => ({ kind: 'delivery', laneId, tenantId, dueAt })),
  );
}

async function discard(tx: Queryable, { tenantId, endpointId }: WebhookEndpoint, what: ResumeWith): Promise<void> {
  switch (what) {
    case 'all':
      return;
    case 'newest':
      return discardOutdated(tx, tenantId, endpointId, DISCARDED);
    case 'none':
      return discardWaiting(tx, tenantId, endpointId, DISCARDED);
    default:
      return unreachable(what);
  }
}

/** The endpoint, locked until the transaction ends. @throws Problem not_found */
export async function mustLock(tx: Queryable, owner: Owner, endpointId: string): Promise<WebhookEndpoint> {
  const endpoint = await lockEndpoint(tx, owner, endpointId);
  if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
  return endpoint;
}
