import type { ChangeAnswer } from './api.ts';

/** A change with its place in the stream. */
export interface PlacedChange {
  readonly id: string;
  readonly data: ChangeAnswer;
}

/** What came while a page was loaded anew, or a connection was lost for a minute. */
const KEPT_MAX = 500;

/** The last changes of one feed, numbered from 1. An id is `feed.number`, so that nobody goes on in a feed that it was not in. */
export class RecentChanges {
  readonly #feed: string;
  readonly #kept: PlacedChange[] = [];
  #count = 0;

  constructor(feed: string) {
    this.#feed = feed;
  }

  /** The id of the last one. */
  get position(): string {
    return `${this.#feed}.${this.#count}`;
  }

  add(data: ChangeAnswer): PlacedChange {
    this.#count++;
    const placed = { id: this.position, data };
    this.#kept.push(placed);
    if (this.#kept.length > KEPT_MAX) this.#kept.shift();
    return placed;
  }

  /** What came after an id; null where that is not known any more, or never was. */
  after(id: string | null): readonly PlacedChange[] | null {
    const [, feed, digits] = /^([a-z]+_[0-9a-z]+)\.(\d{1,15})$/.exec(id ?? '') ?? [];
    if (feed !== this.#feed) return null;
    const missed = this.#count - Number(digits);
    if (missed < 0 || missed > this.#kept.length) return null;
    return missed === 0 ? [] : this.#kept.slice(-missed);
  }
}

/** What a screen needs to know of an event: what to read anew, and nothing of what it says. */
export function changeOf(event: {
  readonly eventId: string;
  readonly type: string;
  readonly paymentId: string | null;
  readonly object: unknown;
  readonly createdAt: Temporal.Instant;
}): ChangeAnswer {
  const { eventId, type, paymentId, createdAt } = event;
  const object = (event.object ?? {}) as Readonly<Record<string, unknown>>;
  return {
    type: 'changed',
    eventType: type,
    eventId,
    object: typeof object.object === 'string' ? object.object : null,
    id: typeof object.id === 'string' ? object.id : null,
    version: typeof object.version === 'number' ? object.version : null,
    paymentId,
    at: createdAt.toString(),
  };
}
