import { readPaymentVersions } from '../payments/read-payment.ts';
import type { Database } from '../platform/database.ts';
import { pause } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';

export interface WatchedPayment {
  readonly tenantId: string;
  readonly paymentId: string;
  /** What the watcher has seen. */
  readonly version: number;
}

export interface PaymentWatch {
  /** Calls back once the payment has another version, and again at each one after it, until the returned function is called. */
  watch(payment: WatchedPayment, changed: () => void): () => void;
}

interface Watcher {
  readonly changed: () => void;
  version: number;
}

/** A person notices a second; a statement for all open pages of a process twice in that time costs next to nothing. */
const LOOK_MS = 500;

/** Watches many payments by one look at a time, and looks at nothing while nobody watches. Ends with the signal. */
export function createPaymentWatch(database: Database, log: Logger, closing: AbortSignal): PaymentWatch {
  const watched = new Map<string, { readonly payment: WatchedPayment; readonly watchers: Set<Watcher> }>();
  let looking = false;

  async function lookWhileWatched(): Promise<void> {
    looking = true;
    while (watched.size > 0 && !closing.aborted) {
      await pause(LOOK_MS, closing);
      await look().catch((error: unknown) => log.warn({ error }, 'Open pages could not be told of changes'));
    }
    looking = false;
  }

  async function look(): Promise<void> {
    const payments = [...watched.values()].map(({ payment }) => payment);
    if (payments.length === 0) return;
    for (const { tenantId, paymentId, version } of await readPaymentVersions(database.query, payments)) {
      for (const watcher of watched.get(nameOf({ tenantId, paymentId }))?.watchers ?? []) {
        if (watcher.version === version) continue;
        watcher.version = version;
        watcher.changed();
      }
    }
  }

  return {
    watch(payment, changed) {
      const name = nameOf(payment);
      const entry = watched.get(name) ?? { payment, watchers: new Set() };
      const watcher = { changed, version: payment.version };
      entry.watchers.add(watcher);
      watched.set(name, entry);
      if (!looking) void lookWhileWatched();
      return () => {
        entry.watchers.delete(watcher);
        if (entry.watchers.size === 0 && watched.get(name) === entry) watched.delete(name);
      };
    },
  };
}

function nameOf({ tenantId, paymentId }: Pick<WatchedPayment, 'tenantId' | 'paymentId'>): string {
  return `${tenantId} ${paymentId}`;
}
