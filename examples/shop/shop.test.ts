import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { type ShopOptions, startShop } from './server.ts';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const START = new Date('2026-11-21T12:00:00Z');

interface Creation {
  readonly reference: string;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly returnUrl: string;
  readonly notificationUrl?: string;
  readonly key: string | undefined;
}

const cleanups: (() => Promise<unknown>)[] = [];

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
    const payment = { id, reference: body.reference, paymentUrl: `http://checkout.test/c/${id}` };
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(payment));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
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

async function openShop(options: Partial<ShopOptions> = {}) {
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
function visitorOf(url: string) {
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
async function buy({ front, post, gateway }: Pick<ShopUnderTest, 'front' | 'post' | 'gateway'>) {
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
function notification(creation: Creation, said: Said = {}): [body: string, headers: Record<string, string>] {
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

const titleOf = (page: string) => /<h1>(.*?)<\/h1>/.exec(page)?.[1];

describe('buying', () => {
  it('makes an order and a payment of it, and leads to the payment page', async () => {
    const shop = await openShop();
    const { answer, creation, path } = await buy(shop);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('http://checkout.test/c/pay_1');
    expect(creation).toMatchObject({ amount: 950, currency: 'EUR', returnUrl: `${shop.url}${path}` });
    expect(creation.reference).toBe(`${creation.orderId}-1`);
    expect(creation.key).toBe(creation.reference);
    expect(creation).not.toHaveProperty('notificationUrl');
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('names the address for notifications where one is given', async () => {
    const shop = await openShop({ notificationUrl: 'http://127.0.0.1:1/webhooks' });
    expect((await buy(shop)).creation.notificationUrl).toBe('http://127.0.0.1:1/webhooks');
  });

  it('with a form that is sent twice is one order and one payment', async () => {
    const shop = await openShop();
    const { form, path } = await buy(shop);
    await shop.post('/orders', form);
    expect(shop.gateway.known.size).toBe(1);
    expect(new Set(shop.gateway.asked.map(({ returnUrl }) => returnUrl))).toEqual(new Set([`${shop.url}${path}`]));
  });

  it('twice is two orders', async () => {
    const shop = await openShop();
    const [first, second] = [await buy(shop), await buy(shop)];
    expect(second.path).not.toBe(first.path);
    expect(second.creation.orderId).not.toBe(first.creation.orderId);
  });

  it('after a lost answer asks again with the same reference and key', async () => {
    const shop = await openShop();
    shop.gateway.become('lose');
    const { answer, path } = await buy(shop);
    expect(answer.headers.get('location')).toBe(path);
    expect(titleOf(await shop.read(path))).toBe('The payment page did not answer');
    shop.gateway.become('answer');
    const again = await shop.post(`${path}/pay`, '');
    expect(again.headers.get('location')).toBe('http://checkout.test/c/pay_1');
    expect(new Set(shop.gateway.asked.map(({ key, reference }) => `${key} ${reference}`)).size).toBe(1);
  });

  it('after a refusal asks with a new reference for the same order', async () => {
    const shop = await openShop();
    shop.gateway.become('refuse');
    const { path, creation } = await buy(shop);
    expect(titleOf(await shop.read(path))).toBe('The payment could not begin');
    shop.gateway.become('answer');
    await shop.post(`${path}/pay`, '');
    expect(shop.gateway.asked.at(-1)).toMatchObject({
      orderId: creation.orderId,
      reference: `${creation.orderId}-2`,
      key: `${creation.orderId}-2`,
    });
  });

  it('is refused for other sites, unknown products and forms that are none of ours', async () => {
    const shop = await openShop();
    const [form = ''] = await shop.front();
    expect((await shop.post('/orders', form, { 'sec-fetch-site': 'cross-site' })).status).toBe(400);
    expect((await shop.post('/orders', form.replace('hill', 'hell'))).status).toBe(400);
    expect((await shop.post('/orders', 'product=hill-blend&form=x')).status).toBe(400);
    expect((await shop.post('/orders', 'a'.repeat(5_000))).status).toBe(413);
    expect(shop.gateway.asked).toEqual([]);
  });
});

describe('a notification', () => {
  it('makes the order paid', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    expect((await shop.notify(...notification(creation))).status).toBe(204);
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });

  it('is needed: what stands in the address the shopper comes back by changes nothing', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const forged = `?paymentId=pay_1&reference=${creation.reference}&status=succeeded`;
    expect(titleOf(await shop.read(`${path}${forged}`))).toBe('Waiting for the payment');
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('that is forged changes nothing', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const other = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
    const [body, headers] = notification(creation, { status: 'failed' });
    const forgeries: [string, Record<string, string>, string][] = [
      [...notification(creation, { secret: other }), 'no_match'],
      [body.replace('"failed"', '"succeeded"'), headers, 'no_match'],
      [body, { ...headers, 'webhook-id': 'whd_other' }, 'no_match'],
      [body, {}, 'missing_header'],
    ];
    for (const [text, sent, reason] of forgeries) {
      const answer = await shop.notify(text, sent);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ reason });
    }
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('that is replayed later changes nothing, whatever its id', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const [body, headers] = notification(creation);
    shop.clock.now = new Date(START.getTime() + 301_000);
    const answer = await shop.notify(body, headers);
    expect([answer.status, await answer.json()]).toMatchObject([400, { reason: 'too_old' }]);
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('that comes twice counts once', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const paid = notification(creation);
    await shop.notify(...paid);
    // The same id with a higher version would be applied, were it not for the id.
    const again = notification(creation, {
      type: 'payment.reversed',
      webhookId: paid[1]['webhook-id'] ?? '',
      version: 9,
    });
    expect((await shop.notify(...paid)).status).toBe(204);
    expect((await shop.notify(...again)).status).toBe(204);
    expect(titleOf(await shop.read(path))).toBe('Paid');
    expect(shop.log).toEqual(Array(2).fill('A notification changed no order: duplicate'));
  });

  it('that was overtaken changes nothing', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { version: 4 }));
    await shop.notify(...notification(creation, { type: 'payment.processing', version: 2 }));
    await shop.notify(...notification(creation, { type: 'payment.reversed', version: 4 }));
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });

  it.each([
    ['another amount', { amount: 949, amountCaptured: 949 }],
    ['another currency', { currency: 'JPY' }],
    ['a part of the amount', { amountCaptured: 100 }],
    ['another payment', { id: 'pay_9' }],
    ['a reference that is not ours', { reference: 'elsewhere-1' }],
    ['no version', { version: undefined as unknown as number }],
  ])('about %s pays for nothing', async (_what, said) => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    expect((await shop.notify(...notification(creation, said))).status).toBe(204);
    expect(await shop.read(path)).not.toContain('<h1>Paid</h1>');
  });

  it('of a type the shop does not know is acknowledged', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const answer = await shop.notify(...notification(creation, { type: 'payment.polished', status: 'succeeded' }));
    expect(answer.status).toBe(204);
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('about a second paid try is told to a person, and the order stays paid once', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { type: 'payment.expired' }));
    await shop.post(`${path}/pay`, '');
    const second = shop.gateway.asked.at(-1) ?? creation;
    await shop.notify(...notification(second, { id: 'pay_2' }));
    await shop.notify(...notification(creation, { version: 5 }));
    expect(shop.log.at(-1)).toBe('A notification changed no order: paid_twice');
    await shop.notify(...notification(creation, { type: 'payment.reversed', version: 6 }));
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });
});

