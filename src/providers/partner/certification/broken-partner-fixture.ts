/** For tests only: a party between the gateway and the simulated partner that holds the key and breaks one thing. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { SIGNED } from '../bluecom-messages-fixture.ts';
import { SECRET } from '../partner-fixture.ts';

export type Members = Record<string, unknown>;
export type Kind = keyof typeof LISTS;

/** In which order each message is signed. */
const LISTS = {
  ...SIGNED,
  create: 'merchantCode orderId amount currency description returnUrl ipnUrl expiresAt',
  query: 'merchantCode orderId providerRef timestamp',
  refund: 'merchantCode orderId providerRef refundId amount currency timestamp',
} as const;
const KINDS = { '/create-payment': 'create', '/query-payment': 'query', '/refund': 'refund' } as const;
const ANSWERS = { create: 'created', query: 'queried', refund: 'refunded' } as const;

export interface Asked {
  readonly kind: 'create' | 'query' | 'refund';
  readonly members: Members;
  /** Whether the merchant's key made its signature. */
  readonly isProven: boolean;
}

/** What a partner does wrong; what is left out it does right. */
export interface Fault {
  /** What the partner makes of a request: other members, or at once an answer. Null: what it was. */
  asked?(asked: Asked): Members | { readonly answer: Answer } | null;
  /** What it answers instead. Null: what it was. */
  answered?(answer: Answer, asked: Asked): Answer | null;
  /** What it sends instead of a notification. Null: nothing. */
  notified?(members: Members): Members | null;
  /** Takes every reply for an acknowledgement. */
  readonly neverRepeats?: boolean;
  /** Headers of its pages. */
  readonly pageHeaders?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly members: Members;
  /** The bytes instead of the members'. */
  readonly raw?: string;
}

/** The members with a signature over them in the list's order, or another order. */
export function signed(kind: Kind, members: Members, order: string = LISTS[kind]): Members {
  const { signature: _, ...rest } = members;
  const text = order.split(' ').map((name) => rest[name] ?? '');
  return { ...rest, signature: createHmac('sha256', SECRET).update(text.join('|')).digest('hex') };
}

/** The kind that an answer to a request has. */
export function answerKind({ status }: Answer, { kind }: Asked): Kind {
  return status >= 400 ? 'refused' : ANSWERS[kind];
}

export interface BrokenPartner {
  readonly url: string;
  close(): Promise<void>;
}

/** Stands before a simulated partner of the Bluecom contract. Its notifications pass through it as well. */
export async function startBrokenPartner(behind: string, fault: Fault): Promise<BrokenPartner> {
  const agent = new Agent();
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const path = incoming.url ?? '/';
    const send = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
      response.writeHead(status, headers).end(text);
    if (path.startsWith('/told/')) {
      const target = Buffer.from(path.slice('/told/'.length), 'base64url').toString();
      const members = fault.notified === undefined ? JSON.parse(body) : fault.notified(JSON.parse(body));
      if (members === null) return send(200, '');
      const told = await post(target, members);
      return send(fault.neverRepeats === true ? 200 : told.status, '');
    }
    const kind = KINDS[path as keyof typeof KINDS];
    if (kind === undefined) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const init = { method: (incoming.method ?? 'GET') as 'GET', headers, body: body || null, dispatcher: agent };
      const page = await request(`${behind}${path}`, init);
      return send(page.statusCode, await page.body.text(), { 'content-type': 'text/html', ...fault.pageHeaders });
    }
    const members: Members = JSON.parse(body);
    const asked = { kind, members, isProven: signed(kind, members).signature === members.signature };
    const changed = fault.asked?.(asked) ?? members;
    const answer = 'answer' in changed ? (changed.answer as Answer) : await forward(kind, path, changed);
    const given = fault.answered?.(answer, asked) ?? answer;
    return send(given.status, given.raw ?? JSON.stringify(given.members), { 'content-type': 'application/json' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all([once(server, 'close'), agent.destroy()]);
    },
  };

  /** Has the partner behind notify us, where what it is asked is signed at all. */
  async function forward(kind: Asked['kind'], path: string, members: Members): Promise<Answer> {
    const isCreation = kind === 'create' && signed(kind, members).signature === members.signature;
    const ipnUrl = `${url}/told/${Buffer.from(String(members.ipnUrl)).toString('base64url')}`;
    return post(`${behind}${path}`, isCreation ? signed(kind, { ...members, ipnUrl }) : members, url);
  }

  async function post(target: string, members: Members, ownUrl?: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const answer = await request(target, { method: 'POST', headers, body: JSON.stringify(members), dispatcher: agent });
    const text = await answer.body.text();
    if (text === '') return { status: answer.statusCode, members: {} };
    const told: Members = JSON.parse(text);
    // Shoppers go through the party between as well.
    const isPage = ownUrl !== undefined && typeof told.redirectUrl === 'string';
    const own = isPage ? String(told.redirectUrl).replace(behind, ownUrl) : undefined;
    const members2 = own === undefined ? told : signed('created', { ...told, redirectUrl: own });
    return { status: answer.statusCode, members: members2 };
  }
}
