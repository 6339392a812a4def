import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach } from 'vitest';
import { type ShopOptions, startShop } from './server.ts';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
export const START = new Date('2026-11-21T12:00:00Z');

export interface Creation {
  readonly reference: string;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly returnUrl: string;
  readonly notificationUrl?: string;
  readonly key: string | undefined;
}

export const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/**
 * A stand-in for the gateway, until a flow test runs the shop against the real one: it takes payments by their
 * idempotency key, and can be told to refuse or to lose its answer.
 */
async function standInGateway() {
  const asked: Creation[] = [];
  const known = new Map<string, string>();
  let mood: 'answer' | 'refuse' | 'lose' = 'answer';
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void response.end('The payment page');
    const key = String(request.headers['idempotency-key']);
    const body = JSON.parse(await textOf(request));
    asked.push({ ...body, key });
    if (mood === 'refuse') {
      const problem = { status: 422, code: 'no_provider_account', detail: 'None.', errors: [] };
      response.writeHead(422, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
      return;
    }
    const id = known.get(key) ?? `pay_${known.size + 1}`;
    known.set(key, id);
    if (mood === 'lose') return void request.socket.destroy();
    const payment = { id, reference: body.reference, paymentUrl: `http://${request.headers.host}/c/${id}` };
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(payment));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    known,
    url,
    become(next: typeof mood) {
      mood = next;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

export async function openShop(options: Partial<ShopOptions> = {}) {
  const gateway = await standInGateway();
  const clock = { now: START };
  const log: string[] = [];
  const settings: ShopOptions = {
    port: 0,
    host: '127.0.0.1',
    apiUrl: gateway.url,
    apiKey: 'sk_test_1.secret',
    webhookSecret: SECRET,
    now: () => clock.now,
    log: (line) => log.push(line),
    ...options,
  };
  const shop = await startShop(settings);
  cleanups.push(shop.close);
  return { gateway, clock, log, settings, ...visitorOf(shop.url) };
}

/** What a shopper's browser and a gateway do to a shop. */
export function visitorOf(url: string) {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      redirect: 'manual',
    });
  return {
    url,
    post,
    read: async (path: string) => (await fetch(`${url}${path}`)).text(),
    front: async () => formsOf(await (await fetch(url)).text()),
    notify: (body: string, headers: Record<string, string>) =>
      post('/webhooks', body, { ...headers, 'content-type': 'application/json' }),
  };
}

function formsOf(page: string): string[] {
  return [...page.matchAll(/name="product" value="([^"]+)">\s*<input type="hidden" name="form" value="([^"]+)"/g)].map(
    ([, product = '', form = '']) => String(new URLSearchParams({ product, form })),
  );
}

type ShopUnderTest = Awaited<ReturnType<typeof openShop>>;

/** Buys the first product; the path of the order's page and what the gateway was asked for. */
export async function buy({ front, post, gateway }: Pick<ShopUnderTest, 'front' | 'post' | 'gateway'>) {
  const [form = ''] = await front();
  const answer = await post('/orders', form);
  const creation = gateway.asked.at(-1);
  if (creation === undefined) throw new Error('The shop asked for no payment');
  return { answer, form, creation, path: new URL(creation.returnUrl).pathname };
}

interface Said {
  readonly type?: string;
  readonly webhookId?: string;
  readonly at?: Date;
  readonly secret?: string;
  readonly id?: string;
  readonly reference?: string;
  readonly status?: string;
  readonly amount?: number;
  readonly amountCaptured?: number;
  readonly currency?: string;
  readonly version?: number;
  readonly latestAttempt?: object;
}

let notifications = 0;

/** A notification as the gateway sends it, signed by the reference library. */
export function notification(creation: Creation, said: Said = {}): [body: string, headers: Record<string, string>] {
  notifications++;
  const { type = 'payment.succeeded', webhookId = `whd_${notifications}`, at = START, secret = SECRET, ...rest } = said;
  const { reference, orderId, amount, currency } = creation;
  const captured = type === 'payment.succeeded' ? amount : 0;
  const usual = { id: 'pay_1', reference, orderId, amount, amountCaptured: captured, currency, version: 3 };
  const object = { object: 'payment', ...usual, status: type.slice('payment.'.length), latestAttempt: null, ...rest };
  const body = JSON.stringify({ id: `evt_${notifications}`, type, mode: 'test', data: { object } });
  return [
    body,
    {
      'webhook-id': webhookId,
      'webhook-timestamp': String(at.getTime() / 1000),
      'webhook-signature': new Webhook(secret).sign(webhookId, at, body),
    },
  ];
}

export const titleOf = (page: string) => /<h1>(.*?)<\/h1>/.exec(page)?.[1];
