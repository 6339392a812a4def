import type { LaneClass } from './lane-pace.ts';
import type { OpenLane } from './open-lane.ts';
import type { SocketBudget } from './socket-budget.ts';

const CLASSES: readonly LaneClass[] = ['swift', 'unproven', 'slow'];

/**
 * Lanes that could send if they had a socket, each once, in one line for each class; those of a tenant that has its share
 * stand aside until it gives one back. So whoever has waited longest among its like is next, and looking for the next one
 * does not go through all that wait.
 */
export class LineForSockets {
  readonly #budget: SocketBudget;
  readonly #lines: Readonly<Record<LaneClass, OpenLane[]>> = { swift: [], unproven: [], slow: [] };
  readonly #aside = new Map<string, OpenLane[]>();
  #asideCount = 0;
  #turn = 0;

  constructor(budget: SocketBudget) {
    this.#budget = budget;
  }

  get length(): number {
    return this.#lines.swift.length + this.#lines.unproven.length + this.#lines.slow.length + this.#asideCount;
  }

  /** Puts a lane at the end of its line, unless it stands in one or has nothing to send. */
  add(lane: OpenLane, nowMs: number): void {
    if (lane.inLine || !lane.maySend) return;
    lane.inLine = true;
    lane.blockedSinceMs ??= nowMs;
    this.#lines[lane.pace.class].push(lane);
  }

  /** Takes out the next lane that may have a socket; null: there is none. */
  next(): OpenLane | null {
    this.#turn = (this.#turn + 1) % CLASSES.length;
    for (let i = 0; i < CLASSES.length; i++) {
      const laneClass = CLASSES[(this.#turn + i) % CLASSES.length] ?? 'swift';
      const lane = this.#nextOf(laneClass);
      if (lane !== null) return lane;
    }
    return null;
  }

  /** A socket of this tenant is free again. */
  bringBack(tenantId: string): void {
    const aside = this.#aside.get(tenantId);
    if (aside === undefined) return;
    this.#aside.delete(tenantId);
    this.#asideCount -= aside.length;
    for (const lane of aside) this.#lines[lane.pace.class].push(lane);
  }

  #nextOf(laneClass: LaneClass): OpenLane | null {
    const line = this.#lines[laneClass];
    for (let lane = line.shift(); lane !== undefined; lane = line.shift()) {
      if (!lane.maySend) {
        lane.inLine = false;
        lane.blockedSinceMs = null;
      } else if (lane.pace.class !== laneClass) {
        this.#lines[lane.pace.class].push(lane);
      } else {
        const { tenantId } = lane.lane;
        const shortage = this.#budget.shortage(laneClass, tenantId);
        if (shortage === null) {
          lane.inLine = false;
          lane.blockedSinceMs = null;
          return lane;
        }
        if (shortage !== 'tenant') {
          line.unshift(lane);
          return null;
        }
        this.#aside.set(tenantId, [...(this.#aside.get(tenantId) ?? []), lane]);
        this.#asideCount++;
      }
    }
    return null;
  }
}
