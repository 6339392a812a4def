/** What a loop waits for; a hint only: a missed one costs a poll interval, never work. */
export type WakeupTopic = 'relay' | 'inbound' | 'sync' | 'expiry' | 'delivery';

/**
 * Wakes the loops of this process right after a commit. Between processes the loops poll: NOTIFY inside a payment's
 * transaction would take a database-wide lock at commit.
 */
export class Wakeup {
  readonly #waiting = new Map<WakeupTopic, Set<() => void>>();

  notify(topic: WakeupTopic): void {
    const waiting = this.#waiting.get(topic);
    this.#waiting.delete(topic);
    for (const wake of waiting ?? []) wake();
  }

  /** Resolves at the next notify of the topic, after `timeoutMs`, or when the signal aborts. */
  wait(topic: WakeupTopic, timeoutMs: number, signal: AbortSignal): Promise<void> {
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
