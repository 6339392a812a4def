import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import { acknowledgeEvents, nextEvents, startListening, stopListening } from '../notifications/follow-events.ts';
import type { Database } from '../platform/database.ts';
import type { EventStream } from '../platform/http/event-stream.ts';
import type { StreamLine } from '../platform/http/stream-answer.ts';
import type { Logger } from '../platform/log.ts';
import type { ChangeAnswer } from './api.ts';
import { changeOf, RecentChanges } from './recent-changes.ts';

export interface ChangeFeedContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts when the server is closing. */
  readonly closing: AbortSignal;
}

interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** What one tenant's streams of a mode in this process have in common. */
interface Feed {
  readonly recent: RecentChanges;
  readonly streams: Set<EventStream>;
  readonly ending: AbortController;
}

/** Each holds a connection. */
const STREAMS_MAX = 2_000;
const STREAMS_OF_FEED_MAX = 100;
const EVENTS_MAX = 100;
const WAIT_MS = 20_000;
/** Somebody who leaves one page for another comes back at once, and shall find what was missed. */
const LINGER_MS = 30_000;

/**
 * Tells streams what changes. All streams of a tenant and mode in one process share one listener, to which the relay
 * brings what was committed, from whatever process; while nobody looks there is none.
 */
export function createChangeFeed(context: ChangeFeedContext) {
  const feeds = new Map<string, Promise<Feed>>();
  let open = 0;
  return {
    /** Makes ready to tell; returns what opens the stream. @throws Problem unavailable where there are too many */
    async follow(owner: Owner): Promise<(line: StreamLine) => void> {
      const feed = await feedOf(owner);
      if (open >= STREAMS_MAX || feed.streams.size >= STREAMS_OF_FEED_MAX) {
        throw new Problem('unavailable', 'Too many streams are open; read anew every now and then instead.', {
          retryAfterSeconds: 30,
        });
      }
      return (line) => {
        open++;
        const stream = line.open(() => {
          open--;
          feed.streams.delete(stream);
        });
        feed.streams.add(stream);
        if (feed.ending.signal.aborted) return stream.end();
        const missed = feed.recent.after(line.lastEventId);
        const ready: ChangeAnswer = { type: 'ready', resumed: missed !== null };
        stream.send({ id: missed === null ? feed.recent.position : (line.lastEventId ?? ''), data: ready });
        for (const one of missed ?? []) stream.send(one);
      };
    },
  };

  function feedOf(owner: Owner): Promise<Feed> {
    const name = `${owner.mode} ${owner.tenantId}`;
    const known = feeds.get(name);
    if (known !== undefined) return known;
    const opening = openFeed(owner, () => feeds.delete(name));
    feeds.set(name, opening);
    opening.catch(() => feeds.delete(name));
    return opening;
  }

  async function openFeed(owner: Owner, ended: () => void): Promise<Feed> {
    const { listenerId } = await startListening(context, owner, ['*']).catch(tooManyListeners);
    const feed: Feed = { recent: new RecentChanges(listenerId), streams: new Set(), ending: new AbortController() };
    void feedStreams(owner, listenerId, feed).then(ended);
    return feed;
  }

  /** Passes on what happens until nobody has looked for a while. Never rejects. */
  async function feedStreams(owner: Owner, listenerId: string, feed: Feed): Promise<void> {
    let lookedAtMs = performance.now();
    try {
      while (!context.closing.aborted && performance.now() - lookedAtMs < LINGER_MS) {
        const events = await nextEvents(context, owner, listenerId, { limit: EVENTS_MAX, waitMs: WAIT_MS });
        for (const event of events) {
          const change = feed.recent.add(changeOf(event));
          for (const stream of feed.streams) stream.send(change);
        }
        const taken = events.map(({ eventId }) => eventId);
        if (taken.length > 0) await acknowledgeEvents(context, owner, listenerId, taken);
        if (feed.streams.size > 0) lookedAtMs = performance.now();
      }
    } catch (error) {
      context.log.warn({ error }, 'Streams of changes ended early');
    }
    // Whoever opened one at the last moment is ended too, and comes back to a new feed.
    feed.ending.abort();
    for (const stream of feed.streams) stream.end();
    await stopListening(context, owner, listenerId).catch(() => undefined);
  }
}

/** Whoever reads a stream can do nothing about listeners, and may try again. */
function tooManyListeners(error: unknown): never {
  const isTooMany = error instanceof Problem && error.code === 'state_conflict';
  throw isTooMany ? new Problem('unavailable', error.message, { retryAfterSeconds: 30 }) : error;
}
