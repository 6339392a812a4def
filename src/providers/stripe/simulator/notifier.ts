import { createHmac } from 'node:crypto';
import type { OutboundHttp } from '../../../platform/outbound-http.ts';
import { type Account, newStripeId, type StripeObject, type WebhookEndpoint } from './account.ts';

const API_VERSION = '2026-10-28.endive';
/** Test mode: three more tries over a few hours. https://docs.stripe.com/webhooks#retries */
const RETRY_SECONDS = [600, 3_600, 3 * 3_600];
const DELAY_SECONDS = 30;
const TIMEOUT_MS = 10_000;

/** What goes wrong with the notifications from now on. */
export type NotificationFault = 'none' | 'duplicate' | 'reordered' | 'delayed' | 'dropped' | 'bad_signature' | 'stale';

/** A notification as it went out, in the shape in which a receiver would see it. */
export interface SentNotification {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly type: string;
  readonly sentAt: number;
  /** The receiver's status; null where there was no answer, or no receiver. */
  readonly status: number | null;
}

interface Waiting {
  readonly endpoint: WebhookEndpoint;
  readonly type: string;
  readonly body: string;
  readonly fault: NotificationFault;
  readonly dueAt: number;
  readonly tries: number;
}

/** Makes events of what happens, signs them anew for every try and sends them until they are acknowledged. */
export class Notifier {
  fault: NotificationFault = 'none';
  readonly sent: SentNotification[] = [];
  readonly #http: OutboundHttp;
  #waiting: Waiting[] = [];
  #draining: Promise<void> = Promise.resolve();

  constructor(http: OutboundHttp) {
    this.#http = http;
  }

  /** Something happened: every endpoint that wants to know will be told. */
  tell(account: Account, type: string, object: StripeObject, now: number): void {
    const event = {
      id: newStripeId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: now,
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: account.endpoints.length,
      request: { id: newStripeId('req'), idempotency_key: null },
      type,
    };
    // Stripe indents what it sends.
    const body = JSON.stringify(event, null, 2);
    for (const endpoint of account.endpoints) {
      if (this.fault === 'dropped' || !(endpoint.types.includes('*') || endpoint.types.includes(type))) continue;
      const dueAt = this.fault === 'delayed' ? now + DELAY_SECONDS : now;
      const waiting = { endpoint, type, body, fault: this.fault, dueAt, tries: 0 };
      if (this.fault === 'reordered') this.#waiting.unshift(waiting);
      else this.#waiting.push(waiting);
      if (this.fault === 'duplicate') this.#waiting.push(waiting);
    }
  }

  /** Sends what is due, one after the other, and waits for it. */
  drain(now: number): Promise<void> {
    this.#draining = this.#draining.then(() => this.#send(now));
    return this.#draining;
  }

  async #send(now: number): Promise<void> {
    const due = this.#waiting.filter(({ dueAt }) => dueAt <= now);
    this.#waiting = this.#waiting.filter(({ dueAt }) => dueAt > now);
    for (const each of due) {
      const status = await this.#post(each, now);
      const delay = RETRY_SECONDS[each.tries];
      const taken = each.endpoint.url === null || (status !== null && status >= 200 && status < 300);
      if (!taken && delay !== undefined) this.#waiting.push({ ...each, dueAt: now + delay, tries: each.tries + 1 });
    }
  }

  async #post({ endpoint, type, body, fault }: Waiting, now: number): Promise<number | null> {
    const timestamp = fault === 'stale' ? now - 600 : now;
    const secret = fault === 'bad_signature' ? `${endpoint.secret}x` : endpoint.secret;
    const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${timestamp},v1=${signature},v0=${'0'.repeat(64)}`,
    };
    let status: number | null = null;
    if (endpoint.url !== null) {
      const request = { method: 'POST', url: endpoint.url, headers, body } as const;
      const outcome = await this.#http.send({ ...request, timeoutMs: TIMEOUT_MS, responseBytesMax: 4_096 });
      status = outcome.kind === 'answered' ? outcome.status : null;
    }
    const seen = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    this.sent.push({ method: 'POST', headers: seen, body: Buffer.from(body), type, sentAt: now, status });
    return status;
  }
}
