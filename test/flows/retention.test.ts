import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { lookOnce } from '../../src/retention/jobs.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { type OpenEndpoint, openEndpoint } from '../support/open-endpoint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let shop: Merchant;
let sink: WebhookSink;

beforeAll(async () => {
  // Years ago: what is younger than a month by the server's clock is not dropped.
  clock = new ManualClock('2021-03-10T12:00:00Z');
  tollgate = await startInstallation({
    clock,
    environment: { TOLLGATE_RETENTION_DAYS: '60', TOLLGATE_RETENTION_DAYS_MAX: '120' },
  });
  sink = await startWebhookSink();
});
afterAll(async () => {
  await sink.close();
  await tollgate.close();
});

/** A tenant of its own for each test, since settings and events are the tenant's. */
beforeEach(async () => {
  const { apiKeys } = await tollgate.createTenant();
  shop = merchantOf(tollgate.apiUrl, apiKeys.test);
});

/** Days pass, and the worker takes its turns until it has nothing more to do. */
async function live(days: number): Promise<void> {
  clock.advance({ hours: 24 * days });
  const { gateway } = tollgate.tollgate;
  while (await lookOnce({ ...gateway.payments, log: gateway.log, retention: gateway.config.retention }));
}

async function paidAndTold(fields: object = {}): Promise<{ endpoint: OpenEndpoint; paymentId: string }> {
  const endpoint = await openEndpoint(shop, sink, { eventTypes: ['payment.succeeded', 'refund.succeeded'], ...fields });
  const { id: paymentId } = await shop.pay();
  await until(async () =>
    (await endpoint.deliveries()).some(({ status }: { status: string }) => status === 'succeeded'),
  );
  return { endpoint, paymentId };
}

async function events(query = ''): Promise<readonly { id: string; type: string }[]> {
  const answer = await shop.send('GET', `/events?limit=100${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data;
}

test('what happened is shown for its days, then neither shown nor sent again, and then it is gone', async () => {
  await live(0);
  const { endpoint } = await paidAndTold();
  const [event] = await events('&type=payment.succeeded');
  const [delivery] = await endpoint.deliveries();
  await live(59);
  expect((await events()).map(({ id }) => id)).toContain(event?.id);
  await live(2);
  expect(await events()).toEqual([]);
  for (const answer of [
    await shop.send('GET', `/events/${event?.id}`),
    await shop.send('POST', `/events/${event?.id}/resend`, { body: { endpointId: endpoint.id } }),
    await shop.send('POST', `/deliveries/${delivery.id}/resend`),
    await shop.send('POST', `/webhook-endpoints/${endpoint.id}/replay`, {
      body: { since: '2021-01-01T00:00:00Z', until: '2021-03-11T00:00:00Z' },
    }),
  ]) {
    expect([answer.status, answer.body.code], answer.text).toEqual([410, 'event_expired']);
  }
  await live(40);
  expect((await shop.send('GET', `/events/${event?.id}`)).status).toBe(404);
  expect((await shop.send('GET', `/deliveries/${delivery.id}`)).status).toBe(404);
  expect(await tollgate.database.run('select event_id from events where event_id = $1', [event?.id])).toEqual([]);
});

test('a refund long after the payment’s events are gone is told with the payment’s own facts', async () => {
  const { endpoint, paymentId } = await paidAndTold({ dialect: 'bluesnap', secret: 'a secret of ours' });
  await live(150);
  expect(await tollgate.database.run('select event_id from events where payment_id = $1', [paymentId])).toEqual([]);
  const { reference } = (await shop.send('GET', `/payments/${paymentId}`)).body;
  const before = sink.received.length;
  expect((await shop.refund(paymentId, { amount: 250, reason: 'returned' }, 'late-refund')).status).toBe(201);
  await until(async () => sink.received.slice(before).some(({ path }) => path === endpoint.path));
  const told = new URLSearchParams(sink.received.slice(before).find(({ path }) => path === endpoint.path)?.body);
  expect(told.get('transactionType')).toBe('REFUND');
  expect(told.get('merchantTransactionId')).toBe(reference);
});

test('a payment outlives everything that was said of it', async () => {
  const { paymentId } = await paidAndTold();
  const before = (await shop.send('GET', `/payments/${paymentId}`)).body;
  await live(200);
  expect((await shop.send('GET', `/payments/${paymentId}`)).body).toEqual(before);
  expect((await shop.send('GET', `/payments/${paymentId}/explain`)).status).toBe(200);
  expect((await shop.send('GET', `/payments/${paymentId}/timeline`)).status).toBe(200);
});

test('a tenant that keeps less has its events and answers emptied, and the rows tell that there was one', async () => {
  const { endpoint } = await paidAndTold();
  const [event] = await events('&type=payment.succeeded');
  const changed = await shop.send('PATCH', '/settings', { body: { retention: { eventsDays: 7, deliveriesDays: 7 } } });
  expect(changed.body.retention).toEqual({ eventsDays: 7, deliveriesDays: 7 });
  await live(8);
  // Settings are remembered for a second; what was emptied meanwhile is not shown either.
  expect(await events()).toEqual([]);
  expect((await shop.send('GET', `/events/${event?.id}`)).body.code).toBe('event_expired');
  const [delivery] = await endpoint.deliveries();
  const { body } = await shop.send('GET', `/deliveries/${delivery.id}`);
  expect(body.attempts).toMatchObject([{ statusCode: 200, responseBody: null }]);
  expect(
    await tollgate.database.run(`select object::text as object from events where event_id = $1`, [event?.id]),
  ).toEqual([{ object: 'null' }]);
});

describe('the days of a tenant', () => {
  test.each([
    ['eventsDays', 6, 'Must be 7 or more'],
    ['deliveriesDays', 121, 'Must be at most 120 here'],
    ['inboundDays', 7.5, 'Must be an integer'],
  ])('%s of %d is refused', async (name, days, rule) => {
    const answer = await shop.send('PATCH', '/settings', { body: { retention: { [name]: days } } });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ pointer: `/retention/${name}`, detail: expect.stringContaining(rule) }]);
  });
});

test('whoever watches sees sizes, months ahead and what waits', async () => {
  await live(0);
  const text = await (await fetch(`${tollgate.tollgate.internalUrl}/metrics`)).text();
  expect(text).toMatch(/^tollgate_partitions_months_ahead 2$/m);
  expect(text).toMatch(/^tollgate_partition_bytes\{table="events"\} [1-9]/m);
  expect(text).toMatch(/^tollgate_partitions_held\{family="deliveries"\} 0$/m);
});

test('work that was never finished is told to the operator, once', async () => {
  const { endpoint } = await paidAndTold();
  await endpoint.patch({ status: 'paused' });
  const { id } = (await shop.pay()) as { id: string };
  await until(async () => (await endpoint.deliveries()).some(({ status }: { status: string }) => status === 'pending'));
  await live(120);
  await live(1);
  const mails = await tollgate.database.run(
    `select count(*)::int as n from mails where tenant_id = 'system' and facts::text like '%retention_waits%deliveries%'`,
  );
  expect(mails).toEqual([{ n: 1 }]);
  expect(await tollgate.database.run('select 1 from events where payment_id = $1 limit 1', [id])).toHaveLength(1);
});
