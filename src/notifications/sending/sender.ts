import { randomInt } from 'node:crypto';
import { pause } from '../../platform/deadline.ts';
import type { Logger } from '../../platform/log.ts';
import { forTenants } from '../../platform/tenant-scope.ts';
import type { DeliveryHook } from '../delivery-hooks.ts';
import { LineForSockets } from './line-for-sockets.ts';
import type { OpenLane } from './open-lane.ts';
import type { ReadLane } from './read-lanes.ts';
import type { Recorded, Sent } from './record-sent.ts';
import { canceled, type ReadyDelivery, type SentDelivery } from './send-delivery.ts';
import type { SocketBudget } from './socket-budget.ts';

interface SenderOptions {
  readonly budget: SocketBudget;
  readonly log: Logger;
  readonly now: () => Temporal.Instant;
  readonly hooks: readonly DeliveryHook[];
  readonly send: (ready: ReadyDelivery) => Promise<SentDelivery | null>;
  readonly record: (sent: Sent) => Promise<Recorded>;
  /** A lane wants to be read, or is not ours any more. */
  readonly onChange: () => void;
  readonly onClosed: (open: OpenLane) => void;
}

/** How soon a lane is tried again whose deliveries we ourselves could not send. */
const PAUSE_WHEN_HELD_UP_MS = 1_000;
/** Others said that it may not be sent, or broke; or another receiver in the lane is held. */
const PAUSE_WHEN_REFUSED_MS = 5_000;
const PAUSE_WHEN_OTHERS_HELD_MS = 60_000;
/** A lane that gets no socket for so long is left to other processes and to its next turn. */
const BLOCKED_MS = 250;
/** What is waited for here is too near to be given up. */
const NEVER = new AbortController().signal;
const PAUSE_WHEN_BLOCKED_MS = 1_000;
const RECORD_AGAIN_MS = 500;
const RECORD_LIMIT_MS = 15_000;

