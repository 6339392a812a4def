import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openReversingEndpoint, passTest, type ReversingEndpoint } from '../support/reversing-endpoint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;
let operator: Merchant;

beforeAll(async () => {
  clock = stoppedClock();
  [tollgate, sink] = await Promise.all([startInstallation({ clock }), startWebhookSink()]);
  shop = watchPayments(tollgate);
  operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
});
afterAll(async () => {
  await sink.close();
  await tollgate.close();
});

const endpoints: ReversingEndpoint[] = [];
async function reversing(policy = {}, fields = {}): Promise<ReversingEndpoint> {
  const one = await openReversingEndpoint(tollgate, shop.merchant, sink, policy, fields);
  endpoints.push(one);
  return one;
}
afterEach(async () => {
  sink.answer = () => 200;
  for (const { remove } of endpoints.splice(0)) await remove();
});

const refuseSuccess = (): void => {
  sink.answer = ({ body }) => (JSON.parse(body).type === 'payment.succeeded' ? 500 : 200);
};
const alarms = (kind: string) =>
  tollgate.logLines.map((line) => JSON.parse(line)).filter(({ alarm }) => alarm === kind);
const act = (deadlineId: string, verb: 'fire' | 'dismiss') =>
  shop.merchant.send('POST', `/ack-deadlines/${deadlineId}/${verb}`);

describe('S3.20 a policy with consequences', () => {
  test('is refused before the endpoint has passed a test as it is, at creation and later', async () => {
    const policies = [{ type: 'reverse_on_no_ack' }];
    for (const ackPolicy of policies) {
      const body = { url: `${sink.url}/untested`, ackPolicy };
      const created = await shop.merchant.send('POST', '/webhook-endpoints', { body });
      expect([created.status, created.body.code]).toEqual([409, 'ack_policy_not_ready']);
    }
    const one = await openEndpoint(shop.merchant, sink);
    const early = await one.patch({ ackPolicy: { type: 'reverse_on_no_ack' } });
    expect([early.status, early.body.code]).toEqual([409, 'ack_policy_not_ready']);
    await passTest(tollgate.database, one.id);
    const moved = await one.patch({ ackPolicy: { type: 'reverse_on_no_ack' }, url: `${sink.url}/elsewhere` });
    expect([moved.status, moved.body.code]).toEqual([409, 'ack_policy_not_ready']);
    const ready = await one.patch({ ackPolicy: { type: 'reverse_on_no_ack' } });
    expect(ready.body.ackPolicy).toEqual({
      type: 'reverse_on_no_ack',
      windowSeconds: 45,
      fuse: { consecutive: 5, rate: 0.9 },
      whenOpen: 'refuse',
    });
    await one.remove();
  });

  test('S3.21 S3.24 demands receipts only in the dialect that has them', async () => {
    const one = await openEndpoint(shop.merchant, sink);
    await passTest(tollgate.database, one.id);
    const answer = await one.patch({ ackPolicy: { type: 'receipt' } });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/ackPolicy/type']);
    await one.remove();
  });

  test('belongs to one endpoint of the tenant, which is its main one and hears of successes', async () => {
    await reversing();
    const second = await openEndpoint(shop.merchant, sink);
    await passTest(tollgate.database, second.id);
    const twice = await second.patch({ ackPolicy: { type: 'reverse_on_no_ack' } });
    expect([twice.status, twice.body.code]).toEqual([409, 'state_conflict']);
    await second.remove();
    for (const fields of [{ additional: true }, { eventTypes: ['payment.failed'] }]) {
      const other = await openEndpoint(shop.merchant, sink, fields);
      await passTest(tollgate.database, other.id);
      expect((await other.patch({ ackPolicy: { type: 'reverse_on_no_ack' } })).status).toBe(422);
      await other.remove();
    }
  });

  test('arms nothing after the address has changed, until a test passes again', async () => {
    const one = await reversing();
    refuseSuccess();
    await one.patch({ url: `${sink.url + one.path}?new` });
    const { id } = await shop.merchant.pay();
    await until(async () =>
      (await one.deliveries()).some(({ lastStatusCode: code }: { lastStatusCode: number }) => code === 500),
    );
    expect(await one.deadlineOf(id)).toBeUndefined();
    expect((await shop.read(id)).status).toBe('succeeded');
  });
});

