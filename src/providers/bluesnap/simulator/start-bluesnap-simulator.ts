import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../../../kernel/clock.ts';
import { type Account, type Books, type Card, openBooks, type Transaction } from './account.ts';
import { Counter } from './counter.ts';
import { deliverAnswer } from './deliver-answer.ts';
import { type Fault, Faults, type Operation } from './faults.ts';
import { enterField, fieldFrame, webSdk } from './hosted-fields-frames.ts';
import { choiceOf, hostedFieldsPage, leave, type Page, page } from './hosted-fields-page.ts';
import { type IpnFault, Notifier, type SentIpn } from './notifier.ts';
import { openPortal, type Portal, transactionsNamed } from './portal.ts';
import type { Desk } from './serve-transactions.ts';

export interface BluesnapSimulatorOptions {
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly clock: Clock;
  readonly account: Account;
}

export interface BluesnapSimulator {
  readonly url: string;
  /** Every sending of a notification so far. */
  readonly notifications: readonly SentIpn[];
  /** How many requests of a kind have come so far. */
  countRequests(operation: Operation): number;
  /** Enters a card into the hosted fields of a token, or takes it out. */
  enterCard(token: string, card: Card | null): void;
  /** Lets the next request of a kind go wrong. */
  breakNext(operation: Operation, fault: Fault): void;
  /** Lets all notifications made from now on go wrong. */
  breakNotifications(fault: IpnFault): void;
  /** Charges wait until the returned function is called. */
  holdCharges(): () => void;
  readonly console: Portal;
  transactionsOf(merchantTransactionId: string): readonly Transaction[];
  /** Sends everything that is due by the clock. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 64 * 1024;

/** Starts the simulator: one merchant at BlueSnap, its books in memory. */
export async function startBluesnapSimulator(options: BluesnapSimulatorOptions): Promise<BluesnapSimulator> {
  const { clock, account, host = '127.0.0.1', port = 0 } = options;
  const books = openBooks();
  const notifier = new Notifier(account, clock);
  const faults = new Faults();
  const held = new Set<FastifyReply>();
  const desk: Desk = { account, books, clock, tell: (news) => notifier.tell(news) };
  const counter = new Counter(desk, faults);
  const server = Fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.get('/web-sdk/5/bluesnap.js', (_request, reply) => sendPage(reply, webSdk()));
  server.all('/hosted-fields/:token/frame/:tag', (request, reply) => sendPage(reply, serveFrame(books, request)));
  server.all('/hosted-fields/:token', (request, reply) => sendPage(reply, servePage(books, request)));
  server.all('/services/2/*', async (request, reply) => {
    const { answer, fault } = await counter.serve(request);
    deliverAnswer(reply, answer, fault, held);
    return reply;
  });
  // After the answer, so that a notification overtakes it by chance only.
  server.addHook('onResponse', () => void notifier.drain());
  const url = await server.listen({ host, port });
  counter.url = url;
  return {
    url,
    notifications: notifier.sent,
    countRequests: (operation) => counter.countRequests(operation),
    enterCard: (token, card) => {
      const known = books.tokens.get(token);
      if (known === undefined) throw new Error('There is no such token');
      known.card = card;
    },
    breakNext: (operation, fault) => faults.add(operation, fault),
    breakNotifications: (fault) => {
      notifier.fault = fault;
    },
    holdCharges: () => counter.hold(),
    console: openPortal(desk),
    transactionsOf: (name) => transactionsNamed(books, name),
    tick: () => notifier.drain(),
    close: async () => {
      for (const reply of held) reply.raw.destroy();
      await server.close();
      await notifier.close();
    },
  };
}

function sendPage(reply: FastifyReply, { status, headers, body }: Page): FastifyReply {
  return reply.status(status).headers(headers).send(body);
}

const NO_FIELDS = '<h1>There are no fields at this address</h1>';

function serveFrame(books: Books, request: FastifyRequest): Page {
  const { token: name, tag } = request.params as { readonly token: string; readonly tag: string };
  const token = books.tokens.get(name);
  const served =
    token === undefined || token.usedBy !== null
      ? null
      : request.method === 'POST'
        ? enterField(token, tag, Buffer.isBuffer(request.body) ? request.body.toString() : '')
        : fieldFrame(tag, randomBytes(16).toString('base64'));
  return served ?? page(404, NO_FIELDS);
}

function servePage(books: Books, request: FastifyRequest): Page {
  const token = books.tokens.get((request.params as { readonly token: string }).token);
  if (token === undefined) return page(404, NO_FIELDS);
  if (request.method === 'GET') {
    const { returnUrl } = request.query as { readonly returnUrl?: unknown };
    return hostedFieldsPage(token, typeof returnUrl === 'string' ? returnUrl : '');
  }
  if (request.method !== 'POST') return page(405, '<h1>This page takes GET and POST</h1>');
  const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString() : '');
  const chosen = choiceOf(form);
  if (chosen === undefined || token.card !== null) return page(400, '<h1>That is no choice here</h1>');
  token.card = chosen;
  return leave(form.get('returnUrl') ?? '', chosen === null ? null : token);
}
