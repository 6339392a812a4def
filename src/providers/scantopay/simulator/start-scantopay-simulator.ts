import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../../kernel/clock.ts';
import { isThisMachine, listen } from '../../second-party.ts';
import { decisionIn, leave, type PageAnswer, type PayerDecision, payerPage } from './payer-page.ts';
import { type AnswerFault, sendAnswer, sendFault } from './send-simulated-answer.ts';
import { type ApiDesk, serveSimulatedApi } from './serve-simulated-api.ts';
import { type CardType, SimulatedLedger, type SimulatedTransaction } from './simulated-ledger.ts';
import { type NotificationFaults, type SimulatedNotification, SimulatedNotifier } from './simulated-notifier.ts';
import { SimulatedRefusal } from './simulated-refusal.ts';
import { encryptNotification, notificationJson } from './simulated-wire.ts';

export interface ScantopaySimulatorOptions {
  readonly clock: Clock;
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly username: string;
  readonly password: string;
  readonly currency: string;
  /** 32 hexadecimal digits. */
  readonly notificationKey: string;
  /** Where notifications go; null: the merchant polls. */
  readonly notificationUrl: string | null;
  /** Origins that a checkout of its own may name for its notification; this machine's unless given. */
  readonly notifyOrigins?: readonly string[];
}

