import { afterEach, describe, expect, test } from 'vitest';
import { call, until } from '../support/api-client.ts';
import { merchantOf } from '../support/merchant.ts';
import type { OpenEndpoint } from '../support/open-endpoint.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { openToldShop } from '../support/told-shop.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop({ fields: { eventTypes: ['payment.created'] } });
afterEach(async () => {
  clock.advance({ minutes: 1 });
});

/** Payments of one moment, and the moments around it. */
async function createSome(count: number) {
  clock.advance({ seconds: 1 });
  const since = clock.now().toString();
  const payments = [];
  for (let i = 0; i < count; i++) payments.push(await shop.create());
  // Told to whoever is there now, and not to who comes later.
  await untilQuiet(tollgate.database);
  clock.advance({ seconds: 1 });
  return { since, until: clock.now().toString(), ids: payments.map(({ id }) => id) };
}

const replay = (id: string, body: unknown) => shop.merchant.send('POST', `/webhook-endpoints/${id}/replay`, { body });
const read = async (replayId: string) => (await shop.merchant.send('GET', `/replays/${replayId}`)).body;
const paymentsTold = (one: OpenEndpoint) => one.received().map(({ body }) => JSON.parse(body).data.object.id);

/** Lets the seconds pass that its rate asks for, until the replay looks so. */
async function untilReplay(replayId: string, like: Readonly<Record<string, unknown>>) {
  return until(async () => {
    clock.advance({ seconds: 1 });
    const now = await read(replayId);
    return expect.objectContaining(like).asymmetricMatch(now) && now;
  });
}

