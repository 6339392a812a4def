import type { ClaimedLane, LaneRelease } from '../../platform/lanes.ts';
import type { LanePlace } from '../store-waiting.ts';
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
  readonly taken = new Set<string>();
  /** Where the last reading ended, while there is more behind it; what comes up before it is found at the turn's end. */
  after: LanePlace | null = null;
  /** Tries whose outcome is being written. */
  recording = 0;
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
    if (this.state !== 'open' || this.isOver || this.waiting.length >= sendsMax) return 0;
    if (!this.#hasMore && nowMs < this.#readAgainAtMs) return 0;
    return sendsMax * READ_FOR_EACH + (this.after === null ? this.taken.size : 0);
  }

  noteRead({ ready, ended, hasMore, last }: ReadLane, nowMs: number): void {
    this.#hasMore = hasMore;
    this.#readAtMs = nowMs;
    // Order is kept by passing over what may come up again before this place.
    const keepsOrder = ready.some(({ receiver }) => receiver.settings?.ordered === true);
    this.after = hasMore && !keepsOrder ? last : null;
    this.#readAgainMs =
      ready.length + ended.length > 0 ? READ_AGAIN_MS : Math.min(this.#readAgainMs * 2, READ_AGAIN_MS_MAX);
    this.#readAgainAtMs = nowMs + this.#readAgainMs;
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
    this.after = null;
  }

  /** What waits since long is read anew: its endpoint may have been paused, or it canceled. */
  refreshWaiting(nowMs: number): void {
    if (this.state !== 'open' || this.waiting.length === 0 || nowMs - this.#readAtMs < STALE_MS) return;
    this.dropWaiting();
    this.#hasMore = true;
  }

  /** Leaves what waits to its next turn. */
  dropWaiting(): void {
    this.after = null;
    for (const { delivery } of this.waiting.splice(0)) this.taken.delete(delivery.deliveryId);
  }
}