/** Sends what waits in open lanes, as many at a time as each receiver bears and sockets allow, and has it recorded. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #line: LineForSockets;
  readonly #asking: readonly DeliveryHook[];
  #pumpsSoon = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#line = new LineForSockets(options.budget);
    this.#asking = options.hooks.filter((hook) => hook.beforeSend !== undefined);
  }

  /** How many lanes could send and have no socket. */
  get blocked(): number {
    return this.#line.length;
  }

  /** Takes over what was read of a lane. */
  accept(open: OpenLane, read: ReadLane): void {
    const nowMs = performance.now();
    if (open.state !== 'open') return;
    open.noteRead(read, nowMs);
    for (const ready of read.ready) {
      open.take(ready.delivery.deliveryId);
      open.waiting.push(ready);
    }
    // The turn must not end with the first of them.
    open.recording++;
    for (const { delivery, why } of read.ended) {
      open.take(delivery.deliveryId);
      void this.#record(open, delivery.deliveryId, canceled(delivery, why));
    }
    open.recording--;
    if (read.ready.length === 0) {
      if (read.asleep) open.asleep = true;
      else if (read.held) open.pauseMs = PAUSE_WHEN_OTHERS_HELD_MS;
    }
    if (read.delayed && read.ready.length === 0) open.pauseMs = PAUSE_WHEN_HELD_UP_MS;
    this.#line.add(open, nowMs);
    this.endIfDone(open);
  }

  /** Begins whatever may begin now. */
  pump(): void {
    const groups = new Map<OpenLane, ReadyDelivery[]>();
    for (let open = this.#line.next(); open !== null; open = this.#line.next()) {
      const nowMs = performance.now();
      if (nowMs >= open.leasedUntilMs) {
        this.lose(open);
        continue;
      }
      const waitMs = open.pace.waitForRate(open.waiting[0]?.receiver.settings?.rateLimit ?? null, nowMs);
      if (waitMs > 0) {
        this.#comeBackIn(open, waitMs);
        continue;
      }
      const ready = open.waiting.shift();
      if (ready === undefined) continue;
      this.#options.budget.take(open.countedAs, open.lane.tenantId);
      open.underWay.set(ready.delivery.deliveryId, nowMs);
      this.#line.add(open, nowMs);
      const group = groups.get(open);
      if (group === undefined) groups.set(open, [ready]);
      else group.push(ready);
    }
    for (const [open, group] of groups) {
      if (this.#asking.length > 0) void this.#beginAllowed(open, group);
      else for (const ready of group) void this.#fly(open, ready);
    }
  }

  /** Answers that are read from the sockets in one turn of the event loop are followed by what they leave room for together. */
  #pumpSoon(): void {
    if (this.#pumpsSoon) return;
    this.#pumpsSoon = true;
    setImmediate(() => {
      this.#pumpsSoon = false;
      this.pump();
    });
  }

  /** Looks at what has been under way for long, and gives back lanes that get no socket. */
  watch(lanes: Iterable<OpenLane>): void {
    const nowMs = performance.now();
    for (const open of lanes) {
      const [oldest] = open.underWay.values();
      if (oldest !== undefined) {
        open.pace.noteUnanswered(nowMs - oldest);
        this.#recount(open);
      } else if (open.inLine && open.blockedSinceMs !== null && nowMs - open.blockedSinceMs > BLOCKED_MS) {
        open.pauseMs = PAUSE_WHEN_BLOCKED_MS + randomInt(PAUSE_WHEN_BLOCKED_MS);
        open.dropWaiting();
      }
      open.refreshWaiting(nowMs);
      this.endIfDone(open);
    }
  }

  /** The lane is somebody else's: nothing more of it is begun, and what is under way will not be recorded. */
  lose(open: OpenLane): void {
    if (open.state === 'lost') return;
    open.state = 'lost';
    open.dropWaiting();
    this.#options.onClosed(open);
  }

  /** Gives a lane back of which nothing is left to be done. */
  endIfDone(open: OpenLane): void {
    if (!open.isDone) return;
    open.state = 'ending';
    void this.#write({ open, sent: null, ends: true });
  }

  async #beginAllowed(open: OpenLane, group: readonly ReadyDelivery[]): Promise<void> {
    const may = new Set(await forTenants([open.lane.tenantId], () => this.#askHooks(open, group)));
    for (const ready of group) {
      if (may.has(ready)) void this.#fly(open, ready);
      else this.#landed(open, ready, null, PAUSE_WHEN_REFUSED_MS);
    }
  }

  /** Those that every hook lets through; hooks are asked about each receiver by itself. */
  async #askHooks(open: OpenLane, group: readonly ReadyDelivery[]): Promise<readonly ReadyDelivery[]> {
    try {
      let left = [...group];
      for (const [{ settings }, some] of Map.groupBy(group, ({ receiver }) => receiver)) {
        for (const hook of this.#asking) {
          const asked = some.filter((ready) => left.includes(ready));
          if (asked.length === 0) break;
          const ids = await hook.beforeSend?.(
            settings,
            asked.map(({ delivery }) => delivery),
          );
          left = left.filter((ready) => !asked.includes(ready) || ids?.has(ready.delivery.deliveryId) === true);
        }
      }
      return left;
    } catch (error) {
      this.#options.log.error(
        { lane: open.lane.laneId, error },
        'It could not be made sure that deliveries may be sent',
      );
      return [];
    }
  }

  async #fly(open: OpenLane, ready: ReadyDelivery): Promise<void> {
    try {
      const sent = await this.#options.send(ready);
      this.#landed(open, ready, sent, sent === null ? PAUSE_WHEN_HELD_UP_MS : 0);
    } catch (error) {
      this.#options.log.error({ lane: open.lane.laneId, error }, 'A delivery could not be sent');
      this.#landed(open, ready, null, PAUSE_WHEN_REFUSED_MS);
    }
  }

  #landed(open: OpenLane, { delivery, receiver }: ReadyDelivery, sent: SentDelivery | null, pauseMs: number): void {
    const { tenantId } = open.lane;
    open.underWay.delete(delivery.deliveryId);
    this.#options.budget.giveBack(open.countedAs, tenantId);
    this.#line.bringBack(tenantId);
    if (sent?.sign != null) {
      open.pace.note(sent.sign);
      this.#recount(open);
      // Where silence costs money, every second of the window counts; a fuse ends it, not patience.
      const holdMs = receiver.settings?.ackPolicy.type === 'reverse_on_no_ack' ? 0 : open.pace.holdMs;
      open.heldUntil = holdMs === 0 ? null : this.#options.now().add({ milliseconds: holdMs });
    }
    if (sent?.gone === true) open.asleep = true;
    if (pauseMs > 0) open.pauseMs = pauseMs;
    if (open.isOver) open.dropWaiting();
    if (sent === null) {
      open.leave(delivery.deliveryId);
      this.endIfDone(open);
    } else {
      void this.#record(open, delivery.deliveryId, sent);
    }
    const nowMs = performance.now();
    this.#line.add(open, nowMs);
    this.#pumpSoon();
    if (open.rowsWanted(nowMs) > 0) this.#options.onChange();
  }

  async #record(open: OpenLane, deliveryId: string, sent: SentDelivery): Promise<void> {
    const ends = open.isDone;
    if (ends) open.state = 'ending';
    open.recording++;
    await this.#write({ open, sent, ends });
    open.recording--;
    open.leave(deliveryId);
    this.endIfDone(open);
  }

  /** Tries for a while, should the database be away; after that somebody else sends again what was not recorded. */
  async #write(sent: Sent): Promise<void> {
    const { open } = sent;
    const untilMs = performance.now() + RECORD_LIMIT_MS;
    while (open.state !== 'lost') {
      try {
        return this.#recorded(open, await this.#options.record(sent));
      } catch (error) {
        this.#options.log.warn({ lane: open.lane.laneId, error }, 'What was sent could not be recorded');
        if (performance.now() >= Math.min(untilMs, open.leasedUntilMs)) return this.lose(open);
        await pause(RECORD_AGAIN_MS, NEVER);
      }
    }
  }

  #recorded(open: OpenLane, recorded: Recorded): void {
    if (recorded === 'lost') this.lose(open);
    else if (recorded === 'released') this.#options.onClosed(open);
    else if (recorded === 'kept') {
      open.goOn();
      this.#options.onChange();
    }
  }

  #comeBackIn(open: OpenLane, waitMs: number): void {
    open.awaitsRate = true;
    void pause(waitMs, NEVER).then(() => {
      open.awaitsRate = false;
      this.#line.add(open, performance.now());
      this.pump();
    });
  }

  /** Sockets count as what their lane is. */
  #recount(open: OpenLane): void {
    const { class: now } = open.pace;
    if (now === open.countedAs) return;
    this.#options.budget.move(open.underWay.size, open.countedAs, now);
    open.countedAs = now;
  }
}
