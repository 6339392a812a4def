import { EVENT_TYPES } from '../events/event.ts';
import type { Clock } from '../kernel/clock.ts';
import { lowestId, newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { type WebhookEndpoint, wants } from './endpoint.ts';
import { refuseExpired } from './event-expired.ts';
import { endReplay, type Replay, type ReplayedStatus } from './replay.ts';
import { type Owner, selectEndpoint } from './store.ts';
import { countSelected, insertReplay, lockRunningReplay, selectReplay, updateReplay } from './store-replays.ts';

export interface ReplayWish {
  readonly since: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** What of the period lies before is passed over. */
  readonly keptSince: Temporal.Instant;
  /** Those that the endpoint asks for unless given. */
  readonly eventTypes?: readonly string[] | undefined;
  readonly statuses: readonly ReplayedStatus[];
  readonly ratePerSecond: number;
}

/** More than a busy tenant's day; a longer past is replayed in parts. */
const REPLAYED_EVENTS_MAX = 500_000;

/**
 * What a replay would do: the replay that `startReplay` would begin, kept nowhere.
 * @throws Problem not_found, event_expired where nothing of the period is kept, validation_failed where the selection is too
 * large
 */
export async function previewReplay(
  db: Queryable,
  clock: Clock,
  owner: Owner,
  endpointId: string,
  wish: ReplayWish,
): Promise<Replay> {
  const endpoint = await selectEndpoint(db, owner, endpointId);
  if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
  const { until, keptSince, statuses, ratePerSecond } = wish;
  refuseExpired(lowestId('evt', until), keptSince);
  const since = Temporal.Instant.compare(wish.since, keptSince) < 0 ? keptSince : wish.since;
  const { tenantId, mode } = endpoint;
  const selection = { since, until, statuses, eventTypes: typesOf(endpoint, wish.eventTypes) };
  const scope = { tenantId, mode, endpointId, selection };
  const { lookedAt, selected } = await countSelected(db, scope, REPLAYED_EVENTS_MAX + 1);
  if (lookedAt > REPLAYED_EVENTS_MAX) {
    const detail = `Must leave at most ${REPLAYED_EVENTS_MAX} events of these types since then`;
    throw new Problem('validation_failed', 'The period is too long.', { errors: [{ pointer: '/until', detail }] });
  }
  const now = clock.now();
  return {
    ...scope,
    replayId: newId('rp', clock),
    ratePerSecond,
    status: 'running',
    eventsSelected: selected,
    deliveriesMade: 0,
    cursor: null,
    stopReason: null,
    createdAt: now,
    updatedAt: now,
    endedAt: null,
  };
}

/** What the dialect has no word for would end as a delivery that says nothing. */
function typesOf(endpoint: WebhookEndpoint, given: readonly string[] | undefined): readonly string[] {
  const dialect = findDialect(endpoint.dialect);
  const wanted = given ?? EVENT_TYPES.filter((type) => wants(endpoint, type));
  return [...new Set(wanted)].filter((type) => dialect.speaks(type));
}

/** Begins a replay, in the caller's transaction. @throws Problem state_conflict where one of the endpoint's is running */
export async function startReplay(tx: Queryable, clock: Clock, replay: Replay): Promise<void> {
  try {
    await insertReplay(tx, replay);
  } catch (error) {
    if (violatedConstraint(error) !== 'replays_running_key') throw error;
    throw new Problem('state_conflict', 'A replay to this endpoint is running. Wait for its end, or cancel it.');
  }
  // One lane for each endpoint, not for each replay: lanes stay few.
  const { tenantId, endpointId } = replay;
  await addLaneWork(tx, [{ kind: 'replay', laneId: endpointId, tenantId, dueAt: clock.now() }]);
}

/**
 * Ends a replay; what it has made is sent all the same, and deliveries stand for themselves. In the caller's transaction.
 * @throws Problem not_found, state_conflict where it has ended
 */
export async function cancelReplay(tx: Queryable, clock: Clock, owner: Owner, replayId: string): Promise<Replay> {
  const wanted = await selectReplay(tx, owner, replayId);
  if (wanted === null) throw new Problem('not_found', 'There is no such replay.');
  const replay = await lockRunningReplay(tx, owner.tenantId, wanted.endpointId);
  if (replay?.replayId !== replayId) throw new Problem('state_conflict', 'This replay has ended.');
  const canceled = endReplay(replay, 'canceled', clock.now());
  await updateReplay(tx, canceled);
  return canceled;
}
