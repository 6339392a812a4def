import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type MailBox, startMailBox } from '../support/mail-box.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;
let box: MailBox;
let shop: PaymentWatch;

beforeAll(async () => {
  clock = stoppedClock();
  [sink, box] = await Promise.all([startWebhookSink(), startMailBox()]);
  const environment = { SMTP_URL: box.url, SMTP_FROM: 'tollgate@gateway.example' };
  tollgate = await startInstallation({ clock, environment });
  shop = watchPayments(tollgate);
  const named = { adminEmail: 'admin@shop.example' };
  expect((await shop.merchant.send('PATCH', '/notification-settings', { body: named })).status).toBe(200);
});
afterAll(async () => {
  await sink.close();
  await tollgate.close();
  await box.close();
});

test('an endpoint that says it is gone reaches the administrator of the notification settings, once', async () => {
  const one = await openEndpoint(shop.merchant, sink, { eventTypes: ['payment.created'] });
  sink.answer = () => 410;
  await shop.create();
  const path = `/webhook-endpoints/${one.id}`;
  await until(async () => (await shop.merchant.send('GET', path)).body.status === 'disabled');
  clock.advance({ seconds: 15 });
  const [mail] = await until(async () => box.received.length > 0 && box.received);
  expect(mail).toMatchObject({ from: 'tollgate@gateway.example', to: ['admin@shop.example'] });
  expect(mail?.headers.subject).toBe('[test] 1 endpoint disabled');
  expect(mail?.text).toContain(one.id);
  sink.answer = () => 200;
  expect((await shop.merchant.send('POST', `${path}/resume`, { body: {} })).status).toBe(200);
  const health = await shop.merchant.send('GET', `${path}/health`);
  expect(health.body).toMatchObject({ state: 'healthy', consecutiveFailures: 0 });
  clock.advance({ hours: 2 });
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(box.received.filter(({ text }) => text.includes('410 Gone'))).toHaveLength(1);
});
