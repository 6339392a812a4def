import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import type { Explanation, PaymentInDoubt } from '../../src/payments/explain-shape.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import { openProviderAccount } from '../../src/provider-accounts/open-provider-account.ts';
import type { TimelineEntry } from '../../src/timeline/api.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

/** The entries of a payment, read page by page. */
async function readTimeline(merchant: Merchant, paymentId: string, limit = 100): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const { status, body, text } = await merchant.send('GET', `/payments/${paymentId}/timeline?${query}`);
    expect(status, text).toBe(200);
    expect(body.data.length).toBeLessThanOrEqual(limit);
    entries.push(...body.data);
    cursor = body.nextCursor;
  }
  return entries;
}

function ofType<Type extends TimelineEntry['type']>(entries: readonly TimelineEntry[], type: Type) {
  return entries.filter((entry): entry is Extract<TimelineEntry, { type: Type }> => entry.type === type);
}

describe('the timeline of a payment', () => {
  let tollgate: Installation;
  let sink: WebhookSink;
  let shop: PaymentWatch;
  let created: Awaited<ReturnType<PaymentWatch['create']>>;
  let entries: readonly TimelineEntry[];

  beforeAll(async () => {
    sink = await startWebhookSink();
    tollgate = await startInstallation();
    shop = watchPayments(tollgate);
    await shop.merchant.send('POST', '/webhook-endpoints', { body: { url: `${sink.url}/canary-hook` } });
    created = await shop.create({
      amount: 5000,
      captureMethod: 'manual',
      description: 'canary-description',
      returnUrl: 'http://127.0.0.1/canary-return',
      customer: { name: 'canary-name', email: 'canary@shopper.example' },
    });
    await shop.confirm(created.id, 'tok_approve');
    await shop.merchant.send('POST', `/payments/${created.id}/capture`, { body: { amount: 3000 } });
    await shop.merchant.refund(created.id, { amount: 1000, reason: 'canary-reason' }, 'refund-1');
    await until(async () => {
      const found = ofType(await readTimeline(shop.merchant, created.id), 'delivery_attempt');
      return found.some(({ eventType }) => eventType === 'refund.succeeded');
    });
    await until(async () => ofType(await readTimeline(shop.merchant, created.id), 'inbound').length >= 3);
    await untilQuiet(tollgate.database);
    await tollgate.tollgate.gateway.payments.callRecorder.settled();
    entries = await readTimeline(shop.merchant, created.id);
  });
  afterAll(async () => {
    await tollgate.close();
    await sink.close();
  });

  test('has everything that happened, in the order it happened in', () => {
    const instants = entries.map(({ at }) => Temporal.Instant.from(at).epochNanoseconds);
    expect(instants).toEqual(instants.toSorted((a, b) => Number(a - b)));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    const calls = ofType(entries, 'provider_call').filter(({ operation }) => operation !== 'retrieve');
    expect(calls.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'create answered',
      'capture answered',
      'refund answered',
    ]);
    expect(ofType(entries, 'event').map(({ eventType }) => eventType)).toEqual(
      expect.arrayContaining(['payment.created', 'payment.authorized', 'capture.succeeded', 'refund.succeeded']),
    );
    const asked = ofType(entries, 'signal').filter(({ source }) => source === 'tenant');
    expect(asked.map(({ kind }) => kind)).toEqual(['attempt_started', 'capture_requested', 'refund_requested']);
  });

  test('tells a cause before its effect', () => {
    const place = (wanted: (entry: TimelineEntry) => boolean): number => entries.findIndex(wanted);
    const started = place((entry) => entry.type === 'signal' && entry.kind === 'attempt_started');
    const called = place((entry) => entry.type === 'provider_call' && entry.operation === 'create');
    const reported = place((entry) => entry.type === 'signal' && entry.kind === 'attempt_reported');
    const told = place((entry) => entry.type === 'event' && entry.eventType === 'payment.authorized');
    const delivered = place((entry) => entry.type === 'delivery_attempt' && entry.eventType === 'payment.authorized');
    const order = [started, called, reported, told, delivered];
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(started).toBeGreaterThanOrEqual(0);
  });

  test('says in sentences what a support person has to know', () => {
    const sentences = entries.map(({ summary }) => summary);
    expect(sentences).toEqual(
      expect.arrayContaining([
        'The tenant started an attempt.',
        expect.stringMatching(
          /^The provider was asked to start the attempt \(50.00 EUR\) and answered “authorized” after \d+ ms.$/,
        ),
        'The provider, in its answer, reported the attempt as “authorized” (50.00 EUR).',
        'The tenant asked to capture money (30.00 EUR).',
        'A notification of sandbox came in (accepted) and was applied.',
        'The event refund.succeeded was made for the tenant.',
        'Try 1 to deliver payment.authorized was acknowledged with HTTP 200.',
      ]),
    );
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  test('names the notifications of the provider once each, and the signals they became', async () => {
    const inbound = ofType(entries, 'inbound');
    const stored = await tollgate.database.run<{ id: string }>(
      `select inbound_event_id as id from inbound_events where facts::text like '%' || $1 || '%' order by received_at`,
      [ofType(entries, 'provider_call')[0]?.attemptId],
    );
    expect(inbound.map(({ id }) => id).sort()).toEqual(stored.map(({ id }) => id).sort());
    const signals = ofType(entries, 'signal').filter(({ source }) => source === 'notification');
    expect(new Set(signals.map(({ detail }) => detail.inboundEventId))).toEqual(new Set(inbound.map(({ id }) => id)));
  });

  test.for([1, 2, 7])('is the same in pages of %i', async (limit) => {
    expect(await readTimeline(shop.merchant, created.id, limit)).toEqual(entries);
  });

  test('holds no secret, no method and nothing personal', async () => {
    const text = JSON.stringify(entries);
    expect(text).not.toMatch(/canary/);
    expect(text).not.toMatch(/tok_/);
    expect(text).not.toContain(created.checkoutToken);
    const rows = await tollgate.database.run('select request, answer from provider_calls');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/canary|tok_/);
    const { payments } = tollgate.tollgate.gateway;
    const accountId = ofType(entries, 'provider_call')[0]?.providerAccountId ?? '';
    const { tenantId } = created;
    const { call } = await forTenants([tenantId], () => openProviderAccount(payments, tenantId, accountId));
    const secrets = Object.values(call.credentials as Record<string, string>).filter((value) => value.length > 5);
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(text + JSON.stringify(rows)).not.toContain(secret);
  });

  test('opens for its tenant only', async () => {
    const path = `/payments/${created.id}/timeline`;
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    expect((await stranger.send('GET', path)).status).toBe(404);
    expect((await stranger.send('GET', `/payments/${created.id}/explain`)).status).toBe(404);
  });

  test('takes no cursor of its own making', async () => {
    const answer = await shop.merchant.send('GET', `/payments/${created.id}/timeline?cursor=pay_1`);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/query/cursor' }] });
  });
});

