import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../../kernel/clock.ts';
import { isThisMachine, listen } from '../../second-party.ts';
import { bankPage, notFoundPage, PAGE_HEADERS, qrPage } from './bank-page.ts';
import { Gateway } from './gateway.ts';
import type { SimulatedMerchant } from './merchant.ts';
import { Notifier, type NotifyMode, type SentNotification } from './notifier.ts';
import type { OrderStatus, SimulatedOrder } from './order.ts';
import { type ApiAnswer, type Desk, serveApi, wireOf } from './serve-partner-api.ts';

/** What goes wrong with the next answer. All but `not_executed` and an answer given whole do what was asked first. */
export type AnswerFault =
  | 'lost'
  | 'bad_gateway'
  | 'unsigned'
  | 'badly_signed'
  | 'truncated'
  | 'slow'
  | 'not_executed'
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

export interface PartnerSimulatorOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly merchants: readonly SimulatedMerchant[];
  /** Where notifications may go; default: this machine only. */
  readonly mayNotify?: (url: URL) => boolean;
}

export interface PartnerSimulator {
  readonly url: string;
  /** Every notification attempt, as it was sent. */
  readonly notifications: readonly SentNotification[];
  approve(name: string): Promise<void>;
  decline(name: string): Promise<void>;
  cancel(name: string): Promise<void>;
  /** An approval of what has ended already. */
  approveLate(name: string): Promise<void>;
  endRefund(name: string, refundId: string, state: 'done' | 'failed'): Promise<void>;
  countOrders(orderId: string): number;
  find(name: string): SimulatedOrder | null;
  offer(way: 'redirect' | 'qr'): void;
  endRefunds(how: 'at_once' | 'later' | 'failed'): void;
  notify(mode: NotifyMode): void;
  /** Sends what was held back. */
  release(order?: 'forwards' | 'backwards'): Promise<void>;
  failNext(...faults: readonly AnswerFault[]): void;
  /** Does everything that is due by the clock, and waits for the notifications. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 64 * 1024;
const DECISIONS: Readonly<Record<string, Exclude<OrderStatus, 'waiting'>>> = {
  approve: 'paid',
  decline: 'failed',
  cancel: 'canceled',
};

interface Context {
  readonly desk: Desk;
  readonly notifier: Notifier;
  readonly faults: AnswerFault[];
}

/** Starts a partner gateway of our own, which shares nothing with the adapter but the wire. Its state is in memory. */
export async function startPartnerSimulator(options: PartnerSimulatorOptions): Promise<PartnerSimulator> {
  const { clock, merchants, mayNotify = isThisMachine } = options;
  const notifier = new Notifier({ clock, mayNotify, speakerOf: (code) => speakerOf(merchants, code) });
  const gateway = new Gateway(clock, (order, refund) => notifier.tell(order, refund));
  const server = createServer();
  const url = await listen(server, options.host, options.port);
  const pageAddress = ({ way, providerRef }: SimulatedOrder) => `${url}/${way === 'qr' ? 'qr' : 'pay'}/${providerRef}`;
  const desk: Desk = { gateway, clock, merchants, pageAddress };
  const context: Context = { desk, notifier, faults: [] };
  server.on('request', (request, response) => void serve(context, request, response));
  const end = async (name: string, status: Exclude<OrderStatus, 'waiting'>, late = false) => {
    const order = gateway.findByAnyName(name);
    if (order === null || !gateway.end(order, status, late)) throw new Error(`${name} cannot become ${status}`);
    await notifier.drain();
  };
  return {
    url,
    notifications: notifier.sent,
    approve: (name) => end(name, 'paid'),
    decline: (name) => end(name, 'failed'),
    cancel: (name) => end(name, 'canceled'),
    approveLate: (name) => end(name, 'paid', true),
    endRefund: async (name, refundId, state) => {
      const order = gateway.findByAnyName(name);
      const refund = order?.refunds.get(refundId);
      if (!order || refund === undefined) throw new Error(`${name} has no refund ${refundId}`);
      gateway.endRefund(order, refund, state);
      await notifier.drain();
    },
    countOrders: (orderId) => gateway.orders().filter(({ ask }) => ask.orderId === orderId).length,
    find: (name) => gateway.findByAnyName(name),
    offer: (way) => {
      gateway.way = way;
    },
    endRefunds: (how) => {
      gateway.refundsEnd = how;
    },
    notify: (mode) => {
      notifier.mode = mode;
    },
    release: (order) => notifier.release(order),
    failNext: (...faults) => void context.faults.push(...faults),
    tick: async () => {
      gateway.expireDue();
      await notifier.drain();
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, notifier.close()]);
    },
  };
}

function speakerOf(merchants: readonly SimulatedMerchant[], merchantCode: string) {
  const merchant = merchants.find((one) => one.merchantCode === merchantCode);
  if (merchant === undefined) throw new Error('An order belongs to no merchant');
  return { merchant, wire: wireOf(merchant) };
}

async function serve(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { pathname } = new URL(request.url ?? '/', 'http://partner.invalid');
    const body = await readBody(request);
    const [, kind, name] = /^\/(pay|qr)\/([A-Z0-9]+)$/.exec(pathname) ?? [];
    if (pathname === '/healthz') response.writeHead(200).end('{"status":"ok"}');
    else if (kind !== undefined && name !== undefined) servePage(context, request, response, kind, name, body);
    else serveCall(context, pathname, body, response);
  } catch {
    if (!response.headersSent) response.writeHead(400).end('{"code":"malformed"}');
  }
  context.notifier.kick();
}

function servePage(
  { desk: { gateway, pageAddress } }: Context,
  request: IncomingMessage,
  response: ServerResponse,
  kind: string,
  name: string,
  body: Uint8Array,
): void {
  const order = gateway.findByAnyName(name);
  if (order === null) {
    response.writeHead(404, PAGE_HEADERS).end(notFoundPage());
    return;
  }
  gateway.expireDue();
  const decision = DECISIONS[new URLSearchParams(Buffer.from(body).toString()).get('decision') ?? ''];
  if (request.method === 'POST' && decision !== undefined) {
    gateway.end(order, decision);
    response.writeHead(303, { location: `/pay/${name}` }).end();
    return;
  }
  const isQr = kind === 'qr' && order.status === 'waiting';
  response.writeHead(200, PAGE_HEADERS).end(isQr ? qrPage(pageAddress(order), `/pay/${name}`) : bankPage(order));
}

function serveCall({ desk, faults }: Context, path: string, body: Uint8Array, response: ServerResponse): void {
  const fault = faults.shift();
  if (typeof fault === 'object') {
    response.writeHead(fault.status, fault.headers ?? {}).end(fault.body);
    return;
  }
  const answer = serveApi(desk, path, body, fault === 'not_executed');
  if (answer === null) response.writeHead(404).end('{"code":"not_found"}');
  else deliver(response, answer, fault);
}

function deliver(response: ServerResponse, answer: ApiAnswer, fault: Exclude<AnswerFault, object> | undefined): void {
  const json = (members: object) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(members));
  };
  switch (fault) {
    case 'lost':
      response.destroy();
      return;
    // Never answered: whoever waits gives up first.
    case 'slow':
      return;
    case 'bad_gateway':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
      return;
    case 'truncated':
      response.writeHead(answer.status).end(JSON.stringify(answer.members).slice(0, -5));
      return;
    case 'unsigned':
      json(answer.resigned(null));
      return;
    case 'badly_signed':
      json(answer.resigned('0'.repeat(64)));
      return;
    default:
      json(answer.members);
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new RangeError('The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
