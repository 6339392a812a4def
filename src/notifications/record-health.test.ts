import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../../test/support/installation.ts';
import { ManualClock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { type AckPolicy, ackPolicy } from './ack-policy.ts';
import { changeEndpoint, createEndpoint } from './change-endpoint.ts';
import type { Delivery } from './delivery.ts';
import type { AttemptOutcome } from './delivery-hooks.ts';
import { disableEndpoint } from './disable-endpoint.ts';
import type { WebhookEndpoint } from './endpoint.ts';

let clock: ManualClock;
let tollgate: Installation;
let endpoint: WebhookEndpoint;

beforeAll(async () => {
  clock = new ManualClock('2026-03-01T12:00:00Z');
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api' } });
});
afterAll(() => tollgate.close());
beforeEach(async () => {
  clock.advance({ hours: 400 });
  endpoint = await newEndpoint((await tollgate.createTenant()).tenant.tenantId);
});

async function newEndpoint(tenantId: string): Promise<WebhookEndpoint> {
  const { notifications } = tollgate.tollgate.gateway;
  const created = await forTenants([tenantId], () =>
    notifications.database.transaction((tx) =>
      createEndpoint(notifications, tx, {
        ...{ tenantId, mode: 'test', url: 'http://127.0.0.1:9/hook?token=x', eventTypes: ['*'] },
        ...{ dialect: 'standard', settings: {}, secrets: {} },
      }),
    ),
  );
  return created.endpoint;
}

const withPolicy = (policy: unknown): WebhookEndpoint => ({
  ...endpoint,
  ackPolicy: ackPolicy.parse(policy) as AckPolicy,
});

function attempt(
  kind: AttemptOutcome['kind'],
  changes: Partial<AttemptOutcome> & {
    readonly delivery?: Partial<Delivery>;
    readonly ended?: Delivery['status'];
  } = {},
): AttemptOutcome {
  const { delivery = {}, ended, ...others } = changes;
  const to = others.endpoint === undefined ? endpoint : others.endpoint;
  const before: Delivery = {
    tenantId: to?.tenantId ?? endpoint.tenantId,
    deliveryId: newId('whd', clock),
    laneId: to?.endpointId ?? 'origin',
    eventId: 'evt_1',
    eventType: 'payment.created',
    paymentId: null,
    mode: 'test',
    endpointId: to?.endpointId ?? null,
    ...{ urlOverride: null, partnerKeyId: null, trigger: 'automatic', reason: 'tenant', status: 'pending' },
    ...{ attemptsMade: 0, dueAt: clock.now(), lastAttemptAt: null, lastStatusCode: null, lastError: null },
    createdAt: clock.now(),
    ...delivery,
  };
  const isGood = kind === 'acknowledged';
  const status = ended ?? (isGood ? 'succeeded' : 'pending');
  return {
    before,
    after: { ...before, status, attemptsMade: 1, lastError: isGood ? null : 'HTTP 500' },
    endpoint,
    attemptedAt: clock.now(),
    durationMs: 20,
    kind,
    status: isGood ? 200 : 500,
    faultOf: isGood ? null : 'receiver',
    ...others,
  };
}

const several = (count: number, ...of: Parameters<typeof attempt>) =>
  Array.from({ length: count }, () => attempt(...of));

function recorded(...outcomes: AttemptOutcome[]): Promise<void> {
  const { payments, deliveryHooks } = tollgate.tollgate.gateway;
  return forTenants(
    outcomes.map((outcome) => outcome.endpoint?.tenantId ?? endpoint.tenantId),
    () =>
      payments.database.transaction(async (tx) => {
        for (const hook of deliveryHooks) await hook.recorded?.(tx, outcomes);
      }),
  );
}

const health = async () =>
  (await tollgate.database.run('select * from endpoint_health where endpoint_id = $1', [endpoint.endpointId]))[0];
const hours = () =>
  tollgate.database.run('select * from endpoint_health_hours where endpoint_id = $1 order by hour', [
    endpoint.endpointId,
  ]);
const events = () =>
  tollgate.database.run<{ type: string; object: Record<string, unknown> }>(
    'select type, object from events where tenant_id = $1 order by event_id',
    [endpoint.tenantId],
  );
const mails = () =>
  tollgate.database.run<{
    kind: string;
    facts: { counts: Record<string, number>; entries: Record<string, unknown>[] };
  }>('select kind, facts from mails where tenant_id = $1 order by mail_id', [endpoint.tenantId]);
const statusOf = async () =>
  (await tollgate.database.run('select status from webhook_endpoints where endpoint_id = $1', [endpoint.endpointId]))[0]
    ?.status;

/** Brings the endpoint to where its next failure makes it failing. */
async function nearlyFailing(): Promise<void> {
  await recorded(...several(4, 'refused'));
  clock.advance({ minutes: 5 });
}

describe('what attempts say of an endpoint', () => {
  test('is the sum of all of them, however they are batched', async () => {
    const batches = array(
      record({
        kinds: array(constantFrom('acknowledged', 'refused', 'lost', 'not_sent') as never, {
          minLength: 1,
          maxLength: 6,
        }),
        seconds: integer({ min: 0, max: 2_000 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await assert(
      asyncProperty(batches, async (plan) => {
        endpoint = await newEndpoint(endpoint.tenantId);
        const all: AttemptOutcome['kind'][] = [];
        for (const { kinds, seconds } of plan) {
          await recorded(...(kinds as AttemptOutcome['kind'][]).map((kind) => attempt(kind)));
          all.push(...(kinds as AttemptOutcome['kind'][]));
          clock.advance({ seconds });
        }
        const rows = await hours();
        const summed = (name: 'attempts' | 'acknowledged') => rows.reduce((sum, row) => sum + row[name], 0);
        expect(summed('attempts')).toBe(all.length);
        expect(summed('acknowledged')).toBe(all.filter((kind) => kind === 'acknowledged').length);
        const latencies = rows.flatMap((row) => row.latencies as number[]).reduce((sum, count) => sum + count, 0);
        expect(latencies).toBe(all.length);
        const failures = all.length - 1 - all.lastIndexOf('acknowledged');
        expect(await health()).toMatchObject({ consecutive_failures: failures });
        expect((await health())?.failing_since === null).toBe(failures === 0);
      }),
      { numRuns: 25 },
    );
  });

  test('is summed up by many workers at once without losing one', async () => {
    await Promise.all(Array.from({ length: 30 }, () => recorded(...several(3, 'refused'))));
    expect(await hours()).toMatchObject([{ attempts: 90, acknowledged: 0 }]);
    expect(await health()).toMatchObject({ consecutive_failures: 90, state: 'healthy' });
  });

  test('is kept for several endpoints of several tenants from one batch', async () => {
    const other = await newEndpoint((await tollgate.createTenant()).tenant.tenantId);
    const third = await newEndpoint(endpoint.tenantId);
    const batch = [endpoint, other, third].flatMap((one) => several(2, 'refused', { endpoint: one }));
    await Promise.all([recorded(...batch), recorded(...batch.toReversed())]);
    const rows = await tollgate.database.run('select attempts from endpoint_health_hours where endpoint_id = any($1)', [
      [endpoint, other, third].map(({ endpointId }) => endpointId),
    ]);
    expect(rows).toEqual([{ attempts: 4 }, { attempts: 4 }, { attempts: 4 }]);
  });

  test('is said neither by tests and simulations, nor by faults of ours, nor by partners', async () => {
    await recorded(
      attempt('refused', { delivery: { trigger: 'test' }, ended: 'exhausted' }),
      attempt('refused', { delivery: { trigger: 'simulation' }, status: 410, ended: 'exhausted' }),
      attempt('not_sent', { faultOf: 'us', status: null }),
      attempt('refused', { endpoint: null }),
    );
    expect([await hours(), await health(), await mails()]).toEqual([[], undefined, []]);
  });

  test('of an hour that came after a success in the same batch counts from that success', async () => {
    await recorded(...several(9, 'refused'));
    const [one, two, three] = [
      attempt('refused'),
      attempt('acknowledged', { durationMs: 30 }),
      attempt('lost', { durationMs: 40, status: null }),
    ];
    await recorded(one, three, two);
    expect(await health()).toMatchObject({ consecutive_failures: 1, last_failure_status: null });
  });
});

describe('an endpoint', () => {
  test('is told to be failing by one event and one piece of news, however many workers find out', async () => {
    await nearlyFailing();
    await Promise.all(Array.from({ length: 20 }, () => recorded(...several(2, 'refused'))));
    expect(await health()).toMatchObject({ state: 'failing' });
    expect((await events()).map(({ type }) => type)).toEqual(['endpoint.failing']);
    expect(await mails()).toMatchObject([{ kind: 'endpoint_states', facts: { counts: { failing: 1 } } }]);
    expect(JSON.stringify(await events())).not.toContain('token');
  });

  test('that says it is gone is disabled and told of once, also where several hear it at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => recorded(attempt('refused', { status: 410 }))));
    expect([await statusOf(), (await health())?.state]).toEqual(['disabled', 'disabled']);
    expect((await events()).map(({ type, object }) => [type, object.reason])).toEqual([['endpoint.disabled', 'gone']]);
    expect(await mails()).toMatchObject([{ facts: { counts: { gone: 1 } } }]);
    const { gateway } = tollgate.tollgate;
    const again = forTenants([endpoint.tenantId], () =>
      gateway.payments.database.transaction((tx) => disableEndpoint(gateway.mail, tx, endpoint, 'gone')),
    );
    expect(await again).toBe(false);
  });

  test.each([
    ['was paused', { status: 'paused' }],
    ['leads elsewhere', { url: 'http://127.0.0.1:9/other' }],
  ] as const)('that %s since it was called is not disabled by what it said before', async (_, changes) => {
    const { notifications } = tollgate.tollgate.gateway;
    const owner = { tenantId: endpoint.tenantId, mode: endpoint.mode };
    await forTenants([owner.tenantId], () =>
      changeEndpoint(notifications, owner, endpoint.endpointId, { ...changes, secrets: {} }),
    );
    await recorded(attempt('refused', { status: 410 }));
    expect([await statusOf(), await events()]).toEqual(['status' in changes ? 'paused' : 'active', []]);
    expect((await health())?.state).toBe('healthy');
  });

  test('whose silence gives money back is never given up: neither for 410 nor with time', async () => {
    const reversing = withPolicy({ type: 'reverse_on_no_ack' });
    await recorded(attempt('refused', { endpoint: reversing, status: 410 }));
    for (let day = 0; day < 12; day++) {
      clock.advance({ hours: 24 });
      await recorded(...several(3, 'refused', { endpoint: reversing }));
    }
    expect([await statusOf(), (await health())?.state]).toEqual(['active', 'failing']);
  });

  test('a payment’s own address that is gone disables nothing', async () => {
    await recorded(attempt('refused', { status: 410, delivery: { urlOverride: 'http://127.0.0.1:9/own' } }));
    expect([await statusOf(), await health()]).toEqual(['active', undefined]);
    expect(await hours()).toMatchObject([{ attempts: 1, acknowledged: 0 }]);
  });
});

describe('what is told by mail', () => {
  test('S3.30 is what could not be delivered, also to a payment’s own address and to partners', async () => {
    await recorded(
      attempt('refused', { ended: 'exhausted' }),
      attempt('lost', {
        ended: 'exhausted',
        endpoint: null,
        delivery: { urlOverride: 'https://own.example/a?token=x' },
      }),
      attempt('refused'),
    );
    const [mail, ...others] = await mails();
    expect([mail?.kind, mail?.facts.counts, others]).toEqual(['delivery_failures', { exhausted: 2 }, []]);
    expect(mail?.facts.entries.map(({ address }) => address)).toEqual([
      'http://127.0.0.1:9/hook',
      'https://own.example/a',
    ]);
  });

  test('S3.25 is a 200 without the receipt that is demanded, in the same mail', async () => {
    const demanding = withPolicy({ type: 'receipt' });
    await recorded(
      attempt('refused', { endpoint: demanding, status: 200 }),
      attempt('refused', { endpoint: demanding, status: 200 }),
      attempt('refused', { endpoint: demanding, status: 500 }),
      attempt('refused', { endpoint: demanding, status: 200, ended: 'exhausted' }),
      attempt('refused', { status: 200 }),
    );
    expect((await mails()).map(({ facts }) => facts.counts)).toEqual([{ receipt: 2, exhausted: 1 }]);
  });

  test('S1.23 is a low rate of acknowledgement where silence gives money back: an alarm, once a day', async () => {
    const reversing = withPolicy({ type: 'reverse_on_no_ack' });
    await recorded(
      ...several(18, 'acknowledged', { endpoint: reversing }),
      attempt('refused', { endpoint: reversing }),
    );
    expect(await mails()).toEqual([]);
    for (let time = 0; time < 3; time++) await recorded(attempt('refused', { endpoint: reversing }));
    expect(await mails()).toMatchObject([
      { kind: 'alarm', facts: { counts: { acknowledgement_low: 1 }, entries: [{ endpoint: endpoint.endpointId }] } },
    ]);
    await recorded(...several(30, 'refused', { endpoint: { ...endpoint, endpointId: endpoint.endpointId } }));
    expect(await mails()).toHaveLength(1);
  });
});
