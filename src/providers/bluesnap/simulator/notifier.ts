import type { Clock } from '../../../kernel/clock.ts';
import { createOutboundHttp } from '../../../platform/outbound-http.ts';
import type { Account } from './account.ts';
import { type IpnNews, ipnBody, isAcknowledged, signIpn } from './ipn.ts';

/** What befalls the notifications that are made from now on. */
export type IpnFault = 'none' | 'duplicate' | 'reversed_order' | 'delayed' | 'dropped' | 'badly_signed';

/** One sending of a notification, as the other side gets it. */
export interface SentIpn {
  readonly method: 'POST';
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
  readonly receivedAt: Temporal.Instant;
}

interface Waiting {
  readonly body: string;
  readonly isForged: boolean;
  attempts: number;
  dueAt: number;
}

/** Resends after the first try: 11, four hours apart; five where a receipt is waited for. */
const RESENDS_MAX = 11;
const RESENDS_MAX_FOR_RECEIPT = 5;
const RESEND_AFTER_MS = 4 * 60 * 60 * 1000;
const DELAY_MS = 3_000;
const ATTEMPT_TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 4_096;

/** BlueSnap's address in its sandbox from which this side pretends to send. */
const SENDER = '141.226.140.200';

/** Makes notifications, keeps each sending, and sends what is due, one after the other. */
export class Notifier {
  /** Every sending so far, in order. */
  readonly sent: SentIpn[] = [];
  fault: IpnFault = 'none';
  readonly #account: Account;
  readonly #clock: Clock;
  readonly #http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'BlueSnap' });
  readonly #waiting: Waiting[] = [];
  #sending: Promise<void> = Promise.resolve();

  constructor(account: Account, clock: Clock) {
    this.#account = account;
    this.#clock = clock;
  }

  /** Puts a notification in line, as the fault of the moment wants it. */
  tell(news: IpnNews): void {
    if (this.fault === 'dropped') return;
    const now = this.#now();
    const dueAt = this.fault === 'delayed' ? now + DELAY_MS : now;
    const waiting = { body: ipnBody(this.#account, news, now), isForged: this.fault === 'badly_signed', dueAt };
    const copies = this.fault === 'duplicate' ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.fault === 'reversed_order') this.#waiting.unshift({ ...waiting, attempts: 0 });
      else this.#waiting.push({ ...waiting, attempts: 0 });
    }
  }

  /** Sends everything that is due by the clock and waits for the attempts to end. */
  async drain(): Promise<void> {
    this.#sending = this.#sending.then(() => this.#sendDue());
    await this.#sending;
  }

  async close(): Promise<void> {
    this.#waiting.length = 0;
    await this.#sending;
    await this.#http.close();
  }

  async #sendDue(): Promise<void> {
    for (;;) {
      const at = this.#waiting.findIndex(({ dueAt }) => dueAt <= this.#now());
      const [next] = at === -1 ? [] : this.#waiting.splice(at, 1);
      if (next === undefined) return;
      next.attempts += 1;
      const resendsMax = this.#account.requireReceipt ? RESENDS_MAX_FOR_RECEIPT : RESENDS_MAX;
      if ((await this.#send(next)) || next.attempts > resendsMax) continue;
      next.dueAt = this.#now() + RESEND_AFTER_MS;
      this.#waiting.push(next);
    }
  }

  /** Whether it was acknowledged; with nowhere to send it to it counts as it. */
  async #send({ body, isForged }: Waiting): Promise<boolean> {
    const { headers } = signIpn(this.#account, body, this.#now(), isForged);
    this.sent.push({
      ...{ method: 'POST', query: {}, body: Buffer.from(body), remoteAddress: SENDER, receivedAt: this.#clock.now() },
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    });
    if (this.#account.ipnUrl === null) return true;
    const outcome = await this.#http.send({
      ...{ method: 'POST', url: this.#account.ipnUrl, headers, body },
      ...{ timeoutMs: ATTEMPT_TIMEOUT_MS, responseBytesMax: ANSWER_BYTES_MAX },
    });
    if (outcome.kind !== 'answered') return false;
    return isAcknowledged(this.#account, outcome.status, Buffer.from(outcome.body).toString('latin1'));
  }

  #now(): number {
    return this.#clock.now().epochMilliseconds;
  }
}
