import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type MoneyWatch, watchMoney } from '../support/money-watch.ts';
import { readDelivery } from '../support/open-endpoint.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openReversingEndpoint, passTest, type ReversingEndpoint } from '../support/reversing-endpoint.ts';
import { openConsole, type SandboxConsole } from '../support/sandbox-console.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;
let money: MoneyWatch;
let bank: SandboxConsole;

beforeAll(async () => {
  clock = stoppedClock();
  [tollgate, sink] = await Promise.all([startInstallation({ clock }), startWebhookSink()]);
  shop = watchPayments(tollgate);
  money = watchMoney(tollgate);
  bank = await openConsole(tollgate);
});
afterAll(async () => {
  // First, so that nobody waits for a request that is never answered.
  await sink.close();
  await tollgate.close();
});

/** A fuse that never opens. */
const EAGER = { type: 'reverse_on_no_ack', fuse: { consecutive: 1_000, rate: 0 } };

const endpoints: ReversingEndpoint[] = [];
async function reversing(policy = {}, fields = {}): Promise<ReversingEndpoint> {
  const one = await openReversingEndpoint(tollgate, shop.merchant, sink, policy, fields);
  endpoints.push(one);
  return one;
}
afterEach(async () => {
  sink.answer = () => 200;
  for (const { remove } of endpoints.splice(0)) await remove();
  await money.expectSound();
});

const typeOf = (body: string): string => JSON.parse(body).type;
/** Answers the success (or the authorization) so, and everything else by 200. */
function answerSuccess(how: number | 'never'): void {
  sink.answer = ({ body }) => (/^payment\.(succeeded|authorized)$/.test(typeOf(body)) ? how : 200);
}
const successes = (one: ReversingEndpoint, paymentId: string) =>
  one.told(paymentId).filter((type) => type === 'payment.succeeded').length;

describe('the success of a payment', () => {
  test('is acknowledged by the first 200, and the deadline is over', async () => {
    const one = await reversing();
    const { id } = await shop.merchant.pay();
    const deadline = await one.untilDeadline(id, { status: 'acknowledged' });
    expect(deadline).toMatchObject({ endpointId: one.id, dispatches: 1, cause: null, operation: null });
    const window = Temporal.Instant.from(deadline.deadlineAt).since(deadline.armedAt);
    expect(window.total('seconds')).toBe(45);
    // Less than the hour after which an installation takes itself for one that was away.
    clock.advance({ minutes: 50 });
    await one.untilDeadline(id, { status: 'acknowledged' });
    expect((await shop.read(id)).status).toBe('succeeded');
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });

  test('is acknowledged by whatever the dialect takes for it: 204 of a standard receiver', async () => {
    const one = await reversing();
    answerSuccess(204);
    const { id } = await shop.merchant.pay();
    await one.untilDeadline(id, { status: 'acknowledged' });
    expect((await shop.read(id)).status).toBe('succeeded');
  });

  test.each([500, 302, 404, 410])(
    'S1.20 S1.22 is answered with %i, and the money goes back at once',
    async (status) => {
      const one = await reversing();
      answerSuccess(status);
      const { id, latestAttempt } = await shop.merchant.pay();
      const deadline = await one.untilDeadline(id, { status: 'reversed' });
      expect(deadline).toMatchObject({ cause: 'status', statusCode: status, operation: 'reversal' });
      expect(await shop.read(id)).toMatchObject({ status: 'reversed', amountCaptured: 0 });
      expect(await bank.charge(latestAttempt.id)).toMatchObject({ amountReversed: 1250 });
      expect(await money.transfers(id)).toEqual(['capture 1250', 'reversal 1250']);
      await until(async () => one.told(id).includes('payment.reversed'));
      expect(successes(one, id)).toBe(1);
      const timeline = await shop.merchant.send('GET', `/payments/${id}/timeline?limit=100`);
      const steps = timeline.body.data.filter(({ type }: { type: string }) => type === 'ack_deadline');
      expect(steps.map((step: { status: string }) => step.status)).toEqual(['armed', 'firing', 'firing', 'reversed']);
      const delivery = (await one.deliveries()).find((each: { id: string }) => each.id === deadline.deliveryId);
      expect(delivery).toMatchObject({ status: 'canceled', nextAttemptAt: null, lastStatusCode: status });
    },
  );

  test('whose money went back is not sent again, whoever asks for it', async () => {
    const one = await reversing();
    answerSuccess(500);
    const { id } = await shop.merchant.pay();
    const { deliveryId, eventId } = await one.untilDeadline(id, { status: 'reversed' });
    sink.answer = () => 200;
    const again = [
      await shop.merchant.send('POST', `/deliveries/${deliveryId}/resend`),
      await shop.merchant.send('POST', `/events/${eventId}/resend`, { body: { endpointId: one.id } }),
    ];
    expect(again.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'state_conflict'],
      [409, 'state_conflict'],
    ]);
    const captured = (await shop.merchant.send('GET', `/events?paymentId=${id}&type=capture.succeeded`)).body.data[0];
    const other = await shop.merchant.send('POST', `/events/${captured.id}/resend`, { body: { endpointId: one.id } });
    expect(other.status, other.text).toBe(201);
    expect(successes(one, id)).toBe(1);
  });

  test('S1.21 is met by silence, and the money goes back when the window is over', async () => {
    const one = await reversing({ windowSeconds: 5 });
    answerSuccess('never');
    const started = performance.now();
    const { id } = await shop.merchant.pay();
    await one.untilDeadline(id, { status: 'armed' });
    expect((await shop.read(id)).status).toBe('succeeded');
    clock.advance({ seconds: 5 });
    const deadline = await one.untilDeadline(id, { status: 'reversed' }, 15_000);
    expect(performance.now() - started).toBeGreaterThan(4_900);
    expect(deadline).toMatchObject({ cause: 'silence', statusCode: null, dispatches: 1 });
    expect(successes(one, id)).toBe(1);
  });

  test('is repeated while the receiver cannot be reached, the last time at the deadline, and then the money goes back', async () => {
    const gone = await startWebhookSink();
    await gone.close();
    const one = await reversing();
    await one.patch({ url: `${gone.url}/hook` });
    await passTest(tollgate.database, one.id);
    const { id } = await shop.merchant.pay();
    const { deadlineAt, deliveryId } = await one.untilDeadline(id, { status: 'armed' });
    const attempts = [];
    for (let made = 1; ; made++) {
      const delivery = await until(async () => {
        const read = await readDelivery(shop.merchant, deliveryId);
        return read.attemptsMade >= made && read;
      });
      attempts.push(clock.now().toString());
      if (delivery.status !== 'pending') break;
      expect(Temporal.Instant.compare(delivery.nextAttemptAt, deadlineAt)).toBeLessThanOrEqual(0);
      clock.set(delivery.nextAttemptAt);
    }
    expect(attempts.length).toBeGreaterThan(2);
    expect(attempts.at(-1)).toBe(deadlineAt);
    await one.untilDeadline(id, { status: 'reversed', cause: 'silence', dispatches: attempts.length });
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });

  test('is heard by a receiver that comes back at the last moment', async () => {
    const one = await reversing();
    const dead = await startWebhookSink();
    await dead.close();
    await one.patch({ url: `${dead.url}/hook` });
    await passTest(tollgate.database, one.id);
    const { id } = await shop.merchant.pay();
    const { deadlineAt } = await one.untilDeadline(id, { status: 'armed' });
    await until(async () =>
      (await one.deliveries()).some(({ attemptsMade }: { attemptsMade: number }) => attemptsMade > 0),
    );
    await one.patch({ url: sink.url + one.path });
    clock.set(deadlineAt);
    await one.untilDeadline(id, { status: 'acknowledged' });
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });
});

