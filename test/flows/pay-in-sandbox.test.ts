import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let tollgate: Installation;
let sink: WebhookSink;

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([startInstallation(), startWebhookSink()]);
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});

let count = 0;

async function create(fields: Record<string, unknown> = {}) {
  const answer = await call(`${tollgate.apiUrl}/api/v1/payments`, {
    key: tollgate.tenant.apiKeys.test,
    body: { reference: `order-${count++}`, amount: 1250, notificationUrl: `${sink.url}/hook`, ...fields },
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

function confirm(id: string, token: string) {
  return call(`${tollgate.apiUrl}/api/v1/payments/${id}/confirm`, {
    key: tollgate.tenant.apiKeys.test,
    body: { method: { type: 'sandbox', token } },
  });
}

function read(id: string) {
  return call(`${tollgate.apiUrl}/api/v1/payments/${id}`, { key: tollgate.tenant.apiKeys.test });
}

async function untilStatus(id: string, status: string) {
  return until(async () => {
    const { body } = await read(id);
    return body.status === status && body;
  });
}

function notificationsOf(id: string) {
  return sink.received.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.object.id === id);
}

test('S2.19 S2.21 an approved payment succeeds and the tenant is told by a signed notification', async () => {
  const payment = await create();
  expect(payment).toMatchObject({ status: 'created', amount: 1250, currency: 'EUR', version: 1 });
  const confirmed = await confirm(payment.id, 'tok_approve');
  expect(confirmed.status, confirmed.text).toBe(200);
  const paid = await untilStatus(payment.id, 'succeeded');
  expect(paid).toMatchObject({ amountCaptured: 1250, amountRefunded: 0, late: false });
  await until(async () => notificationsOf(payment.id).some(({ type }) => type === 'payment.succeeded'));
  const received = sink.received.find(({ body }) => body.includes('payment.succeeded') && body.includes(payment.id));
  const verifier = new Webhook(tollgate.tenant.webhookSecrets.test);
  const event = verifier.verify(received?.body ?? '', received?.headers as Record<string, string>) as { id: string };
  expect(event.id).toBe(received?.headers['webhook-id']);
});

test('S2.14 a declined attempt leaves the payment payable until its tries are used up', async () => {
  const payment = await create({ attemptsMax: 2 });
  await confirm(payment.id, 'tok_decline_insufficient_funds');
  expect(await untilStatus(payment.id, 'created')).toMatchObject({
    latestAttempt: { state: 'declined', failureCode: 'insufficient_funds' },
  });
  await confirm(payment.id, 'tok_decline_fraud');
  await untilStatus(payment.id, 'failed');
});