describe('a deadline', () => {
  test('is armed by no resend, and a success that is being given back is not sent again', async () => {
    const one = await reversing();
    refuseSuccess();
    const { id } = await shop.merchant.pay();
    const { deliveryId } = await one.untilDeadline(id, { status: 'reversed' });
    sink.answer = () => 200;
    const before = one.told(id).filter((type) => type === 'payment.succeeded').length;
    const again = await shop.merchant.send('POST', `/deliveries/${deliveryId}/resend`, { body: {} });
    if (again.status === 201) {
      await until(async () => {
        const { body } = await shop.merchant.send('GET', `/deliveries/${again.body.id}`);
        return body.status === 'canceled';
      });
    } else {
      expect([again.status, again.body.code]).toEqual([409, 'state_conflict']);
    }
    expect(one.told(id).filter((type) => type === 'payment.succeeded')).toHaveLength(before);
    expect(await one.deadlineOf(id)).toMatchObject({ status: 'reversed', dispatches: 1, lateAcknowledgedAt: null });
  });

  test('that an event of before the policy would have armed is not armed by its resend', async () => {
    const plain = await openEndpoint(shop.merchant, sink);
    const { id } = await shop.merchant.pay();
    const delivery = await until(async () =>
      (await plain.deliveries()).find(
        (each: { eventType: string; paymentId: string; status: string }) =>
          each.eventType === 'payment.succeeded' && each.paymentId === id && each.status === 'succeeded',
      ),
    );
    await passTest(tollgate.database, plain.id);
    await plain.patch({ ackPolicy: { type: 'reverse_on_no_ack' } });
    refuseSuccess();
    await shop.merchant.send('POST', `/deliveries/${delivery.id}/resend`, { body: {} });
    await until(async () =>
      (await plain.deliveries()).some((each: { lastStatusCode: number }) => each.lastStatusCode === 500),
    );
    expect((await shop.merchant.send('GET', `/ack-deadlines?paymentId=${id}`)).body.data).toEqual([]);
    expect((await shop.read(id)).status).toBe('succeeded');
    await plain.remove();
  });

  test('waits with its notification while the endpoint is paused, whatever the clock says', async () => {
    const one = await reversing();
    await one.patch({ status: 'paused' });
    refuseSuccess();
    const { id } = await shop.merchant.pay();
    clock.advance({ minutes: 30 });
    await pauseReal(700);
    expect(await one.deadlineOf(id)).toBeUndefined();
    sink.answer = () => 200;
    await one.patch({ status: 'active' });
    const deadline = await one.untilDeadline(id, { status: 'acknowledged' });
    expect(Temporal.Instant.compare(deadline.armedAt, clock.now().subtract({ seconds: 1 }))).toBe(1);
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });

  test('is withdrawn where its endpoint is deleted under it', async () => {
    const one = await reversing();
    sink.answer = ({ body }) => (JSON.parse(body).type === 'payment.succeeded' ? 'never' : 200);
    await one.patch({ ackPolicy: { ...(await policyOf(one)), windowSeconds: 60 } });
    const { id } = await shop.merchant.pay();
    await one.untilDeadline(id, { status: 'armed' });
    await one.remove();
    clock.advance({ seconds: 240 });
    await one.untilDeadline(id, { status: 'withdrawn', reason: 'delivery_ended' });
    expect((await shop.read(id)).status).toBe('succeeded');
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });

  test('is another tenant’s secret', async () => {
    const one = await reversing();
    const { id } = await shop.merchant.pay();
    const deadline = await one.untilDeadline(id, { status: 'acknowledged' });
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    expect((await stranger.send('GET', '/ack-deadlines')).body.data).toEqual([]);
    for (const path of [`/ack-deadlines/${deadline.id}`, `/webhook-endpoints/${one.id}/fuse`]) {
      expect((await stranger.send('GET', path)).status).toBe(404);
    }
    for (const path of [`/ack-deadlines/${deadline.id}/fire`, `/webhook-endpoints/${one.id}/fuse/reset`]) {
      expect((await stranger.send('POST', path)).status).toBe(404);
    }
  });
});

