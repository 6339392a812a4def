import type { ClaimedLane, LaneRelease } from '../../platform/lanes.ts';
import type { LanePlace, LaneToRead } from '../store-waiting.ts';
import type { LaneClass, LanePace } from './lane-pace.ts';
import type { ReadLane } from './read-lanes.ts';
import type { ReadyDelivery } from './send-delivery.ts';

/** How much waiting work a lane has read, for each that may be under way. */
const READ_FOR_EACH = 6;
/** How long a lane that had nothing more is not asked again, while something of it is under way. */
const READ_AGAIN_MS = 20;
const READ_AGAIN_MS_MAX = 500;
/** How long what was read is believed. */
const STALE_MS = 1_000;

/** A lane that we hold: what was read of it, and what is under way. */
export class OpenLane {
  readonly lane: ClaimedLane;
  readonly pace: LanePace;
  readonly openedAtMs: number;
  /** `ending`: nothing more is begun; it is given back with what it ended with. `lost`: it is somebody else's. */
  state: 'open' | 'ending' | 'lost' = 'open';
  /** Until when the lease certainly holds, on the scale of performance.now(). */
  leasedUntilMs: number;
  readonly waiting: ReadyDelivery[] = [];
  /** When each try that is under way began, the oldest first. */
  readonly underWay = new Map<string, number>();
  /** Read, and still pending in the database: waiting, under way, or not recorded yet. */
  readonly #taken = new Set<string>();
  /** What ceased to be so since the last reading began, which may still bring it. */
  readonly #left = new Set<string>();
  /** Where the last reading ended: what stands before it was taken, unless something was added to the lane since. */
  #after: LanePlace | null = null;
  /** Tries whose outcome is being written. */
  recording = 0;
  /** Rows of it are on their way; it is read by one reading at a time. */
  isBeingRead = false;
  /** What its sockets are counted as. */
  countedAs: LaneClass;
  /** Whether it stands in a line for sockets, and since when it has not got any. */
  inLine = false;
  blockedSinceMs: number | null = null;
  /** What its end must wait for: a receiver that is held, a fault of ours, one that may not be sent yet. */
  pauseMs = 0;
  /** Its receiver's agreed rate is used up for the moment. */
  awaitsRate = false;
  /** It has had its turn, and others wait for theirs. */
  yields = false;
  /** Nothing is sent until somebody changes the receiver, who then wakes the lane. */
  asleep = false;
  /** Until when the receiver is left alone. */
  heldUntil: LaneRelease['heldUntil'] = null;
  /** Something that had been read was left to another reading, since this one began. */
  #isGivenUp = false;
  #hasMore = true;
  #readAtMs = 0;
  #readAgainAtMs = 0;
  #readAgainMs = READ_AGAIN_MS;

  constructor(lane: ClaimedLane, pace: LanePace, leasedUntilMs: number, nowMs: number) {
    this.lane = lane;
    this.pace = pace;
    this.leasedUntilMs = leasedUntilMs;
    this.openedAtMs = nowMs;
    this.countedAs = pace.class;
  }

  /** How many rows to read now; 0: there are enough, or it was asked just now. */
  rowsWanted(nowMs: number): number {
    const { sendsMax } = this.pace;
    if (this.state !== 'open' || this.isBeingRead || this.isOver || this.waiting.length >= sendsMax) return 0;
    if (!this.#hasMore && nowMs < this.#readAgainAtMs) return 0;
    return sendsMax * READ_FOR_EACH;
  }

  /** What to ask for when it is read now. */
  beginReading(rowsMax: number): LaneToRead {
    this.#left.clear();
    this.#isGivenUp = false;
    const { tenantId, laneId } = this.lane;
    return { tenantId, laneId, rowsMax, after: this.#after, rowsKnown: this.#taken.size };
  }

  /** Whether it was read before, or is what a reading that is under way would bring twice. */
  isTaken(deliveryId: string): boolean {
    return this.#taken.has(deliveryId) || this.#left.has(deliveryId);
  }

  take(deliveryId: string): void {
    this.#taken.add(deliveryId);
  }

  /** It is recorded, or left to another reading. */
  leave(deliveryId: string): void {
    this.#taken.delete(deliveryId);
    this.#left.add(deliveryId);
  }

  noteRead(read: ReadLane, nowMs: number): void {
    const { ready, ended, hasMore } = read;
    this.#hasMore = hasMore;
    this.#readAtMs = nowMs;
    this.#after = this.#placeAfter(read);
    this.#readAgainMs =
      ready.length + ended.length > 0 ? READ_AGAIN_MS : Math.min(this.#readAgainMs * 2, READ_AGAIN_MS_MAX);
    this.#readAgainAtMs = nowMs + this.#readAgainMs;
  }

  /** null: from the beginning again, since something before the place is yet to be sent that was not taken. */
  #placeAfter({ ready, hasMore, delayed, held, last }: ReadLane): LanePlace | null {
    if (this.#isGivenUp) return null;
    // Order is kept by passing over what may come up again before this place.
    if (ready.some(({ receiver }) => receiver.settings?.ordered === true)) return null;
    return hasMore || !(delayed || held) ? (last ?? this.#after) : null;
  }

  get maySend(): boolean {
    if (this.state !== 'open' || this.awaitsRate) return false;
    return this.waiting.length > 0 && this.underWay.size < this.pace.sendsMax;
  }

  /** Whether its turn ends with what is under way. */
  get isOver(): boolean {
    return this.asleep || this.yields || this.pauseMs > 0 || this.heldUntil !== null;
  }

  /** Whether nothing of it is left to be done: sent, recorded, or worth another look now. */
  get isDone(): boolean {
    if (this.state !== 'open' || this.waiting.length > 0 || this.underWay.size > 0) return false;
    return this.recording === 0 && (this.isOver || !this.#hasMore);
  }

  /** It was about to be given back, and there is more. */
  goOn(): void {
    this.state = 'open';
    this.#hasMore = true;
    this.#after = null;
    this.#isGivenUp = true;
  }

  /** What waits since long is read anew: its endpoint may have been paused, or it canceled. */
  refreshWaiting(nowMs: number): void {
    if (this.state !== 'open' || this.waiting.length === 0 || nowMs - this.#readAtMs < STALE_MS) return;
    this.dropWaiting();
    this.#hasMore = true;
  }

  /** Leaves what waits to its next turn. */
  dropWaiting(): void {
    this.#after = null;
    this.#isGivenUp = true;
    for (const { delivery } of this.waiting.splice(0)) this.leave(delivery.deliveryId);
  }
}
