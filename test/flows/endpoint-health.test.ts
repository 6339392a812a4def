import { describe, expect, test } from 'vitest';
import { call, until } from '../support/api-client.ts';
import type { OpenEndpoint } from '../support/open-endpoint.ts';
import { openToldShop } from '../support/told-shop.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop({ fields: { eventTypes: ['payment.created'] } });

const read = async ({ id }: OpenEndpoint) => (await shop.merchant.send('GET', `/webhook-endpoints/${id}`)).body;
const health = async ({ id }: OpenEndpoint) => {
  const answer = await shop.merchant.send('GET', `/webhook-endpoints/${id}/health`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const failAt = (one: OpenEndpoint, status = 500) => {
  sink.answer = ({ path }) => (path === one.path ? status : 200);
};

/** Lets an endpoint be told of so many payments and waits until each was tried once more. */
async function tell(one: OpenEndpoint, count: number): Promise<void> {
  const before = (await health(one)).windows.lastWeek.attempts;
  for (let i = 0; i < count; i++) await shop.create();
  await untilInTime(async () => (await health(one)).windows.lastWeek.attempts >= before + count);
}

/** A receiver that has failed three times in a row is left alone for a while, and nothing else moves this clock. */
function untilInTime(ask: () => Promise<boolean>): Promise<boolean> {
  return until(async () => {
    if (await ask()) return true;
    clock.advance({ seconds: 1 });
    return false;
  }, 25_000);
}

/** Makes an endpoint fail until it counts as failing. */
async function failUntilNoticed(one: OpenEndpoint): Promise<void> {
  failAt(one);
  await tell(one, 4);
  clock.advance({ minutes: 6 });
  await until(async () => (await health(one)).state === 'failing');
}

describe('S1.23 the health of an endpoint', () => {
  test('shows rate, latency and the last failure of what was sent to it', async () => {
    const one = await endpoint();
    expect(await health(one)).toMatchObject({
      state: 'healthy',
      acknowledgementRate: null,
      pending: 0,
      windows: { lastDay: { attempts: 0, latencyMs: null } },
    });
    await tell(one, 3);
    failAt(one, 503);
    await tell(one, 1);
    const seen = await health(one);
    expect(seen).toMatchObject({
      state: 'healthy',
      acknowledgementRate: 0.75,
      windows: { lastHour: { attempts: 4, acknowledged: 3 }, lastWeek: { attempts: 4, acknowledgementRate: 0.75 } },
      hours: [{ hour: expect.any(String), attempts: 4, acknowledged: 3, acknowledgementRate: 0.75 }],
      consecutiveFailures: 1,
      failingSince: expect.any(String),
      lastSuccessAt: expect.any(String),
      lastFailure: { statusCode: 503, error: 'HTTP 503' },
      pending: 1,
      oldestPendingAt: expect.any(String),
      disableAt: null,
    });
    expect(seen.windows.lastHour.latencyMs.p95).toBeGreaterThanOrEqual(seen.windows.lastHour.latencyMs.p50);
  });

  test('forgets by the hour: a window holds what it says', async () => {
    const one = await endpoint();
    await tell(one, 2);
    clock.advance({ hours: 30 });
    await tell(one, 1);
    expect((await health(one)).windows).toMatchObject({
      lastHour: { attempts: 1 },
      lastDay: { attempts: 1 },
      lastWeek: { attempts: 3 },
    });
    clock.advance({ hours: 24 * 9 });
    await tell(one, 1);
    const rows = await tollgate.database.run('select 1 from endpoint_health_hours where endpoint_id = $1', [one.id]);
    expect(rows).toHaveLength(1);
  });

  test('is of attempts at its own address where it is about failing; others count for the rate', async () => {
    const one = await endpoint();
    sink.answer = ({ path }) => (path === '/own' ? 500 : 200);
    for (let i = 0; i < 3; i++) await shop.create({ notificationUrl: `${sink.url}/own` });
    await until(async () => (await health(one)).windows.lastDay.attempts >= 3);
    expect(await health(one)).toMatchObject({ acknowledgementRate: 0, consecutiveFailures: 0, failingSince: null });
  });

  test('is its tenant’s and its mode’s alone', async () => {
    const one = await endpoint();
    const key = (await tollgate.createTenant()).apiKeys.test;
    for (const other of [key, tollgate.tenant.apiKeys.live]) {
      const answer = await call(`${tollgate.apiUrl}/api/v1/webhook-endpoints/${one.id}/health`, { key: other });
      expect([403, 404]).toContain(answer.status);
    }
  });
});

describe('an endpoint that fails', () => {
  test('is told of once, to the other endpoints and never to itself, and is well again with its first success', async () => {
    const one = await endpoint({ eventTypes: ['payment.created', 'endpoint.failing', 'endpoint.disabled'] });
    const other = await endpoint({ eventTypes: ['endpoint.failing', 'endpoint.disabled'] });
    await failUntilNoticed(one);
    await tell(one, 6);
    const [told, ...more] = await other.untilReceived(1);
    const event = JSON.parse(told?.body ?? '');
    expect(event).toMatchObject({
      type: 'endpoint.failing',
      mode: 'test',
      data: {
        object: {
          ...{
            id: one.id,
            object: 'webhook_endpoint',
            url: sink.url + one.path,
            dialect: 'standard',
            status: 'active',
            reason: null,
          },
          failingSince: expect.any(String),
          lastFailure: { statusCode: 500, error: 'HTTP 500' },
        },
      },
    });
    const { failingSince, disableAt } = event.data.object;
    expect(Temporal.Instant.from(disableAt).since(failingSince).total('hours')).toBe(120);
    expect(await health(one)).toMatchObject({
      state: 'failing',
      failingSince,
      disableAt,
      noticedAt: expect.any(String),
    });
    // Both would have come of the same event, so that nothing is still on its way.
    const types = new Set((await one.deliveries()).map(({ eventType }: { eventType: string }) => eventType));
    expect([more, [...types]]).toEqual([[], ['payment.created']]);
    expect(await tollgate.database.run(`select 1 from events where object ->> 'id' = $1`, [one.id])).toHaveLength(1);
    sink.answer = () => 200;
    await shop.create();
    await untilInTime(async () => (await health(one)).state === 'healthy');
    expect(await health(one)).toMatchObject({ noticedAt: null, disableAt: null });
  });

  test('is disabled after its time, with what waits and what comes kept, and resumed by a person', async () => {
    const one = await endpoint({ disableAfterSeconds: 7_200 });
    const other = await endpoint({ eventTypes: ['endpoint.disabled'] });
    await failUntilNoticed(one);
    await tell(one, 6);
    expect((await read(one)).status).toBe('active');
    clock.advance({ seconds: 7_200 });
    await shop.create();
    await until(async () => (await read(one)).status === 'disabled');
    expect((await health(one)).state).toBe('disabled');
    const [told] = await other.untilReceived(1);
    expect(JSON.parse(told?.body ?? '').data.object).toMatchObject({
      id: one.id,
      status: 'disabled',
      reason: 'failures',
    });
    const tried = one.received().length;
    const kept = await shop.create();
    await until(async () => (await one.deliveries()).length === 12);
    clock.advance({ hours: 48 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(one.received()).toHaveLength(tried);
    const isPending = ({ status }: { status: string }) => status === 'pending';
    expect((await one.deliveries()).every(isPending)).toBe(true);
    sink.answer = () => 200;
    expect((await one.patch({ status: 'active' })).body.status).toBe('active');
    expect(await health(one)).toMatchObject({ state: 'healthy', consecutiveFailures: 0, failingSince: null });
    await until(async () => (await one.deliveries()).every(({ status }: { status: string }) => status === 'succeeded'));
    expect(one.received().some(({ body }) => JSON.parse(body).data.object.id === kept.id)).toBe(true);
    expect((await health(one)).state).toBe('healthy');
  });

  test('starts afresh at another address', async () => {
    const one = await endpoint({ disableAfterSeconds: 3_600 });
    await failUntilNoticed(one);
    await one.patch({ url: `${sink.url}${one.path}?moved` });
    expect(await health(one)).toMatchObject({ state: 'healthy', consecutiveFailures: 0, disableAt: null });
  });

  test('may be allowed to fail for ever, within limits that are told', async () => {
    const one = await endpoint({ disableAfterSeconds: null });
    expect((await read(one)).disableAfterSeconds).toBeNull();
    await failUntilNoticed(one);
    expect((await health(one)).disableAt).toBeNull();
    for (const disableAfterSeconds of [3_599, 2_592_001, 1.5]) {
      const answer = await one.patch({ disableAfterSeconds });
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/disableAfterSeconds']);
    }
  });

  test('that answers 410 is disabled at once', async () => {
    const other = await endpoint({ eventTypes: ['endpoint.disabled'] });
    const one = await endpoint();
    failAt(one, 410);
    await shop.create();
    await until(async () => (await read(one)).status === 'disabled');
    const [told] = await other.untilReceived(1);
    expect(JSON.parse(told?.body ?? '').data.object).toMatchObject({
      ...{ id: one.id, reason: 'gone', disableAt: null },
      disabledAt: expect.any(String),
    });
  });
});

describe('mails', () => {
  const mails = async (query: string) => {
    const key = tollgate.operatorKey;
    const answer = await call(`${tollgate.apiUrl}/api/v1/operator/mails?limit=100&${query}`, { key });
    expect(answer.status, answer.text).toBe(200);
    return answer.body.data;
  };
  const tenantId = () => tollgate.tenant.tenant.tenantId;

  test('S3.30 what could not be delivered is told with a masked copy, and stands in the table without a mail server', async () => {
    const one = await endpoint({ schedule: [60] });
    failAt(one);
    await shop.create({ description: 'A gift for Jane Doe', metadata: { who: 'jane@doe.example' } });
    for (let tries = 1; tries < 12; tries++) {
      const { status, nextAttemptAt } = await one.untilAttempts(tries);
      if (status !== 'pending') break;
      clock.set(nextAttemptAt);
    }
    const [mail] = await until(async () => {
      const found = await mails(`tenantId=${tenantId()}&kind=delivery_failures&state=pending`);
      return found.length > 0 && found;
    });
    const [delivery] = await one.deliveries();
    expect(mail).toMatchObject({
      subject: '[test] 1 notification could not be delivered',
      recipient: null,
      triesMade: 0,
      nextTryAt: expect.any(String),
    });
    expect(mail.text).toContain(delivery.id);
    expect(mail.text).toContain('HTTP 500');
    expect(mail.text).toContain('"type": "payment.created"');
    expect(mail.text).not.toMatch(/jane/i);
  });

  test('failing and disabled endpoints are told in one mail', async () => {
    const [one, gone] = [await endpoint(), await endpoint()];
    await failUntilNoticed(one);
    failAt(gone, 410);
    await shop.create();
    await until(async () => (await read(gone)).status === 'disabled');
    const [mail] = await mails(`tenantId=${tenantId()}&kind=endpoint_states&state=pending`);
    expect(mail.text).toContain(one.id);
    expect(mail.text).toContain(gone.id);
    expect(mail.text).toContain('410 Gone');
  });

  test('are shown to operators alone', async () => {
    const url = `${tollgate.apiUrl}/api/v1/operator/mails`;
    expect((await call(url, { key: tollgate.tenant.apiKeys.test })).status).toBe(403);
    expect((await call(url)).status).toBe(401);
  });
});

test('metrics count attempts by outcome and policy, and name an endpoint only while it is failing', async () => {
  const one = await endpoint();
  await tell(one, 1);
  const metrics = async () => (await call(`${tollgate.tollgate.internalUrl}/metrics`)).text;
  expect(await metrics()).toMatch(
    /tollgate_notification_attempts_total\{outcome="acknowledged",mode="test",policy="retry"\} [1-9]/,
  );
  expect(await metrics()).not.toContain(one.id);
  await failUntilNoticed(one);
  const text = await metrics();
  expect(text).toMatch(new RegExp(`tollgate_endpoint_failing_seconds\\{tenant="[^"]+",endpoint="${one.id}"\\} \\d`));
  expect(text).toMatch(/tollgate_endpoints\{state="failing"\} [1-9]/);
  expect(text).toMatch(/tollgate_notification_attempt_seconds_bucket\{le="0.001",outcome="refused"\} \d/);
  expect(text).toMatch(/tollgate_deliveries_oldest_pending_seconds [1-9]/);
  sink.answer = () => 200;
  clock.advance({ hours: 1 });
  await until(async () => (await health(one)).state === 'healthy');
  expect(await metrics()).not.toContain(one.id);
});