describe('the operator’s switch', () => {
  const turn = (enabled: boolean, tenantId?: string) =>
    operator.send('PATCH', '/operator/ack-reversals', { body: { enabled, reason: 'Test', tenantId } });

  test.each(['installation', 'tenant'])(
    'of the %s suppresses what would fire, until a person decides',
    async (whose) => {
      const { tenantId } = tollgate.tenant.tenant;
      const of = whose === 'tenant' ? tenantId : undefined;
      const one = await reversing();
      refuseSuccess();
      expect((await turn(false, of)).status).toBe(200);
      const payments = [await shop.merchant.pay(), await shop.merchant.pay(), await shop.merchant.pay()];
      const deadlines = [];
      for (const { id } of payments) {
        deadlines.push(await one.untilDeadline(id, { status: 'suppressed', reason: 'switched_off', cause: 'status' }));
        expect((await shop.read(id)).status).toBe('succeeded');
      }
      const [first, second, third] = deadlines;
      expect(alarms('ack_deadline_suppressed').map(({ deadlineId }) => deadlineId)).toContain(first.id);
      expect((await act(first.id, 'fire')).body.code).toBe('state_conflict');
      expect((await turn(true, of)).body.enabled).toBe(true);
      await pauseReal(700);
      expect(await one.deadlineOf(first.paymentId)).toMatchObject({ status: 'suppressed' });
      expect((await act(first.id, 'fire')).status).toBe(200);
      await one.untilDeadline(first.paymentId, { status: 'reversed' });
      expect((await act(second.id, 'dismiss')).body.status).toBe('dismissed');
      expect((await act(second.id, 'fire')).body.code).toBe('state_conflict');
      // The third one's receiver says yes in the end, since its success is sent on.
      sink.answer = () => 200;
      clock.advance({ seconds: 10 });
      await one.untilDeadline(third.paymentId, { status: 'acknowledged' });
      expect((await shop.read(second.paymentId)).status).toBe('succeeded');
    },
  );

  test('is the operator’s alone, and everybody hears of it', async () => {
    expect((await shop.merchant.send('GET', '/operator/ack-reversals')).status).toBe(403);
    const wrong = await turn(false, 'ten_nobody');
    expect(wrong.status).toBe(404);
    expect(alarms('ack_switch_moved').length).toBeGreaterThan(0);
  });
});

