import { recordOwnAct } from '../audit/record-own-act.ts';
import type { Clock } from '../kernel/clock.ts';
import { createBatcher } from '../platform/batch.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import type { MetricCounter } from '../platform/metrics.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { afterResults, type CallResult, type Circuit, CLOSED, isUnblemished, PROBE_LEASE } from './circuit.ts';
import { type CircuitOwner, keyOf, lockCircuits, updateCircuits, updateProbe } from './store.ts';

/** Keeps how accounts have lately answered, for all processes. */
export interface CircuitKeeper {
  /**
   * Takes note of a call's result beside the work: returns at once and never throws. `seen`: the account's circuit as
   * it was read before the call; a success where nothing was wrong writes nothing.
   */
  record(owner: CircuitOwner, seen: Circuit, result: CallResult): void;
  /** Takes the right to send one payment to an account whose circuit is half open; false where somebody else has it. */
  claimProbe(owner: CircuitOwner): Promise<boolean>;
  /** Resolves when nothing is on its way to the database any more. */
  settled(): Promise<void>;
}

interface KeeperContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly changes: MetricCounter;
}

interface Noted {
  readonly owner: CircuitOwner;
  readonly result: CallResult;
}

const BATCH_MAX = 100;
/** While the database is away; what comes on top is dropped, since a circuit is a hint and no fact about money. */
const WAITING_MAX = 5_000;

/**
 * Results that arrive while a write is under way share the next one, as one change of each account's row; rows are
 * locked, so that processes count together. A crash loses the results of that moment, and the next ones tell the same.
 */
export function createCircuitKeeper(context: KeeperContext): CircuitKeeper {
  const { database, clock, log } = context;
  const waiting = new Set<Promise<void>>();
  /** Accounts of which something is on its way: a success after a failure must not be passed over. */
  const unsettled = new Map<string, number>();
  const write = createBatcher<Noted, null>({
    write: (noted) => writeAll(context, noted),
    tenantsOf: ({ owner }) => [owner.tenantId],
    itemsMax: BATCH_MAX,
  });
  return {
    record(owner, seen, result) {
      const key = keyOf(owner);
      if (result.isGood && isUnblemished(seen) && !unsettled.has(key)) return;
      if (waiting.size >= WAITING_MAX) return;
      unsettled.set(key, (unsettled.get(key) ?? 0) + 1);
      const written = write({ owner, result }).then(
        () => undefined,
        (error: unknown) => {
          log.error({ ...owner, error }, 'The circuit of a provider account could not be written');
        },
      );
      waiting.add(written);
      void written.finally(() => {
        waiting.delete(written);
        const left = (unsettled.get(key) ?? 1) - 1;
        if (left === 0) unsettled.delete(key);
        else unsettled.set(key, left);
      });
    },
    claimProbe(owner) {
      const now = clock.now();
      const until = now.add(PROBE_LEASE);
      return forTenants([owner.tenantId], () => updateProbe(database.query, owner, { now, until }));
    },
    async settled() {
      while (waiting.size > 0) await Promise.all(waiting);
    },
  };
}

async function writeAll({ database, clock, log, changes }: KeeperContext, noted: readonly Noted[]): Promise<null[]> {
  const owners = new Map(noted.map(({ owner }) => [keyOf(owner), owner]));
  const now = clock.now();
  const changed = await database.transaction(async (tx) => {
    const circuits = await lockCircuits(tx, [...owners.values()], now);
    const after = [...owners].map(([key, owner]) => {
      const before = circuits.get(key) ?? CLOSED;
      const results = noted.filter((one) => keyOf(one.owner) === key).map(({ result }) => result);
      return { ...owner, before, circuit: afterResults(before, results, now) };
    });
    const different = after.filter(({ before, circuit }) => circuit !== before);
    if (different.length > 0) await updateCircuits(tx, different, now);
    for (const { tenantId, providerAccountId: id, before, circuit } of different) {
      if (before.state === circuit.state) continue;
      const action = circuit.state === 'closed' ? 'circuit.closed' : 'circuit.opened';
      recordOwnAct(tx, now, { tenantId, mode: null, action, target: { type: 'provider-account', id } });
    }
    return different;
  });
  for (const { tenantId, providerAccountId, before, circuit } of changed) {
    if (before.state === circuit.state) continue;
    changes.add(1, { to: circuit.state });
    const said = { tenantId, providerAccountId, failures: circuit.failures || before.failures };
    if (circuit.state === 'open') log.warn(said, 'A provider account does not answer any more; its circuit is open');
    else log.info(said, 'A provider account answers again; its circuit is closed');
  }
  return noted.map(() => null);
}
