import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type OpenEndpoint, openEndpoint, readDelivery } from '../support/open-endpoint.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;
let good: OpenEndpoint;
let bad: OpenEndpoint;
let paymentId: string;
let middle: string;

/** One payment that is told of, then one that only the good endpoint hears of, and one that nobody does. */
beforeAll(async () => {
  clock = stoppedClock();
  [tollgate, sink] = await Promise.all([startInstallation({ clock }), startWebhookSink()]);
  shop = watchPayments(tollgate);
  good = await openEndpoint(shop.merchant, sink, { eventTypes: ['payment.created', 'payment.succeeded'] });
  bad = await openEndpoint(shop.merchant, sink, { eventTypes: ['payment.succeeded'] });
  sink.answer = ({ path }) => (path === bad.path ? 503 : 204);
  paymentId = (await shop.merchant.pay()).id;
  await Promise.all([good.untilReceived(2), bad.untilAttempts(1)]);
  await until(async () => (await good.deliveries()).every(({ status }: { status: string }) => status === 'succeeded'));
  clock.advance({ seconds: 2 });
  middle = clock.now().toString();
  clock.advance({ seconds: 2 });
  await bad.patch({ url: 'http://127.0.0.1:1/' });
  const [failed] = await bad.deliveries();
  await shop.merchant.send('POST', `/deliveries/${failed.id}/resend`);
  await until(async () => (await found('trigger=resend')).some(({ attemptsMade }) => attemptsMade === 1));
});
afterAll(async () => {
  await sink.close();
  await tollgate.close();
});

interface Found {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly endpointId: string;
  readonly attemptsMade: number;
}