describe('a replay', () => {
  test('says first how many events it would send and which come first, and sends none', async () => {
    const { ids, since, until: end } = await createSome(3);
    const late = await endpoint();
    const preview = await replay(late.id, { since, until: end, dryRun: true });
    expect([preview.status, preview.body]).toEqual([
      202,
      {
        ...{ id: null, object: 'replay', mode: 'test', endpointId: late.id, since, until: end },
        ...{ eventTypes: ['payment.created'], status: ['none', 'exhausted', 'canceled'] },
        ...{ ratePerSecond: 50, eventsSelected: 3, events: expect.any(Array) },
      },
    ]);
    const named: readonly { readonly id: string; readonly paymentId: string }[] = preview.body.events;
    expect(named.map(({ paymentId }) => paymentId).toSorted()).toEqual(ids.toSorted());
    expect(named.map(({ id }) => id)).toEqual(named.map(({ id }) => id).toSorted());
    await untilQuiet(tollgate.database);
    expect([late.received(), (await shop.merchant.send('GET', '/replays')).body.data]).toEqual([[], []]);
  });

  test('brings an endpoint what happened before it was there, oldest first, under the old webhook-ids', async () => {
    const first = await endpoint();
    const { since, until: end, ids } = await createSome(3);
    await first.untilReceived(3);
    const late = await endpoint();
    const started = await replay(late.id, { since, until: end });
    expect(started.body).toMatchObject({ state: 'running', eventsSelected: 3, deliveriesMade: 0, endedAt: null });
    await untilReplay(started.body.id, { state: 'done', deliveriesMade: 3 });
    await late.untilReceived(3);
    expect(paymentsTold(late).toSorted()).toEqual(ids.toSorted());
    const webhookIds = (one: OpenEndpoint) =>
      one
        .received()
        .map(({ headers }) => headers['webhook-id'])
        .toSorted();
    expect(webhookIds(late)).toEqual(webhookIds(first));
    const deliveries = await late.deliveries();
    expect(deliveries).toHaveLength(3);
    for (const delivery of deliveries) expect(delivery).toMatchObject({ trigger: 'replay', reason: 'manual' });
    expect(first.received()).toHaveLength(3);
  });

  test('takes only what stands as it was asked: what failed is sent again, what succeeded is not', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    const failed = await createSome(2);
    await one.untilReceived(2);
    await tollgate.database.run(`update deliveries set status = 'exhausted' where endpoint_id = $1`, [one.id]);
    const { until: end } = await createSome(1);
    await one.untilReceived(3);
    const period = { since: failed.since, until: end };
    const countOf = async (status: unknown) =>
      (await replay(one.id, { ...period, status, dryRun: true })).body.eventsSelected;
    expect(await Promise.all(['exhausted', 'succeeded', 'none', ['exhausted', 'succeeded']].map(countOf))).toEqual([
      2, 1, 0, 3,
    ]);
    const started = await replay(one.id, { ...period, status: 'exhausted' });
    await untilReplay(started.body.id, { state: 'done', deliveriesMade: 2 });
    await one.untilReceived(5);
    expect(paymentsTold(one).slice(3).toSorted()).toEqual(failed.ids.toSorted());
    // The latest delivery counts: what was made good is not missed any more.
    await until(async () => (await one.deliveries()).every(({ status }: { status: string }) => status !== 'pending'));
    expect(await countOf('exhausted')).toBe(0);
  });

  test('keeps to its rate, and to types that were asked for', async () => {
    const { since, until: end } = await createSome(5);
    const late = await endpoint({ eventTypes: ['*'] });
    expect(
      (await replay(late.id, { since, until: end, eventTypes: ['refund.failed'], dryRun: true })).body,
    ).toMatchObject({
      eventsSelected: 0,
    });
    const started = await replay(late.id, { since, until: end, ratePerSecond: 2 });
    await until(async () => (await read(started.body.id)).deliveriesMade === 2);
    await late.untilReceived(2);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(late.received()).toHaveLength(2);
    clock.advance({ seconds: 1 });
    await late.untilReceived(4);
    expect(await read(started.body.id)).toMatchObject({ state: 'running', deliveriesMade: 4, eventsSelected: 5 });
    clock.advance({ seconds: 1 });
    await late.untilReceived(5);
    await untilReplay(started.body.id, { state: 'done', deliveriesMade: 5 });
  });

  test('sends each event once, also where what it sends is selected like what it finds', async () => {
    const one = await endpoint();
    const { since, until: end, ids } = await createSome(3);
    const all = ['none', 'pending', 'succeeded', 'exhausted', 'canceled'];
    const started = await replay(one.id, { since, until: end, status: all, ratePerSecond: 1 });
    await untilReplay(started.body.id, { state: 'done', deliveriesMade: 3 });
    await one.untilReceived(6);
    await untilQuiet(tollgate.database);
    expect(paymentsTold(one).toSorted()).toEqual([...ids, ...ids].toSorted());
  });

  test('that is canceled makes no more, and what it has made is sent', async () => {
    const { since, until: end } = await createSome(4);
    const late = await endpoint();
    const started = await replay(late.id, { since, until: end, ratePerSecond: 1 });
    await until(async () => (await read(started.body.id)).deliveriesMade === 1);
    const second = await replay(late.id, { since, until: end });
    expect([second.status, second.body.code]).toEqual([409, 'state_conflict']);
    const canceled = await shop.merchant.send('POST', `/replays/${started.body.id}/cancel`);
    expect(canceled.body).toMatchObject({ state: 'canceled', deliveriesMade: 1 });
    clock.advance({ seconds: 30 });
    await late.untilReceived(1);
    await untilQuiet(tollgate.database);
    expect(late.received()).toHaveLength(1);
  });

  test('waits while the endpoint is paused, and fails where it is deleted', async () => {
    const { since, until: end } = await createSome(2);
    const late = await endpoint();
    await late.patch({ status: 'paused' });
    const started = await replay(late.id, { since, until: end });
    await untilQuiet(tollgate.database);
    expect(await read(started.body.id)).toMatchObject({ state: 'running', deliveriesMade: 0 });
    await late.remove();
    await untilReplay(started.body.id, { state: 'failed', stopReason: 'The endpoint was deleted.' });
  });

  test('begun twice with one key is one replay', async () => {
    const { since, until: end } = await createSome(1);
    const late = await endpoint();
    const path = `/webhook-endpoints/${late.id}/replay`;
    const both = await Promise.all(
      [1, 2].map(() =>
        shop.merchant.send('POST', path, { body: { since, until: end }, idempotencyKey: `one-${since}` }),
      ),
    );
    expect(both.map(({ status }) => status)).toEqual([202, 202]);
    expect(both[0]?.body.id).toBe(both[1]?.body.id);
    await untilReplay(both[0]?.body.id, { state: 'done' });
    await late.untilReceived(1);
    expect(await late.deliveries()).toHaveLength(1);
  });

  test.each([
    ['a period that ends before it begins', { since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' }, '/since'],
    ['a period in the future', { since: '2999-01-02T00:00:00Z' }, '/since'],
    ['a rate that nobody bears', { since: '2026-01-02T00:00:00Z', ratePerSecond: 501 }, '/ratePerSecond'],
    ['an unknown type', { since: '2026-01-02T00:00:00Z', eventTypes: ['payment.paid'] }, '/eventTypes/0'],
  ])('refuses %s by the field', async (_, body, pointer) => {
    const one = await endpoint();
    const refused = await replay(one.id, body);
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  test('S2.10 belongs to its tenant', async () => {
    const { since, until: end } = await createSome(1);
    const one = await endpoint();
    const started = await replay(one.id, { since, until: end });
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const answers = await Promise.all([
      stranger.send('GET', `/replays/${started.body.id}`),
      stranger.send('POST', `/replays/${started.body.id}/cancel`),
      stranger.send('POST', `/webhook-endpoints/${one.id}/replay`, { body: { since } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await stranger.send('GET', '/replays')).body.data).toEqual([]);
  });
});

describe('S3.27 one event', () => {
  test('is sent to an endpoint that never asked for it, under its webhook-id', async () => {
    const { ids } = await createSome(1);
    const one = await endpoint({ eventTypes: ['refund.failed'] });
    const [event] = (await shop.merchant.send('GET', `/events?paymentId=${ids[0]}`)).body.data;
    const path = `/events/${event.id}/resend`;
    const sent = await shop.merchant.send('POST', path, { body: { endpointId: one.id }, idempotencyKey: event.id });
    expect(sent.status, sent.text).toBe(201);
    expect(sent.body).toMatchObject({ trigger: 'resend', reason: 'manual', eventId: event.id, endpointId: one.id });
    const again = await shop.merchant.send('POST', path, { body: { endpointId: one.id }, idempotencyKey: event.id });
    expect(again.body.id).toBe(sent.body.id);
    const [received] = await one.untilReceived(1);
    expect(received?.headers['webhook-id']).toBe(event.id);
    expect(paymentsTold(one)).toEqual(ids);
  });

  test('is sent at once also while a test clock stands in days to come', async () => {
    const { ids } = await createSome(1);
    const one = await endpoint({ eventTypes: ['refund.failed'] });
    const held = await shop.merchant.send('POST', '/test-clocks', { body: {} });
    const clockPath = `/test-clocks/${held.body.id}`;
    const moved = await shop.merchant.send('POST', `${clockPath}/advance`, { body: { seconds: 864_000 } });
    expect(moved.status, moved.text).toBe(200);
    const [event] = (await shop.merchant.send('GET', `/events?paymentId=${ids[0]}&type=payment.created`)).body.data;
    await shop.merchant.send('POST', `/events/${event.id}/resend`, { body: { endpointId: one.id } });
    await one.untilReceived(1);
    const [delivery] = await one.deliveries();
    await shop.merchant.send('POST', `/deliveries/${delivery.id}/resend`);
    await one.untilReceived(2);
    await shop.merchant.send('POST', `${clockPath}/release`);
  });

  test('goes to no endpoint of another tenant', async () => {
    const { ids } = await createSome(1);
    const key = (await tollgate.createTenant()).apiKeys.test;
    const stranger = merchantOf(tollgate.apiUrl, key);
    const foreign = await stranger.send('POST', '/webhook-endpoints', { body: { url: `${sink.url}/foreign` } });
    const [event] = (await shop.merchant.send('GET', `/events?paymentId=${ids[0]}`)).body.data;
    const path = `/events/${event.id}/resend`;
    const mine = await shop.merchant.send('POST', path, { body: { endpointId: foreign.body.id } });
    expect([mine.status, mine.body.errors[0].pointer]).toEqual([422, '/endpointId']);
    const theirs = await call(`${tollgate.apiUrl}/api/v1${path}`, { key, body: { endpointId: foreign.body.id } });
    expect(theirs.status).toBe(404);
  });
});