describe('the fuse', () => {
  test('lets the fifth in a row fire and nothing after it, keeps payments away, and is closed after a test', async () => {
    const one = await reversing({ fuse: { consecutive: 3, rate: 0 } });
    refuseSuccess();
    const held = await shop.create();
    for (let i = 0; i < 3; i++) {
      const { id } = await shop.merchant.pay();
      await one.untilDeadline(id, { status: 'reversed' });
    }
    expect((await shop.merchant.send('GET', `/webhook-endpoints/${one.id}/fuse`)).body).toMatchObject({
      ...{ status: 'open', reason: 'consecutive', counted: 3, acknowledged: 0 },
    });
    expect(alarms('ack_fuse_opened').map(({ endpointId }) => endpointId)).toContain(one.id);
    const refused = await until(async () => {
      const answer = await shop.merchant.create();
      return answer.status === 503 && answer;
    });
    expect(refused.body).toMatchObject({ code: 'endpoint_unhealthy', endpointId: one.id });
    const confirmed = await shop.merchant.confirm(held.id, 'tok_no_ipn');
    expect([confirmed.status, confirmed.body.code]).toEqual([503, 'endpoint_unhealthy']);
    const reset = () => shop.merchant.send('POST', `/webhook-endpoints/${one.id}/fuse/reset`);
    expect((await reset()).body.code).toBe('ack_policy_not_ready');
    clock.advance({ seconds: 1 });
    await passTest(tollgate.database, one.id, clock.now());
    expect((await reset()).body).toMatchObject({ status: 'closed', counted: 0, openedAt: null });
    const paid = await shop.merchant.confirm(held.id, 'tok_no_ipn');
    expect([paid.status, paid.body.status]).toEqual([200, 'succeeded']);
    await one.untilDeadline(held.id, { status: 'reversed' });
  });

  test('holds where it is told to: new payments are taken, and none is paid', async () => {
    const one = await reversing({ fuse: { consecutive: 1, rate: 0 }, whenOpen: 'hold' });
    refuseSuccess();
    const { id } = await shop.merchant.pay();
    await one.untilDeadline(id, { status: 'reversed' });
    await pauseReal(1_100);
    const taken = await shop.create();
    const confirmed = await shop.merchant.confirm(taken.id, 'tok_no_ipn');
    expect([confirmed.status, confirmed.body.code]).toEqual([503, 'endpoint_unhealthy']);
    expect((await shop.read(taken.id)).status).toBe('created');
    await one.patch({ ackPolicy: { type: 'retry' } });
    expect((await shop.merchant.confirm(taken.id, 'tok_no_ipn')).body.status).toBe('succeeded');
  });

  test('suppresses what was under way when it opened', async () => {
    const one = await reversing({ fuse: { consecutive: 1, rate: 0 } });
    await one.patch({ status: 'paused' });
    refuseSuccess();
    const payments = [await shop.merchant.pay(), await shop.merchant.pay(), await shop.merchant.pay()];
    await one.patch({ status: 'active' });
    const ends = [];
    for (const { id } of payments) {
      ends.push(
        await until(async () => {
          const deadline = await one.deadlineOf(id);
          return deadline !== undefined && ['reversed', 'suppressed'].includes(deadline.status) && deadline.status;
        }),
      );
    }
    expect(ends.sort()).toEqual(['reversed', 'suppressed', 'suppressed']);
  });
});

describe('a database that was set back', () => {
  test('fires nothing of its earlier life: not what was armed, and not what was still to be sent', async () => {
    const one = await reversing();
    await one.patch({ status: 'paused' });
    const { id } = await shop.merchant.pay();
    refuseSuccess();
    // In test mode the delivery's date decides, and the relay makes it a moment after the payment is answered.
    await until(async () =>
      (await one.deliveries()).some(({ eventType }: { eventType: string }) => eventType === 'payment.succeeded'),
    );
    const declared = await operator.send('POST', '/operator/ack-reversals/restored', { body: { reason: 'Test' } });
    expect(declared.status, declared.text).toBe(200);
    clock.advance({ seconds: 1 });
    await one.patch({ status: 'active' });
    await until(async () =>
      (await one.deliveries()).some((each: { lastStatusCode: number }) => each.lastStatusCode === 500),
    );
    expect(await one.deadlineOf(id)).toBeUndefined();
    const { id: later } = await shop.merchant.pay();
    await one.untilDeadline(later, { status: 'reversed' });
    expect((await shop.read(id)).status).toBe('succeeded');
  });

  test.each([
    ['another server', `update installation_epochs set fingerprint = 'another'`],
    ['an hour unseen', `update installation_epochs set last_seen_at = last_seen_at - interval '61 minutes'`],
  ])('is known by %s, and what was armed before is left to a person', async (_, change) => {
    // What happens in the very millisecond in which an epoch begins is not of it.
    clock.advance({ seconds: 1 });
    const one = await reversing({ windowSeconds: 5 });
    sink.answer = ({ body }) => (JSON.parse(body).type === 'payment.succeeded' ? 'never' : 200);
    const { id } = await shop.merchant.pay();
    await one.untilDeadline(id, { status: 'armed' });
    await tollgate.database.run(change);
    clock.advance({ seconds: 5 });
    const deadline = await one.untilDeadline(id, { status: 'suppressed', reason: 'other_epoch' }, 15_000);
    expect((await shop.read(id)).status).toBe('succeeded');
    expect((await act(deadline.id, 'fire')).status).toBe(200);
    await one.untilDeadline(id, { status: 'reversed' });
  });
});

function pauseReal(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function policyOf({ id }: ReversingEndpoint) {
  return (await shop.merchant.send('GET', `/webhook-endpoints/${id}`)).body.ackPolicy;
}