async function found(query: string): Promise<readonly Found[]> {
  const answer = await shop.merchant.send('GET', `/deliveries?limit=100&${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data;
}

/** What was found, in words: whose, of what, and how it came about. */
async function told(query: string): Promise<readonly string[]> {
  const deliveries = (await found(query)) as readonly (Found & { trigger: string })[];
  return deliveries
    .map(({ endpointId, eventType, trigger }) => `${endpointId === good.id ? 'good' : 'bad'} ${eventType} ${trigger}`)
    .toSorted();
}

const CREATED = 'good payment.created automatic';
const SUCCEEDED = 'good payment.succeeded automatic';
const FAILED = 'bad payment.succeeded automatic';
const RESENT = 'bad payment.succeeded resend';

describe('S3.27 deliveries are found', () => {
  test.each([
    ['by payment', () => `paymentId=${paymentId}`, [FAILED, RESENT, CREATED, SUCCEEDED]],
    ['by endpoint', () => `endpointId=${good.id}`, [CREATED, SUCCEEDED]],
    ['by type', () => 'eventType=payment.created', [CREATED]],
    ['by status', () => 'status=pending', [FAILED, RESENT]],
    ['by success', () => 'status=succeeded', [CREATED, SUCCEEDED]],
    ['by how they came about', () => 'trigger=resend', [RESENT]],
    ['by that they came about by themselves', () => 'trigger=automatic', [FAILED, CREATED, SUCCEEDED]],
    ['by the code of the last answer', () => 'statusCode=503', [FAILED]],
    ['by another code of the same class, not', () => 'statusCode=502', []],
    ['by the class of the last answer', () => 'statusCode=5xx', [FAILED]],
    ['by the class of success', () => 'statusCode=2xx', [CREATED, SUCCEEDED]],
    ['by an answer that acknowledges nothing', () => 'error=refused', [FAILED]],
    ['by that they were not sent', () => 'error=not_sent', [RESENT]],
    ['by that they were lost', () => 'error=lost', []],
    ['from an instant on', () => `createdAfter=${middle}`, [RESENT]],
    ['up to an instant', () => `createdBefore=${middle}`, [FAILED, CREATED, SUCCEEDED]],
    ['by all of it', () => `paymentId=${paymentId}&endpointId=${bad.id}&status=pending&statusCode=503`, [FAILED]],
  ])('%s', async (_, query, expected) => {
    expect(await told(query())).toEqual(expected.toSorted());
  });

  test('by event, whoever they go to and however they came about', async () => {
    const [{ eventId } = { eventId: '' }] = await found('trigger=resend');
    expect(await told(`eventId=${eventId}`)).toEqual([FAILED, RESENT, SUCCEEDED].toSorted());
  });

  test('page by page, each once', async () => {
    const ids: string[] = [];
    let cursor = '';
    do {
      const { body } = await shop.merchant.send('GET', `/deliveries?limit=1&paymentId=${paymentId}${cursor}`);
      ids.push(...body.data.map(({ id }: Found) => id));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect([ids.length, new Set(ids).size]).toEqual([4, 4]);
  });

  test.each([['statusCode=600'], ['statusCode=5x'], ['error=HTTP'], ['createdAfter=yesterday'], ['trigger=manual']])(
    'not by %s, which is refused by its name',
    async (query) => {
      const refused = await shop.merchant.send('GET', `/deliveries?${query}`);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, `/query/${query.split('=')[0]}`]);
    },
  );
});

describe('a delivery tells', () => {
  test('of each attempt what was sent and what came, with times, and of signatures only that there were some', async () => {
    const [succeeded] = await found(`endpointId=${good.id}&eventType=payment.created`);
    const { attempts, whyNotSent } = await readDelivery(shop.merchant, succeeded?.id ?? '');
    expect(whyNotSent).toBeNull();
    expect(attempts).toEqual([
      expect.objectContaining({
        number: 1,
        remoteAddress: '127.0.0.1',
        timings: expect.objectContaining({ firstByteMs: expect.any(Number), tlsMs: null }),
        requestHeaders: expect.objectContaining({
          'content-type': 'application/json',
          'webhook-id': succeeded?.eventId,
          'webhook-signature': '(not kept)',
        }),
        responseHeaders: expect.objectContaining({ date: expect.any(String) }),
      }),
    ]);
  });

  test('why it was not sent: its last failure and the next time, or that its endpoint is paused', async () => {
    const [resent] = await found('trigger=resend');
    const read = () => readDelivery(shop.merchant, resent?.id ?? '');
    expect((await read()).whyNotSent).toMatch(/^Attempt 1 ended with connection_refused.*; the next one is made at 20/);
    await bad.patch({ status: 'paused' });
    expect((await read()).whyNotSent).toMatch(/^The endpoint is paused/);
    await bad.patch({ status: 'active' });
  });
});

describe('events are found', () => {
  const types = async (query: string) => {
    const { body } = await shop.merchant.send('GET', `/events?limit=100&${query}`);
    return body.data.map(({ type }: { type: string }) => type).toSorted();
  };

  test('by that no delivery of them was acknowledged, also where nobody was to be told', async () => {
    expect(await types(`undelivered=true&paymentId=${paymentId}`)).toEqual(['capture.succeeded', 'payment.processing']);
    expect(await types(`undelivered=false&paymentId=${paymentId}`)).toHaveLength(4);
    const lonely = await shop.create();
    await good.untilReceived(3);
    await until(async () => (await types(`undelivered=true&paymentId=${lonely.id}`)).length === 0);
  });

  test('by the time in which they happened', async () => {
    expect(await types(`paymentId=${paymentId}&since=${middle}`)).toEqual([]);
    expect(await types(`paymentId=${paymentId}&until=${middle}`)).toHaveLength(4);
  });

  test('past thousands that were delivered, in pages that may be empty but lead on', async () => {
    const { tenantId } = tollgate.tenant.tenant;
    // Newer than what is looked for, in the order of ids.
    await tollgate.database.run(
      `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
       select $1, 'evt_7zzzzzzzzz' || lpad(n::text, 16, '0'), 'test', 'payment.created', 'x', '{}', $2
       from generate_series(1, 5001) n`,
      [tenantId, clock.now().toString()],
    );
    await tollgate.database.run(
      `insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, mode, endpoint_id, trigger, status,
         attempts_made, created_at)
       select $1, 'whd_0' || event_id, 'lane', event_id, type, mode, 'we_none', 'automatic', 'succeeded', 1, $2
       from events where event_id like 'evt_7zzzzzzzzz%'`,
      [tenantId, clock.now().toString()],
    );
    const first = (await shop.merchant.send('GET', '/events?undelivered=true')).body;
    expect(first).toEqual({ data: [], hasMore: true, nextCursor: expect.stringMatching(/^evt_7zzzzzzzzz/) });
    const second = (await shop.merchant.send('GET', `/events?undelivered=true&cursor=${first.nextCursor}`)).body;
    expect(second.data.map(({ type }: { type: string }) => type)).toContain('payment.processing');
  });
});

describe('what a delivery says', () => {
  test('is the text that was signed, byte for byte, without the signature itself', async () => {
    const [delivery] = await good.deliveries();
    const { body } = await shop.merchant.send('GET', `/deliveries/${delivery.id}/message`);
    const sent = good.received().find(({ headers }) => headers['webhook-id'] === delivery.eventId);
    const stamp = sent?.headers['webhook-timestamp'];
    expect(body).toMatchObject({ dialect: 'standard', attempt: 1, body: sent?.body });
    expect(body.signedText).toBe(`${delivery.eventId}.${stamp}.${sent?.body}`);
    const { body: secrets } = await shop.merchant.send('GET', `/webhook-endpoints/${good.id}/secrets`);
    expect(body.keyIds).toEqual([secrets.data[0].id]);
    expect(JSON.stringify(body)).not.toContain(String(sent?.headers['webhook-signature']));
  });

  test('names the keys of its time, although there is another one since', async () => {
    const [delivery] = await good.deliveries();
    const before = (await shop.merchant.send('GET', `/deliveries/${delivery.id}/message`)).body.keyIds;
    clock.advance({ seconds: 1 });
    await shop.merchant.send('POST', `/webhook-endpoints/${good.id}/rotate-secret`, { body: {} });
    const { body } = await shop.merchant.send('GET', `/deliveries/${delivery.id}/message`);
    expect(body.keyIds).toEqual(before);
  });

  test('of one that is encrypted anew each time is not shown, nor is one that was made up', async () => {
    const sealed = await openEndpoint(shop.merchant, sink, { dialect: 'encrypted', eventTypes: ['payment.succeeded'] });
    await shop.merchant.pay();
    const { id } = await sealed.untilAttempts(1);
    const { body } = await shop.merchant.send('GET', `/deliveries/${id}/message`);
    expect(body).toMatchObject({ dialect: 'encrypted', body: null, signedText: null });
    const { body: trial } = await shop.merchant.send('POST', `/webhook-endpoints/${sealed.id}/test`);
    const refused = await shop.merchant.send('GET', `/deliveries/${trial.deliveryId}/message`);
    expect([refused.status, refused.body.code]).toEqual([409, 'state_conflict']);
  });
});
