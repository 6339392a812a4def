import type { LaneKind } from './lanes.ts';

/**
 * Wakes the loops of this process right after a commit. Between processes the loops poll: NOTIFY inside a payment's
 * transaction would take a database-wide lock at commit. A hint only: a missed one costs a poll interval, never work.
 */
export class Wakeup {
  readonly #waiting = new Map<LaneKind, Set<() => void>>();

  notify(topic: LaneKind): void {
    const waiting = this.#waiting.get(topic);
    this.#waiting.delete(topic);
    for (const wake of waiting ?? []) wake();
  }

  /** Wakes every loop, since what is due may have changed for all of them. */
  notifyAll(): void {
    for (const topic of [...this.#waiting.keys()]) this.notify(topic);
  }

  /** Resolves at the next notify of the topic, after `timeoutMs`, or when the signal aborts. */
  wait(topic: LaneKind, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(topic) ?? new Set();
      this.#waiting.set(topic, waiting);
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake, { once: true });
      waiting.add(wake);
    });
  }
}
