import type { WholeRow } from '../platform/recordset.ts';
import type { EventHead } from './event.ts';

/** A committed outbox row, and the event it is about. */
export interface HandedOver {
  readonly row: WholeRow<'outbox'>;
  /** null where the row is about no event. */
  readonly event: EventHead | null;
}

/** Beyond this the relay is behind anyway, and finds the rows in the table. */
const ROWS_MAX = 20_000;

/**
 * Hands rows that were just committed to the relay of the same process, so that it need not look for them: a table that
 * is filled and emptied all the time is mostly dead rows, and looking through them cost more than passing on the living.
 * Only a short cut. What it loses, by a crash or for want of room, still stands in the table.
 */
export class RelayInbox {
  readonly #waiting = new Map<string, HandedOver>();
  readonly #wake: () => void;
  #isRead = false;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Called by the relay that will read it; without one nothing is kept. */
  open(): void {
    this.#isRead = true;
  }

  /** Called after the commit. A row about an event that is not among `events` was not written and is left out. */
  handOver(rows: readonly WholeRow<'outbox'>[], events: readonly EventHead[] = []): void {
    if (rows.length === 0) return;
    if (this.#isRead && this.#waiting.size + rows.length <= ROWS_MAX) {
      const byId = new Map(events.map((event) => [event.event_id, event]));
      for (const row of rows) {
        const event = row.topic === 'event' ? byId.get(row.subject_id) : null;
        if (event !== undefined) this.#waiting.set(row.outbox_id, { row, event });
      }
    }
    this.#wake();
  }

  /** Takes out up to `limit` rows, those first that came first. */
  take(limit: number): readonly HandedOver[] {
    const taken: HandedOver[] = [];
    for (const [id, handed] of this.#waiting) {
      if (taken.length === limit) break;
      taken.push(handed);
      this.#waiting.delete(id);
    }
    return taken;
  }

  /** Whether a row waits here, so that nobody need look it up. */
  holds(outboxId: string): boolean {
    return this.#waiting.has(outboxId);
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }
}