export interface ScantopaySimulator {
  readonly url: string;
  readonly ledger: SimulatedLedger;
  /** What was sent, as a receiver would see it. */
  readonly notifications: readonly SimulatedNotification[];
  /** Method and path of every request, in the order of their arrival. */
  readonly requests: readonly string[];
  /** The payer pays; by code or reference. The number of the transaction. */
  approve(name: string, cardType?: CardType): Promise<number>;
  /** The payer's bank says no, with its ISO 8583 code. */
  decline(name: string, bankCode: string): Promise<number>;
  cancel(name: string): Promise<number>;
  /** A wallet holds the code while its payer decides. */
  lock(name: string): void;
  /** A person refunds at the portal; hundredths. */
  refundAtPortal(transactionId: number, hundredths: bigint): void;
  /** Reversals and refunds from now on fail at the bank, or succeed. */
  letUndoingFail(fails: boolean): void;
  failNext(...faults: readonly AnswerFault[]): void;
  faultNotifications(faults: NotificationFaults): void;
  setNotificationUrl(url: string | null): void;
  setNotificationKey(hex: string): void;
  /** Does what is due by the clock, and sends what waits. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

const TICK_MS = 200;
const BODY_BYTES_MAX = 64 * 1024;

/** Starts a second party that keeps Scan to Pay's rules for one merchant, in memory. */
export async function startScantopaySimulator(
  options: ScantopaySimulatorOptions,
): Promise<ScantopaySimulator & { runByItself(): void }> {
  const bench = new Bench(options);
  const server = createServer((request, response) => void bench.serve(request, response));
  bench.url = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  let loop: NodeJS.Timeout | undefined;
  return Object.assign(bench, {
    runByItself: () => {
      loop = setInterval(() => void bench.tick(), TICK_MS);
    },
    close: async () => {
      clearInterval(loop);
      bench.end();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  });
}

class Bench {
  url = '';
  readonly ledger: SimulatedLedger;
  readonly requests: string[] = [];
  readonly #options: ScantopaySimulatorOptions;
  readonly #notifier: SimulatedNotifier;
  readonly #faults: AnswerFault[] = [];
  #undoing: SimulatedTransaction[] = [];
  #undoingFails = false;
  #notificationUrl: string | null;
  #notificationKey: string;

  constructor(options: ScantopaySimulatorOptions) {
    this.#options = options;
    this.#notificationUrl = options.notificationUrl;
    this.#notificationKey = options.notificationKey;
    this.ledger = new SimulatedLedger(options.clock);
    this.#notifier = new SimulatedNotifier(options.clock, (payment) => this.#takeBack(payment));
  }

  get notifications(): readonly SimulatedNotification[] {
    return this.#notifier.sent;
  }

  approve(name: string, cardType: CardType = 'CREDIT'): Promise<number> {
    return this.#pay(name, { status: 'SUCCESS', bankResponse: '00', cardType });
  }

  decline(name: string, bankCode: string): Promise<number> {
    return this.#pay(name, { status: 'END_BANK_NON_00', bankResponse: bankCode, cardType: 'CREDIT' });
  }

  cancel(name: string): Promise<number> {
    return this.#pay(name, { status: 'END_CLIENT_CANCEL', bankResponse: null, cardType: 'CREDIT' });
  }

  lock(name: string): void {
    this.ledger.find(name).state = 'Locked';
  }

  refundAtPortal(transactionId: number, hundredths: bigint): void {
    this.#undoing.push(this.ledger.refund(transactionId, hundredths));
  }

  letUndoingFail(fails: boolean): void {
    this.#undoingFails = fails;
  }

  failNext(...faults: readonly AnswerFault[]): void {
    this.#faults.push(...faults);
  }

  faultNotifications(faults: NotificationFaults): void {
    this.#notifier.faults = faults;
  }

  setNotificationUrl(url: string | null): void {
    this.#notificationUrl = url;
  }

  setNotificationKey(hex: string): void {
    this.#notificationKey = hex;
  }

  async tick(): Promise<void> {
    this.#notifier.tick();
    const due = this.#undoing;
    this.#undoing = [];
    for (const transaction of due) {
      this.ledger.settle(transaction, !this.#undoingFails);
      this.#notify(transaction);
    }
    await this.#notifier.deliver();
  }

  end(): void {
    this.#notifier.close();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      const [path = '/'] = (request.url ?? '/').split('?');
      this.requests.push(`${request.method} ${path}`);
      if (path.startsWith('/pay/')) sendPage(response, await this.#page(request.method ?? '', path, body));
      else this.#answer(request, response, path, body);
    } catch (error) {
      const status = error instanceof SimulatedRefusal ? error.status : 500;
      response.writeHead(status, { 'content-type': 'text/plain' }).end('The simulator could not serve this');
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, path: string, body: Buffer): void {
    const fault = this.#faults.shift();
    if (typeof fault === 'object' || fault === 'redirect') {
      sendFault(response, fault, this.url);
      return;
    }
    const { method = '', headers } = request;
    const { authorization = '', 'content-type': contentType = '' } = headers;
    const answer = serveSimulatedApi(this.#desk(), { method, path, authorization, contentType, body });
    sendAnswer(response, answer, fault);
  }

  #desk(): ApiDesk {
    const { username, password, currency, notifyOrigins } = this.#options;
    return {
      ...{ ledger: this.ledger, username, password, currency, isNotified: this.#notificationUrl !== null },
      pageUrl: (code) => `${this.url}/pay/${code}`,
      mayNotify: (url) => mayBeCalled(url, notifyOrigins),
      undone: (transaction) => this.#undoing.push(transaction),
    };
  }

  async #page(method: string, path: string, body: Buffer): Promise<PageAnswer> {
    const code = this.ledger.find(path.slice('/pay/'.length));
    if (method !== 'POST') return payerPage(code, this.#options.currency);
    const decision = decisionIn(body);
    if (decision === null) throw new SimulatedRefusal(400, 'The form names no decision of this page');
    const decided: Record<PayerDecision, () => Promise<number>> = {
      approve: () => this.approve(code.code),
      decline: () => this.decline(code.code, '51'),
      cancel: () => this.cancel(code.code),
    };
    const transactionId = await decided[decision]();
    const status = { approve: 'SUCCESS', decline: 'FAILED', cancel: 'CANCELLED' }[decision];
    return leave(code, transactionId, status);
  }

  async #pay(name: string, its: Parameters<SimulatedLedger['pay']>[1]): Promise<number> {
    const transaction = this.ledger.pay(this.ledger.find(name), its);
    this.#notify(transaction);
    await this.#notifier.deliver();
    return transaction.id;
  }

  #notify(transaction: SimulatedTransaction): void {
    const plaintext = notificationJson(transaction, this.#options.currency);
    const url = transaction.code.notificationUrl ?? this.#notificationUrl;
    // A merchant who polls is not told.
    if (url === null) return;
    this.#notifier.enqueue(transaction, url, encryptNotification(this.#notificationKey, plaintext));
  }

  #takeBack(payment: SimulatedTransaction): void {
    if (payment.status !== 'SUCCESS') return;
    payment.status = 'PROCESS_REVERSAL';
    this.#undoing.push(payment);
  }
}

function sendPage(response: ServerResponse, { status, headers, body }: PageAnswer): void {
  response.writeHead(status, headers).end(body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new SimulatedRefusal(413, 'The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Anybody who has the password may name an address, which must not lead into the simulator's network. */
function mayBeCalled(text: string, origins: readonly string[] | undefined): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  if (origins !== undefined) return origins.includes(url.origin);
  return isThisMachine(url);
}