describe('how the money goes back', () => {
  test('an authorization that the tenant captures by itself is released, and never captured', async () => {
    const one = await reversing();
    answerSuccess(500);
    const { id } = await shop.create({ captureMethod: 'manual' });
    await shop.confirm(id, 'tok_no_ipn');
    await one.untilDeadline(id, { status: 'released', operation: 'release', cause: 'status' });
    expect(await shop.read(id)).toMatchObject({ status: 'canceled', amountCaptured: 0 });
  });

  test('an authorization that was acknowledged arms nothing more when it is captured', async () => {
    const one = await reversing();
    const { id } = await shop.create({ captureMethod: 'manual' });
    await shop.confirm(id, 'tok_no_ipn');
    await one.untilDeadline(id, { status: 'acknowledged' });
    answerSuccess(500);
    const captured = await shop.merchant.send('POST', `/payments/${id}/capture`, { body: {} });
    expect(captured.status, captured.text).toBe(201);
    await until(async () => successes(one, id) > 0);
    expect(await one.deadlineOf(id)).toMatchObject({ status: 'acknowledged', dispatches: 1 });
    expect((await shop.read(id)).status).toBe('succeeded');
  });

  test('after the cut-off it is refunded', async () => {
    const one = await reversing();
    const { database, tenant } = tollgate;
    const setCutOff = (seconds: number) =>
      database.run(
        `update provider_accounts set reversal_cut_off = jsonb_build_object('afterSeconds', $2::int) where tenant_id = $1`,
        [tenant.tenant.tenantId, seconds],
      );
    const before = await database.run<{ rule: unknown }>(
      'select reversal_cut_off as rule from provider_accounts where tenant_id = $1',
      [tenant.tenant.tenantId],
    );
    await setCutOff(1);
    // What is remembered of an account for a second may be of before.
    await sleep(1_100);
    sink.answer = ({ body }) => {
      if (typeOf(body) !== 'payment.succeeded') return 200;
      clock.advance({ seconds: 2 });
      return 500;
    };
    const { id } = await shop.merchant.pay();
    await one.untilDeadline(id, { status: 'refunded', operation: 'refund' });
    expect(await money.transfers(id)).toEqual(['capture 1250', 'refund 1250']);
    await database.run('update provider_accounts set reversal_cut_off = $2 where tenant_id = $1', [
      tenant.tenant.tenantId,
      JSON.stringify(before[0]?.rule),
    ]);
  });

  test('what a partial refund of the tenant left is refunded', async () => {
    const one = await reversing();
    const { id } = await payAndRefund(300);
    await one.untilDeadline(id, { status: 'refunded', operation: 'refund' });
    expect(await money.transfers(id)).toEqual(['capture 1250', 'refund 300', 'refund 950']);
  });

  test('a payment that the tenant has refunded whole is left alone', async () => {
    const one = await reversing();
    const { id } = await payAndRefund(1250);
    await one.untilDeadline(id, { status: 'refunded', operation: null });
    expect(await money.transfers(id)).toEqual(['capture 1250', 'refund 1250']);
  });

  test('what the bank turns down again and again is left to a person, who may have it tried again', async () => {
    const one = await reversing();
    answerSuccess(500);
    const { id } = await shop.merchant.pay({ amount: 5004 });
    await one.untilDeadline(id, { status: 'firing', operation: 'reversal' });
    const untilGivenUp = (asked: number) =>
      until(async () => {
        await laterAtBank(30);
        const [deadline] = await tollgate.database.run<{ state: string; asked: number }>(
          'select state, asked from ack_deadlines where payment_id = $1',
          [id],
        );
        return deadline?.state === 'failed' && deadline.asked === asked;
      }, 25_000);
    await untilGivenUp(4);
    const failed = await one.deadlineOf(id);
    expect(failed).toMatchObject({ reason: 'refused', operation: 'refund' });
    expect((await shop.read(id)).status).toBe('succeeded');
    expect((await shop.merchant.send('POST', `/ack-deadlines/${failed.id}/fire`)).status).toBe(200);
    await untilGivenUp(8);
    // A reversal once, and never two refunds beside each other.
    const [made] = await tollgate.database.run(
      `select (select count(*)::int from reversals where payment_id = $1) as reversals,
        (select count(*)::int from refunds where payment_id = $1 and status = 'failed') as refunds`,
      [id],
    );
    expect(made).toEqual({ reversals: 1, refunds: 7 });
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });

  test('raced by the tenant’s own refunds it goes back once, whoever is first', async () => {
    const one = await reversing();
    const own: Promise<{ readonly status: number; readonly body: { readonly amount?: number } }>[] = [];
    sink.answer = ({ body }) => {
      const { type, data } = JSON.parse(body);
      if (type !== 'payment.succeeded') return 200;
      for (const amount of [400, 1250]) {
        own.push(shop.merchant.refund(data.object.id, { amount, reason: 'own' }, `${data.object.id}-${amount}`));
      }
      return 500;
    };
    const payments = await Promise.all(Array.from({ length: 8 }, () => shop.merchant.pay()));
    const ends = await Promise.all(
      payments.map(({ id }) =>
        until(async () => {
          clock.advance({ milliseconds: 200 });
          const deadline = await one.deadlineOf(id);
          return deadline !== undefined && !['armed', 'firing'].includes(deadline.status) && deadline.status;
        }, 20_000),
      ),
    );
    expect((await Promise.all(own)).map(({ status }) => status)).toEqual(
      own.map(() => expect.toSatisfy((s) => s < 500)),
    );
    for (const [index, { id }] of payments.entries()) {
      const back = (await money.transfers(id)).filter((line) => !line.startsWith('capture'));
      const sum = back.reduce((total, line) => total + Number(line.split(' ')[1]), 0);
      expect([id, sum, back.filter((line) => line.startsWith('reversal')).length]).toEqual([
        ...[id, 1250, ends[index] === 'reversed' ? 1 : 0],
      ]);
    }
  });

  /** Pays; the tenant refunds while its endpoint thinks about the success, which it then does not acknowledge. */
  async function payAndRefund(amount: number) {
    sink.answer = ({ body }) => (typeOf(body) === 'payment.succeeded' ? 'never' : 200);
    const [one] = endpoints;
    await one?.patch({ ackPolicy: { ...EAGER, windowSeconds: 5 } });
    const payment = await shop.merchant.pay();
    await one?.untilDeadline(payment.id, { status: 'armed' });
    const refund = await shop.merchant.refund(payment.id, { amount, reason: 'broken' }, `refund-${payment.id}`);
    expect(refund.status, refund.text).toBe(201);
    clock.advance({ seconds: 5 });
    return payment;
  }
});

async function laterAtBank(seconds: number): Promise<void> {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}
