import type { RawBuilder } from 'kysely';
import type { EventHead } from '../events/event.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { pause } from '../platform/deadline.ts';
import { type Listener, listenerExpiry } from './listener.ts';
import type { Owner } from './store.ts';
import type { StoredEvent } from './store-deliveries.ts';
import {
  deleteExpired,
  deleteListened,
  deleteListener,
  insertListenedOfTaken,
  insertListener,
  lockListenersOf,
  prolongListener,
  selectListened,
} from './store-listeners.ts';

export interface FollowContext {
  readonly database: Database;
  readonly clock: Clock;
  /** Aborts when the server that waits is closing. */
  readonly closing: AbortSignal;
}

/** Every event is copied once for each, so that there are not more than a team needs. */
const LISTENERS_MAX = 20;
/** Between two looks while nothing is there. The relay may run in another process, so that nobody could wake us. */
const POLL_MS = 250;

/**
 * Begins to keep events for a program that will ask for them. Removes listeners of the tenant that nobody asks for any
 * more. @throws Problem state_conflict where there are too many
 */
export function startListening(
  { database, clock }: FollowContext,
  { tenantId, mode }: Owner,
  eventTypes: readonly string[],
): Promise<Listener> {
  return database.transaction(async (tx) => {
    const now = clock.now();
    await deleteExpired(tx, tenantId, now);
    if ((await lockListenersOf(tx, tenantId)) >= LISTENERS_MAX) {
      throw new Problem('state_conflict', `At most ${LISTENERS_MAX} programs may listen at once; end one of them.`);
    }
    const listenerId = newId('lis', clock);
    const listener = { tenantId, mode, listenerId, eventTypes, createdAt: now, expiresAt: listenerExpiry(now) };
    await insertListener(tx, listener);
    return listener;
  });
}

/** Ends a listener. @throws Problem not_found */
export async function stopListening({ database }: FollowContext, owner: Owner, listenerId: string): Promise<Listener> {
  // Refused within the transaction: one that commits says that something was done.
  return database.transaction(async (tx) => found(await deleteListener(tx, owner, listenerId)));
}

interface Question {
  readonly limit: number;
  /** How long to wait where nothing is there. */
  readonly waitMs: number;
}

/** Who waits in this process, each by its listener: a later question of the same one ends the earlier. */
const waiting = new Map<string, AbortController>();

/**
 * What a listener has not taken yet, oldest first; waits for the first of it. The same events come again until they are
 * acknowledged, so that an answer that gets lost loses nothing.
 * @throws Problem not_found
 */
export async function nextEvents(
  { database: { query: db }, clock, closing }: FollowContext,
  owner: Owner,
  listenerId: string,
  { limit, waitMs }: Question,
): Promise<readonly StoredEvent[]> {
  const now = clock.now();
  const listener = found(await prolongListener(db, owner, listenerId, { now, expiresAt: listenerExpiry(now) }));
  const own = new AbortController();
  waiting.get(listenerId)?.abort();
  waiting.set(listenerId, own);
  const ended = AbortSignal.any([own.signal, closing]);
  const waitUntil = performance.now() + waitMs;
  try {
    for (;;) {
      const events = await selectListened(db, listener, limit);
      // Ended while it was asked about: there is nothing to wait for any more.
      if (events === null) return [];
      if (events.length > 0 || ended.aborted || performance.now() >= waitUntil) return events;
      await pause(Math.min(POLL_MS, waitUntil - performance.now()), ended);
    }
  } finally {
    if (waiting.get(listenerId) === own) waiting.delete(listenerId);
  }
}

/** Takes events off a listener's list; returns how many were still on it. @throws Problem not_found */
export async function acknowledgeEvents(
  { database: { query: db }, clock }: FollowContext,
  owner: Owner,
  listenerId: string,
  eventIds: readonly string[],
): Promise<number> {
  const now = clock.now();
  const listener = found(await prolongListener(db, owner, listenerId, { now, expiresAt: listenerExpiry(now) }));
  return deleteListened(db, listener, eventIds);
}

/** What the relay writes besides deliveries: events for who listens. null where there are none. */
export function keepForListeners(events: readonly EventHead[], now: Temporal.Instant): RawBuilder<unknown> | null {
  return events.length === 0 ? null : insertListenedOfTaken(events, now);
}

function found(listener: Listener | null): Listener {
  if (listener === null) throw new Problem('not_found', 'There is no such listener, or it was not heard of for a day.');
  return listener;
}
