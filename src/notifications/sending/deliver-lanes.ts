import type { Mode } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Sealer } from '../../keys/sealer.ts';
import type { Database } from '../../platform/database.ts';
import { pause } from '../../platform/deadline.ts';
import { type ClaimedLane, claimLanes, renewLanes } from '../../platform/lanes.ts';
import type { Logger } from '../../platform/log.ts';
import type { OutboundHttp } from '../../platform/outbound-http.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import { forTenants } from '../../platform/tenant-scope.ts';
import type { Wakeup } from '../../platform/wakeup.ts';
import type { TenantClocks } from '../../test-clocks/tenant-clock.ts';
import type { DeliveryHook } from '../delivery-hooks.ts';
import { KnownEvents } from './known-events.ts';
import { KnownReceivers } from './known-receivers.ts';
import { LanePace } from './lane-pace.ts';
import { OpenLane } from './open-lane.ts';
import { type LaneToRead, readLanes } from './read-lanes.ts';
import { createRecorder } from './record-sent.ts';
import { sendDelivery } from './send-delivery.ts';
import { Sender } from './sender.ts';
import { SHARES, SocketBudget } from './socket-budget.ts';

export interface DeliveryContext {
  readonly database: Database;
  readonly sealer: Sealer;
  /** The machine's time, which is stamped and signed; schedules go by the tenant's. */
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  readonly log: Logger;
  readonly wakeup: Wakeup;
  /** The way out for deliveries of a mode; private addresses at most in test mode. */
  readonly http: (mode: Mode) => OutboundHttp;
  readonly hooks: readonly DeliveryHook[];
  /** Requests under way at the same time. */
  readonly socketsMax?: number;
}

/** A process that dies is found out after this, together with the poll: deliveries go on within half a minute. */
const LEASE_MS = 25_000;
const RENEW_MS = 8_000;
/** What the lease loses on the way to the database and back, and by clocks that do not run alike. */
const LEASE_MARGIN_MS = 3_000;
const SOCKETS_MAX = 800;
/** More than there are sockets, since some have nothing left but their record to be written. */
const LANES_MAX = 1_024;
const CLAIMED_MAX = 64;
/** Lanes that wait for a socket; more would only be kept from other processes. */
const BLOCKED_MAX = 128;
/** Work that is due now is announced by the relay; only what becomes due by itself waits for the poll. */
const POLL_MS = 500;
const WATCH_MS = 100;
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** A lane with more work than it can send stays open this long where others wait for their turn. */
const TURN_MS = 2_000;
const PACES_MAX = 20_000;
/** While the rows of some lanes are on their way, others can be claimed and read; more would only make smaller readings. */
const READINGS_MAX = 2;

/**
 * Sends what is due in all lanes until the signal aborts; resolves when what is under way is done. Phases, none of which
 * holds a transaction open while it waits for anybody: claim lanes; read what is due in them, and in those that are open
 * and have room; send; record what became of it and give lanes back, if they are still ours. A crash between sending and
 * recording sends again: at least once, always about the same event.
 */
export async function deliverLanes(context: DeliveryContext, signal: AbortSignal): Promise<void> {
  const delivering = new Delivering(context, signal);
  await delivering.run();
}

class Delivering {
  readonly #context: DeliveryContext;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, OpenLane>();
  readonly #paces = new RecentMap<LanePace>(PACES_MAX);
  readonly #events: KnownEvents;
  readonly #receivers: KnownReceivers;
  readonly #budget: SocketBudget;
  readonly #socketsMax: number;
  readonly #sender: Sender;
  readonly #readings = new Set<Promise<void>>();
  #claimDue = true;
  #announced: Promise<void> | null = null;
  /** Set by a reading that failed. */
  #hasFailed = false;
  #changed = Promise.withResolvers<void>();

  constructor(context: DeliveryContext, signal: AbortSignal) {
    const { log, clock, hooks, socketsMax = SOCKETS_MAX } = context;
    this.#context = context;
    this.#signal = signal;
    this.#socketsMax = socketsMax;
    this.#events = new KnownEvents(context.sealer);
    this.#receivers = new KnownReceivers(context);
    this.#budget = new SocketBudget({ socketsMax, ...SHARES });
    this.#sender = new Sender({
      budget: this.#budget,
      log,
      hooks,
      now: () => clock.now(),
      send: (ready) => forTenants([ready.delivery.tenantId], () => sendDelivery(context, ready)),
      record: createRecorder(context, (open) => this.#mayStay(open)),
      onChange: () => this.#changed.resolve(),
      onClosed: (open) => {
        if (this.#open.get(open.lane.laneId) === open) this.#open.delete(open.lane.laneId);
        this.#changed.resolve();
      },
    });
  }