describe('an order', () => {
  it.each([
    ['payment.failed', 'The payment did not go through'],
    ['payment.canceled', 'You stopped the payment'],
    ['payment.expired', 'Time is up'],
  ])('can be paid anew after %s, by another payment', async (type, title) => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { type }));
    const page = await shop.read(path);
    expect(titleOf(page)).toBe(title);
    expect(page).toContain('Nothing was charged.');
    expect(page).toContain('Try again');
    const answer = await shop.post(`${path}/pay`, '');
    expect(answer.headers.get('location')).toBe('http://checkout.test/c/pay_2');
    const second = shop.gateway.asked.at(-1) ?? creation;
    expect(second).toMatchObject({ orderId: creation.orderId, reference: `${creation.orderId}-2` });
    await shop.notify(...notification(second, { id: 'pay_2' }));
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });

  it('goes on with the same payment after an attempt that failed', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const failed = { type: 'payment.attempt_failed', status: 'created' };
    await shop.notify(...notification(creation, { ...failed, latestAttempt: { failureCode: 'insufficient_funds' } }));
    const page = await shop.read(path);
    expect(titleOf(page)).toBe('That did not work');
    expect(page).toContain('not enough on this account');
    const answer = await shop.post(`${path}/pay`, '');
    expect(answer.headers.get('location')).toBe('http://checkout.test/c/pay_1');
    expect(shop.gateway.known.size).toBe(1);
  });

  it('is no longer paid once its payment was reversed', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation));
    await shop.notify(...notification(creation, { type: 'payment.reversed', version: 4 }));
    expect(titleOf(await shop.read(path))).toBe('The payment was taken back');
  });

  it('that is paid leads to no payment', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation));
    const answer = await shop.post(`${path}/pay`, '');
    expect(answer.headers.get('location')).toBe(path);
    expect(shop.gateway.known.size).toBe(1);
  });

  it('survives a restart, with the notifications it has seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-shop-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const shop = await openShop({ dataFile: join(folder, 'shop.sqlite') });
    const { creation, path } = await buy(shop);
    const paid = notification(creation);
    await shop.notify(...paid);
    await cleanups.pop()?.();
    const reopened = await startShop(shop.settings);
    cleanups.push(reopened.close);
    const visitor = visitorOf(reopened.url);
    expect(titleOf(await visitor.read(path))).toBe('Paid');
    await visitor.notify(...paid);
    expect(shop.log).toContain('A notification changed no order: duplicate');
  });

  it('is found by nobody who does not know its key', async () => {
    const shop = await openShop();
    const { path } = await buy(shop);
    expect((await fetch(`${shop.url}${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);
    expect((await fetch(`${shop.url}/orders/1001`)).status).toBe(404);
  });
});

describe('an open order page', () => {
  it('hears at once how the order stands, and of each change', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const stream = await fetch(`${shop.url}${path}/events`);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const reader = (stream.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const until = async (text: string) => {
      while (!heard.includes(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error('The stream ended');
        heard += value;
      }
    };
    await until('Waiting for the payment');
    expect(heard).not.toContain('Paid');
    await shop.notify(...notification(creation));
    await until('Paid');
    await reader.cancel();
  });

  it('reloads itself while it waits, in a browser that runs no scripts', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const refresh = /<noscript><meta http-equiv="refresh" content="\d+"><\/noscript>/;
    expect(await shop.read(path)).toMatch(refresh);
    await shop.notify(...notification(creation));
    expect(await shop.read(path)).not.toMatch(refresh);
  });

  it('does not keep the shop from closing', async () => {
    const shop = await openShop();
    const { path } = await buy(shop);
    const stream = await fetch(`${shop.url}${path}/events`);
    await cleanups.pop()?.();
    await expect(stream.text()).resolves.toContain('Waiting');
  });
});
