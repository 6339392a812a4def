import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Clock } from '../../../kernel/clock.ts';
import type { SimulatedMerchant } from './merchant.ts';
import type { SimulatedOrder, SimulatedRefund } from './order.ts';
import type { Wire } from './wire.ts';

/** Milliseconds from an attempt nobody acknowledged to the next; after the last of them the partner gives up. */
const RETRY_DELAYS_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000] as const;
const ATTEMPT_TIMEOUT_MS = 10_000;
const STALE_MS = 600_000;

/** What goes wrong with notifications; `held` ones wait until they are released, in the order asked for. */
export type NotifyMode = 'normal' | 'duplicate' | 'held' | 'dropped' | 'badly_signed' | 'unsigned' | 'stale';

/** A notification as it was sent, in the shape in which a receiver sees it. */
export interface SentNotification {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
  readonly receivedAt: Temporal.Instant;
}

interface Job {
  readonly order: SimulatedOrder;
  readonly refund: SimulatedRefund | null;
  readonly mode: NotifyMode;
  tries: number;
  dueAtMs: number;
}

interface NotifierOptions {
  readonly clock: Clock;
  readonly speakerOf: (merchantCode: string) => { readonly merchant: SimulatedMerchant; readonly wire: Wire };
  readonly mayNotify: (url: URL) => boolean;
}

/** Tells merchants what happened until they acknowledge it. Every attempt is stamped and signed anew. */
export class Notifier {
  mode: NotifyMode = 'normal';
  readonly sent: SentNotification[] = [];
  readonly #options: NotifierOptions;
  readonly #agent = new Agent({ keepAliveTimeout: 1_000 });
  #waiting: Job[] = [];
  #held: Job[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  tell(order: SimulatedOrder, refund: SimulatedRefund | null): void {
    if (this.mode === 'dropped') return;
    // What happened stays as it was, however late it is told; only the stamp and the signature are of the attempt.
    const then = { order: { ...order }, refund: refund === null ? null : { ...refund } };
    const job = { ...then, mode: this.mode, tries: 0, dueAtMs: this.#nowMs() };
    if (this.mode === 'held') this.#held.push(job);
    else this.#waiting.push(job);
  }

  /** Sends what was held back. */
  async release(order: 'forwards' | 'backwards' = 'forwards'): Promise<void> {
    const held = order === 'forwards' ? this.#held : this.#held.toReversed();
    this.#held = [];
    for (const job of held) await this.#attempt(job);
  }

  /** Sends everything that is due now, and waits for the attempts to end. */
  async drain(): Promise<void> {
    for (;;) {
      this.kick();
      if (this.#inFlight.size === 0) return;
      await Promise.all(this.#inFlight);
    }
  }

  /** Starts to send what is due. */
  kick(): void {
    if (this.#isClosed) return;
    const now = this.#nowMs();
    const due = this.#waiting.filter(({ dueAtMs }) => dueAtMs <= now);
    this.#waiting = this.#waiting.filter(({ dueAtMs }) => dueAtMs > now);
    for (const job of due) {
      const sending = this.#attempt(job).finally(() => this.#inFlight.delete(sending));
      this.#inFlight.add(sending);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#agent.destroy();
    await Promise.all(this.#inFlight);
  }

  async #attempt(job: Job): Promise<void> {
    const { merchant, wire } = this.#options.speakerOf(job.order.merchantCode);
    const target = job.order.ask.ipnUrl ?? merchant.ipnUrl;
    if (target === undefined || !URL.canParse(target) || !this.#options.mayNotify(new URL(target))) return;
    const copies = job.mode === 'duplicate' ? 2 : 1;
    let isAcknowledged = true;
    for (let copy = 0; copy < copies; copy++) {
      if (!(await this.#send(target, this.#bodyOf(job, merchant, wire), wire))) isAcknowledged = false;
    }
    const delay = RETRY_DELAYS_MS[job.tries];
    if (isAcknowledged || delay === undefined) return;
    job.tries += 1;
    job.dueAtMs = this.#nowMs() + delay;
    this.#waiting.push(job);
  }

  #bodyOf({ order, refund, mode }: Job, merchant: SimulatedMerchant, wire: Wire): string {
    const back = mode === 'stale' ? STALE_MS : 0;
    const now = Temporal.Instant.fromEpochMilliseconds(this.#nowMs() - back);
    const members = wire.notification(merchant, order, refund, { now, nonce: randomBytes(12).toString('hex') });
    if (mode === 'badly_signed') return JSON.stringify(wire.withSignature(members, '0'.repeat(64)));
    return JSON.stringify(mode === 'unsigned' ? wire.withSignature(members, null) : members);
  }

  async #send(url: string, body: string, wire: Wire): Promise<boolean> {
    const headers = { 'content-type': 'application/json' };
    this.sent.push({
      ...{ method: 'POST', query: {}, headers: { 'content-type': ['application/json'] }, body: Buffer.from(body) },
      ...{ remoteAddress: '127.0.0.1', receivedAt: this.#options.clock.now() },
    });
    try {
      const signal = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.#agent, signal });
      return wire.isAcknowledged(answer.statusCode, await answer.body.text());
    } catch {
      return false;
    }
  }

  #nowMs(): number {
    return this.#options.clock.now().epochMilliseconds;
  }
}