  async run(): Promise<void> {
    const stopped = new AbortController();
    const besides = [this.#keepLeases(stopped.signal), this.#watch(stopped.signal)];
    while (!this.#signal.aborted) {
      try {
        // What is announced while we look must have us look again.
        this.#listen();
        await this.#look();
        await this.#untilChange();
      } catch (error) {
        this.#noteFailure(error);
      }
      if (this.#hasFailed) await pause(PAUSE_AFTER_FAILURE_MS, this.#signal);
      this.#hasFailed = false;
    }
    await Promise.all(this.#readings);
    for (const open of this.#open.values()) {
      open.dropWaiting();
      open.pauseMs ||= 1;
      this.#sender.endIfDone(open);
    }
    while (this.#open.size > 0) {
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
    stopped.abort();
    await Promise.all(besides);
  }

  /** Claims what is due and begins to read it, with what open lanes have room for. */
  async #look(): Promise<void> {
    if (this.#readings.size >= READINGS_MAX) return;
    const claimed = this.#claimDue ? await this.#claim() : [];
    const asked = this.#lanesToRead();
    if (asked.length === 0) return;
    for (const { open } of asked) open.isBeingRead = true;
    const reading = this.#read(asked, claimed).finally(() => {
      this.#readings.delete(reading);
      this.#changed.resolve();
    });
    this.#readings.add(reading);
  }

  async #read(asked: readonly LaneToRead[], claimed: readonly OpenLane[]): Promise<void> {
    try {
      const tenants = asked.map(({ open }) => open.lane.tenantId);
      const read = await forTenants(tenants, () =>
        readLanes({ ...this.#context, events: this.#events, receivers: this.#receivers }, asked),
      );
      for (const { open } of asked) open.isBeingRead = false;
      asked.forEach(({ open }, index) => {
        const found = read[index];
        if (found !== undefined) this.#sender.accept(open, found);
      });
      this.#sender.pump();
    } catch (error) {
      this.#noteFailure(error);
      for (const { open } of asked) open.isBeingRead = false;
      for (const open of claimed) {
        open.pauseMs = PAUSE_AFTER_FAILURE_MS;
        this.#sender.endIfDone(open);
      }
    }
  }

  #noteFailure(error: unknown): void {
    this.#context.log.warn({ error }, 'Deliveries could not be read');
    this.#hasFailed = true;
  }

  #lanesToRead(): LaneToRead[] {
    const nowMs = performance.now();
    const crowded = this.#isCrowded();
    return [...this.#open.values()].flatMap((open) => {
      open.yields ||= crowded && nowMs - open.openedAtMs > TURN_MS;
      const rowsMax = open.rowsWanted(nowMs);
      return rowsMax === 0 ? [] : [{ open, rowsMax }];
    });
  }

  async #claim(): Promise<readonly OpenLane[]> {
    const { database, clock } = this.#context;
    const room = Math.min(CLAIMED_MAX, LANES_MAX - this.#open.size);
    if (room <= 0 || this.#sender.blocked >= BLOCKED_MAX || this.#budget.used >= this.#socketsMax) return [];
    this.#claimDue = false;
    const nowMs = performance.now();
    const lanes = await claimLanes(database.query, 'delivery', clock.now(), room, LEASE_MS);
    this.#claimDue ||= lanes.length === room;
    return lanes.map((lane) => this.#openLane(lane, nowMs));
  }

  #openLane(lane: ClaimedLane, claimedAtMs: number): OpenLane {
    // One whose lease ran out while we were not looking: what is under way in it belongs to nobody.
    const earlier = this.#open.get(lane.laneId);
    if (earlier !== undefined) this.#sender.lose(earlier);
    const pace = this.#paces.get(lane.laneId) ?? new LanePace();
    this.#paces.set(lane.laneId, pace);
    const open = new OpenLane(lane, pace, claimedAtMs + LEASE_MS - LEASE_MARGIN_MS, performance.now());
    this.#open.set(lane.laneId, open);
    return open;
  }

  #isCrowded(): boolean {
    return this.#open.size >= LANES_MAX || (this.#claimDue && this.#sender.blocked >= BLOCKED_MAX);
  }

  #mayStay(open: OpenLane): boolean {
    if (this.#signal.aborted) return false;
    return !this.#isCrowded() || performance.now() - open.openedAtMs < TURN_MS;
  }

  #listen(): void {
    this.#announced ??= this.#context.wakeup.wait('delivery', POLL_MS, this.#signal).then(() => {
      this.#announced = null;
      this.#claimDue = true;
    });
  }

  /** Until there is something to claim or to read, and a reading may begin. */
  async #untilChange(): Promise<void> {
    const isBusy = this.#readings.size >= READINGS_MAX;
    const wasAnnounced = this.#announced === null;
    if (!isBusy && (wasAnnounced || (this.#claimDue && this.#open.size === 0))) return;
    await (isBusy ? this.#changed.promise : Promise.race([this.#announced, this.#changed.promise]));
    this.#changed = Promise.withResolvers();
  }

  /** Also while the loop itself waits for the database. */
  async #keepLeases(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await pause(RENEW_MS, stopped);
      const held = [...this.#open.values()].filter(({ state }) => state !== 'lost');
      if (held.length === 0 || stopped.aborted) continue;
      const nowMs = performance.now();
      try {
        const lanes = held.map(({ lane }) => lane);
        const renewed = await renewLanes(this.#context.database.query, 'delivery', lanes, LEASE_MS);
        for (const open of held) {
          if (renewed.has(open.lane.laneId)) open.leasedUntilMs = nowMs + LEASE_MS - LEASE_MARGIN_MS;
          else if (this.#open.get(open.lane.laneId) === open && open.state === 'open') this.#sender.lose(open);
        }
      } catch (error) {
        this.#context.log.warn({ error }, 'Leases of deliveries could not be renewed');
      }
    }
  }

  async #watch(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await pause(WATCH_MS, stopped);
      this.#sender.watch(this.#open.values());
      this.#sender.pump();
      if (this.#lanesToRead().length > 0 || this.#claimDue) this.#changed.resolve();
    }
  }
}
