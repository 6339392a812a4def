import { request } from 'node:http';
import type { Clock } from '../../../kernel/clock.ts';
import type { SimulatedTransaction } from './simulated-ledger.ts';

/** A notification as it was or would have been sent. */
export interface SimulatedNotification {
  readonly transactionId: number;
  readonly method: 'POST';
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
  readonly receivedAt: Temporal.Instant;
}

/** What befalls notifications until it is changed. */
export interface NotificationFaults {
  readonly copies?: number;
  /** The later made goes first. */
  readonly reordered?: boolean;
  /** Kept until a later delivery without it. */
  readonly held?: boolean;
  readonly dropped?: boolean;
  /** One byte of the ciphertext is another. */
  readonly garbled?: boolean;
  /** How long a delivery waits for answers before it leaves a silent receiver to the clock. */
  readonly patienceMs?: number;
}

interface Waiting {
  readonly transaction: SimulatedTransaction;
  readonly url: string | null;
  readonly body: string;
}

interface Watched {
  readonly transaction: SimulatedTransaction;
  readonly deadline: Temporal.Instant;
  acknowledged: boolean;
}

const WINDOW_SECONDS = 45;
const PATIENCE_MS = 10_000;

/**
 * Sends notifications, once. A payment that is not acknowledged with 200 in time is reversed: at once for any other
 * answer, at the deadline for none; a late 200 changes nothing.
 */
export class SimulatedNotifier {
  readonly sent: SimulatedNotification[] = [];
  faults: NotificationFaults = {};
  readonly #clock: Clock;
  readonly #reverse: (transaction: SimulatedTransaction) => void;
  readonly #under = new AbortController();
  #waiting: Waiting[] = [];
  #watched: Watched[] = [];

  constructor(clock: Clock, reverse: (transaction: SimulatedTransaction) => void) {
    this.#clock = clock;
    this.#reverse = reverse;
  }

  /** The reversal of a payment is scheduled before anything is sent. */
  enqueue(transaction: SimulatedTransaction, url: string | null, body: string): void {
    this.#waiting.push({ transaction, url, body });
    if (transaction.kind === 'payment' && transaction.status === 'SUCCESS' && url !== null) {
      const deadline = this.#clock.now().add({ seconds: WINDOW_SECONDS });
      this.#watched.push({ transaction, deadline, acknowledged: false });
    }
  }

  /** Sends what waits. Resolves with the answers, or when its patience is over. */
  async deliver(): Promise<void> {
    const { held, dropped, reordered, copies = 1, garbled, patienceMs = PATIENCE_MS } = this.faults;
    if (held) return;
    const batch = reordered ? this.#waiting.toReversed() : this.#waiting;
    this.#waiting = [];
    if (dropped) return;
    const sending: Promise<void>[] = [];
    for (const { transaction, url, body } of batch) {
      const bytes = garbled ? garble(body) : body;
      for (let copy = 0; copy < copies; copy++) {
        this.#record(transaction, bytes);
        if (url !== null) sending.push(this.#send(transaction, url, bytes));
      }
    }
    const impatient = new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
    await Promise.race([Promise.all(sending), impatient]);
  }

  /** Reverses what nobody acknowledged in time. */
  tick(): void {
    const now = this.#clock.now();
    const isOver = ({ deadline }: Watched) => Temporal.Instant.compare(now, deadline) >= 0;
    for (const { acknowledged, transaction } of this.#watched.filter(isOver))
      if (!acknowledged) this.#reverse(transaction);
    this.#watched = this.#watched.filter((each) => !isOver(each));
  }

  close(): void {
    this.#under.abort();
  }

  #record({ id }: SimulatedTransaction, body: string): void {
    this.sent.push({
      ...{ transactionId: id, method: 'POST', query: {}, headers: { 'content-type': ['text/plain'] } },
      ...{ body: Buffer.from(body), remoteAddress: '127.0.0.1', receivedAt: this.#clock.now() },
    });
  }

  async #send(transaction: SimulatedTransaction, url: string, body: string): Promise<void> {
    const status = await post(url, body, this.#under.signal);
    const watched = this.#watched.find((each) => each.transaction === transaction);
    if (watched === undefined || watched.acknowledged || this.#under.signal.aborted) return;
    if (status === 200) watched.acknowledged = true;
    else {
      this.#watched = this.#watched.filter((each) => each !== watched);
      this.#reverse(transaction);
    }
  }
}

/** null: no answer. */
function post(url: string, body: string, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, signal }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? null);
    });
    sent.on('error', () => resolve(null));
    sent.end(body);
  });
}

function garble(body: string): string {
  const at = Math.floor(body.length / 2);
  return `${body.slice(0, at)}${body[at] === 'A' ? 'B' : 'A'}${body.slice(at + 1)}`;
}
