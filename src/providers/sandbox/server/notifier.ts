import { Agent, request } from 'undici';
import type { Clock } from '../../../kernel/clock.ts';
import { notificationSignature, TOLERANCE_SECONDS } from './signature.ts';
import type { Notification, SandboxStore } from './store.ts';

/** The part of a logger that the sandbox uses; errors are in the field `error`. */
export interface SandboxLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Milliseconds from a failed attempt to the next; after the last of them the sandbox gives up. */
export const RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000] as const;

const ATTEMPT_TIMEOUT_MS = 10_000;
const IN_FLIGHT_MAX = 64;

/** Sends what is due: one at a time and in order per charge, many charges at once. What it does not send stays due. */
export class Notifier {
  readonly #store: SandboxStore;
  readonly #clock: Clock;
  readonly #log: SandboxLog;
  readonly #agent = new Agent({ keepAliveTimeout: 1_000 });
  /** By charge, so that an event never overtakes the one before it unless its scenario says so. */
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #kicked = false;

  constructor(store: SandboxStore, clock: Clock, log: SandboxLog) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Has what is due sent soon; many calls in one turn of the event loop look only once. */
  kick(): void {
    if (this.#kicked) return;
    this.#kicked = true;
    setImmediate(() => {
      this.#kicked = false;
      try {
        this.#start();
      } catch (error) {
        this.#log.error({ error }, 'notifications not started');
      }
    });
  }

  /** Sends everything that is due now and waits for the attempts to end. */
  async drain(): Promise<void> {
    for (;;) {
      this.#start();
      if (this.#inFlight.size === 0) return;
      await Promise.all(this.#inFlight.values());
    }
  }

  /** Sends what is due for one charge and waits for the attempts to end. */
  async drainCharge(chargeId: string): Promise<void> {
    for (;;) {
      this.#start();
      const sending = this.#inFlight.get(chargeId);
      if (sending === undefined) return;
      await sending;
    }
  }

  /** Breaks off attempts under way; they stay due and are made again after the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#inFlight.values());
    await this.#agent.destroy();
  }

  #start(): void {
    if (this.#stop.signal.aborted) return;
    for (const notification of this.#due()) {
      const { chargeId } = notification;
      if (this.#inFlight.size >= IN_FLIGHT_MAX) return;
      if (this.#inFlight.has(chargeId)) continue;
      const sending = this.#attempt(notification)
        .catch((error: unknown) => this.#log.error({ error, chargeId }, 'notification attempt not recorded'))
        .finally(() => {
          this.#inFlight.delete(chargeId);
          this.kick();
        });
      this.#inFlight.set(chargeId, sending);
    }
  }

  #due(): readonly Notification[] {
    return this.#store.dueNotifications(this.#clock.now().epochMilliseconds, IN_FLIGHT_MAX * 4);
  }

  async #attempt(notification: Notification): Promise<void> {
    const copies = notification.fault === 'duplicate' ? 2 : 1;
    const statuses = await Promise.all(Array.from({ length: copies }, () => this.#send(notification)));
    if (this.#stop.signal.aborted) return;
    const delivered = statuses.every((status) => status !== null && status >= 200 && status < 300);
    const delay = RETRY_DELAYS_MS[notification.attempts];
    const now = this.#clock.now().epochMilliseconds;
    this.#store.recordAttempt(notification.id, delivered, delay === undefined ? null : now + delay);
    const { eventId, chargeId, attempts } = notification;
    this.#log.info({ eventId, chargeId, attempt: attempts + 1, statuses }, 'notification attempted');
  }

  /** The receiver's status, or null where there was none. */
  async #send(notification: Notification): Promise<number | null> {
    const headers = { 'content-type': 'application/json', 'sandbox-signature': this.#signature(notification) };
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
    const { url, body } = notification;
    try {
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.#agent, signal });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return null;
    }
  }

  #signature({ merchantCode, body, fault }: Notification): string {
    const now = Math.floor(this.#clock.now().epochMilliseconds / 1000);
    const timestamp = fault === 'stale_timestamp' ? now - 2 * TOLERANCE_SECONDS : now;
    const secrets = this.#store.secretsOf(merchantCode);
    const wrong = secrets.map((secret) => `${secret}, but not quite`);
    return notificationSignature(fault === 'bad_signature' ? wrong : secrets, timestamp, body);
  }
}