describe('what is in doubt', () => {
  let clock: ManualClock;
  let tollgate: Installation;
  let shop: PaymentWatch;
  let operator: Merchant;
  let tenantId: string;

  // Without a worker nobody but a request asks.
  beforeAll(async () => {
    clock = stoppedClock();
    tollgate = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api,checkout,hooks' } });
    shop = watchPayments(tollgate);
    operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
    tenantId = tollgate.tenant.tenant.tenantId;
  });
  afterAll(() => tollgate.close());

  /** Records of calls are written beside the work, so a reader who is as fast as a test waits for them. */
  const readAll = async (paymentId: string): Promise<readonly TimelineEntry[]> => {
    await tollgate.tollgate.gateway.payments.callRecorder.settled();
    return readTimeline(shop.merchant, paymentId);
  };
  const explain = async (paymentId: string): Promise<Explanation> => {
    const { status, body, text } = await shop.merchant.send('GET', `/payments/${paymentId}/explain`);
    expect(status, text).toBe(200);
    return body;
  };
  const inDoubt = async (query = ''): Promise<readonly PaymentInDoubt[]> => {
    const { status, body, text } = await operator.send(
      'GET',
      `/operator/payments-in-doubt?tenantId=${tenantId}${query}`,
    );
    expect(status, text).toBe(200);
    return body.data;
  };

  test('an attempt is explained, listed, and settled by asking', async () => {
    const { id } = await shop.create();
    const { latestAttempt } = await shop.confirm(id, 'tok_charge_then_502');
    const about = { object: 'attempt', id: latestAttempt.id };
    expect(await explain(id)).toMatchObject({ status: 'processing', doubts: [{ about, tries: 0 }] });
    expect(await inDoubt()).toMatchObject([{ paymentId: id, mode: 'test', about }]);
    const synced = await operator.send('POST', `/operator/payments/${id}/sync?tenantId=${tenantId}`);
    expect(synced.body).toMatchObject({ id, object: 'payment', status: 'succeeded' });
    expect(synced.body).not.toHaveProperty('customer');
    expect(await explain(id)).toMatchObject({ status: 'succeeded', doubts: [], waitingFor: [] });
    expect(await inDoubt()).toEqual([]);
  });

  test('within one instant causes are told before effects', async () => {
    const { id } = await shop.create();
    await shop.confirm(id, 'tok_no_ipn');
    const steps = (await readAll(id)).map((entry) => (entry.type === 'signal' ? entry.kind : entry.type));
    expect(steps).toEqual(['attempt_started', 'provider_call', 'attempt_reported', ...Array(4).fill('event')]);
  });

  test('a refund is sent again under its own key by the tenant’s sync, and money moves once', async () => {
    const { id } = await shop.create({ amount: 5000 });
    const paid = await shop.confirm(id, 'tok_no_ipn');
    const refund = await shop.merchant.refund(id, { amount: 1008, reason: 'broken' }, `refund-${id}`);
    const about = { object: 'refund', id: refund.body.id };
    expect(await explain(id)).toMatchObject({ doubts: [{ about }], money: { refundPending: 1008 } });
    expect(await inDoubt()).toMatchObject([{ paymentId: id, about }]);
    clock.advance({ seconds: 1 });
    const synced = await shop.merchant.send('POST', `/payments/${id}/sync`);
    expect(synced.body).toMatchObject({ amountRefunded: 1008 });
    expect(await explain(id)).toMatchObject({ doubts: [], money: { refunded: 1008, refundPending: 0 } });
    expect(tollgate.sandbox.countCharges(paid.latestAttempt.id)).toBe(1);
    const calls = ofType(await readAll(id), 'provider_call');
    const refunds = calls.filter(({ operation }) => operation === 'refund');
    expect(refunds.map(({ outcome, request }) => [outcome, request.refundId])).toEqual([
      ['unknown', refund.body.id],
      ['answered', refund.body.id],
    ]);
  });

  test('a capture that the bank works on is asked about, and not sent again', async () => {
    const { id } = await shop.create({ amount: 5000, captureMethod: 'manual' });
    await shop.confirm(id, 'tok_no_ipn');
    await shop.merchant.send('POST', `/payments/${id}/capture`, { body: { amount: 3003 } });
    expect(await explain(id)).toMatchObject({ waitingFor: [{ who: 'provider' }], doubts: [] });
    clock.advance({ seconds: 3 });
    await tollgate.sandbox.tick();
    await shop.merchant.send('POST', `/payments/${id}/sync`);
    expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 3003 });
    const calls = ofType(await readAll(id), 'provider_call');
    expect(calls.map(({ operation }) => operation).sort()).toEqual(['capture', 'create', 'retrieve']);
  });

  test('signals that were set aside are listed page by page, newest first', async () => {
    const { id } = await shop.create();
    const made = Array.from({ length: 5 }, (_, index) => `sig_0000000000000000000000000${index}`);
    await tollgate.database.run(
      `insert into signals (tenant_id, signal_id, payment_id, source, kind, detail, outcome, note, payment_version, created_at)
       select $1, made, $2, 'notification', 'attempt_reported', '{}', 'quarantined', 'amount_mismatch', 1, $4::timestamptz
       from unnest($3::text[]) made`,
      [tenantId, id, made, clock.now().toString()],
    );
    const listed: PaymentInDoubt[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const paging: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await operator.send('GET', `/operator/payments-in-doubt?tenantId=${tenantId}&limit=2${paging}`);
      listed.push(...body.data);
      cursor = body.nextCursor;
    }
    expect(listed.map(({ about }) => about.id)).toEqual(made.toReversed());
    expect(await explain(id)).toMatchObject({ waitingFor: [{ who: 'shopper' }, { who: 'operator' }] });
  });

  test('is shown of the tenant that was asked for, and of one that exists', async () => {
    const other = await tollgate.createTenant();
    const { body } = await operator.send('GET', `/operator/payments-in-doubt?tenantId=${other.tenant.tenantId}`);
    expect(body.data).toEqual([]);
    const { id } = await shop.create();
    const path = `/operator/payments/${id}/sync?tenantId=${other.tenant.tenantId}`;
    expect((await operator.send('POST', path)).status).toBe(404);
  });
});
