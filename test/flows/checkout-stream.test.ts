import { type Dispatcher, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';

let tollgate: Installation;
let shop: PaymentWatch;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = watchPayments(tollgate);
});
afterAll(() => tollgate?.close());

interface Told {
  readonly id: string;
  readonly data: { readonly status: string; readonly stateKey: string; readonly leaveUrl: string | null };
}

interface Stream {
  readonly told: readonly Told[];
  readonly ended: Promise<void>;
  readonly headers: Dispatcher.ResponseData['headers'];
  leave(): void;
}

const addressOf = (token: string) => `${tollgate.apiUrl}/api/v1/checkout-sessions/${token}/events`;

async function openStream(token: string): Promise<Stream> {
  const leaving = new AbortController();
  const { statusCode, headers, body } = await request(addressOf(token), { signal: leaving.signal });
  expect(statusCode).toBe(200);
  const told: Told[] = [];
  const read = async () => {
    let text = '';
    for await (const chunk of body.setEncoding('utf8')) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        if (id !== undefined && data !== undefined) told.push({ id, data: JSON.parse(data) });
        text = text.slice(end + 2);
      }
    }
  };
  return { told, headers, ended: read().catch(() => undefined), leave: () => leaving.abort() };
}

const statuses = ({ told }: Stream) => told.map(({ data }) => data.status);

test('tells how a payment stands, then each change, and ends when it is over', async () => {
  const payment = await shop.create({ returnUrl: 'https://shop.example/thanks' });
  const stream = await openStream(payment.checkoutToken);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  await until(async () => stream.told.length === 1);
  await shop.confirm(payment.id, 'tok_redirect');
  await until(async () => statuses(stream).includes('processing'));
  const [attempt] = await shop.attempts(payment.id);
  expect(attempt?.state).toBe('requires_action');
  await shop.merchant.send('POST', `/payments/${payment.id}/cancel`);
  await stream.ended;
  expect(statuses(stream)).toEqual(['created', 'processing', 'canceled']);
  expect(stream.told.at(-1)?.data.leaveUrl).toContain('status=canceled');
  expect(stream.told.map(({ id, data }) => id === data.stateKey)).toEqual([true, true, true]);
});

test('tells whoever asks again about what is over that there is nothing more', async () => {
  const payment = await shop.create();
  await shop.merchant.send('POST', `/payments/${payment.id}/cancel`);
  const stream = await openStream(payment.checkoutToken);
  await stream.ended;
  expect(statuses(stream)).toEqual(['canceled']);
  const headers = { 'last-event-id': stream.told[0]?.id ?? 'none' };
  expect((await call(addressOf(payment.checkoutToken), { headers })).status).toBe(204);
});

test('tells everybody who looks at one payment, and each of their own', async () => {
  const [one, other] = [await shop.create(), await shop.create()];
  const streams = await Promise.all([one, one, other].map(({ checkoutToken }) => openStream(checkoutToken)));
  await shop.merchant.send('POST', `/payments/${one.id}/cancel`);
  await Promise.all(streams.slice(0, 2).map(({ ended }) => ended));
  expect(streams.map(statuses)).toEqual([['created', 'canceled'], ['created', 'canceled'], ['created']]);
  streams[2]?.leave();
});

test('opens nothing for a token that opens nothing', async () => {
  const answer = await call(addressOf('A'.repeat(43)));
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
});

test('ends its streams when the server stops, and asks nothing more of the database', async () => {
  const other = await startInstallation();
  const payment = await watchPayments(other).create();
  const { body } = await request(`${other.apiUrl}/api/v1/checkout-sessions/${payment.checkoutToken}/events`);
  const text = body.text();
  await other.close();
  expect(await text).toContain('"status":"created"');
});
