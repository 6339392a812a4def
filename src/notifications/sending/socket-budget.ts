import type { LaneClass } from './lane-pace.ts';

interface SocketShares {
  readonly socketsMax: number;
  /** Of all sockets, what receivers may hold that have not shown lately that they answer at once. */
  readonly notSwiftShare: number;
  /** Of all sockets, what those may hold that have shown that they do not. */
  readonly slowShare: number;
  /** Of all sockets, what the receivers of one tenant may hold together. */
  readonly tenantShare: number;
}

/** Why none is free: for anybody, for receivers of this class, or for this tenant. */
export type Shortage = 'all' | LaneClass | 'tenant';

export const SHARES = { notSwiftShare: 0.75, slowShare: 0.25, tenantShare: 0.5 } as const;

/**
 * Counts sockets, not rows: who answers late holds few of them, so that some are always left for those who answer at
 * once, whatever the rest of the world does.
 */
export class SocketBudget {
  readonly #max: Readonly<Record<LaneClass | 'notSwift' | 'tenant', number>>;
  readonly #used: Record<LaneClass, number> = { unproven: 0, swift: 0, slow: 0 };
  readonly #usedByTenant = new Map<string, number>();

  constructor({ socketsMax, notSwiftShare, slowShare, tenantShare }: SocketShares) {
    const share = (part: number) => Math.max(1, Math.floor(socketsMax * part));
    this.#max = {
      swift: socketsMax,
      unproven: share(notSwiftShare),
      slow: share(slowShare),
      notSwift: share(notSwiftShare),
      tenant: share(tenantShare),
    };
  }

  get used(): number {
    return this.#used.unproven + this.#used.swift + this.#used.slow;
  }

  usedBy(laneClass: LaneClass): number {
    return this.#used[laneClass];
  }

  /** Why a receiver of this class and tenant may take none now; null: it may. */
  shortage(laneClass: LaneClass, tenantId: string): Shortage | null {
    if (this.used >= this.#max.swift) return 'all';
    if (laneClass !== 'swift') {
      if (this.#used.unproven + this.#used.slow >= this.#max.notSwift) return laneClass;
      if (this.#used[laneClass] >= this.#max[laneClass]) return laneClass;
    }
    return (this.#usedByTenant.get(tenantId) ?? 0) >= this.#max.tenant ? 'tenant' : null;
  }

  take(laneClass: LaneClass, tenantId: string): void {
    this.#used[laneClass]++;
    this.#usedByTenant.set(tenantId, (this.#usedByTenant.get(tenantId) ?? 0) + 1);
  }

  giveBack(laneClass: LaneClass, tenantId: string): void {
    this.#used[laneClass]--;
    const left = (this.#usedByTenant.get(tenantId) ?? 0) - 1;
    if (left > 0) this.#usedByTenant.set(tenantId, left);
    else this.#usedByTenant.delete(tenantId);
  }

  /** A receiver proved to be of another class while it held sockets. */
  move(sockets: number, from: LaneClass, to: LaneClass): void {
    this.#used[from] -= sockets;
    this.#used[to] += sockets;
  }
}
