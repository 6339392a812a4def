import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { createLogger } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createRequestRecorder } from '../../src/request-log/record-requests.ts';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

let tollgate: Installation;
let shop: Merchant;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
});
afterAll(() => tollgate.close());

/** The request with this correlation id, once it is written. */
function logged(correlationId: string, merchant = shop) {
  return until(async () => {
    const { body } = await merchant.send('GET', `/request-log?correlationId=${correlationId}`);
    return body.data[0];
  });
}

describe('the request log', () => {
  test('shows a request as it was answered, and nothing that was in it', async () => {
    const headers = { 'x-correlation-id': 'seen-created', 'idempotency-key': 'canary-key' };
    const body = { description: 'canary-text', metadata: { note: 'canary-note' } };
    await shop.create(body, { headers });
    expect(await logged('seen-created')).toMatchObject({
      ...{ object: 'api_request', mode: 'test', operation: 'createPayment', method: 'POST', route: '/api/v1/payments' },
      ...{ status: 201, problem: null, correlationId: 'seen-created', idempotencyReplayed: false },
      actor: expect.stringMatching(/^key:key_/),
    });
    const rows = await tollgate.database.run('select * from request_log');
    expect(JSON.stringify(rows)).not.toContain('canary-');
    expect(JSON.stringify(rows)).not.toContain(tollgate.tenant.apiKeys.test);
  });

  test('shows what a refusal said, with where its code is explained', async () => {
    await shop.create({ amount: -5 }, { headers: { 'x-correlation-id': 'seen-refused' } });
    expect(await logged('seen-refused')).toMatchObject({
      status: 422,
      problem: {
        code: 'validation_failed',
        title: 'Some fields break a rule',
        errors: [{ pointer: '/amount', detail: 'Must be at least 1 minor unit' }],
        documentation: '/docs/errors#validation_failed',
      },
    });
    const page = await call(`${tollgate.apiUrl}/docs/errors`);
    expect(page.text).toContain('id="validation_failed"');
  });

  test('keeps no card number that somebody sent as a name', async () => {
    const headers = { 'x-correlation-id': 'seen-card' };
    await shop.create({ '4111111111111111': 1 }, { headers });
    const { problem } = await logged('seen-card');
    expect(problem.errors).toEqual([{ pointer: '…', detail: 'Is not a known field' }]);
  });

  test('says that a kept answer was given again', async () => {
    const body = { reference: 'replayed-request', amount: 1 };
    const send = (id: string) =>
      shop.send('POST', '/payments', { body, idempotencyKey: 'replayed-request', headers: { 'x-correlation-id': id } });
    await send('seen-first');
    await send('seen-again');
    expect(await logged('seen-first')).toMatchObject({ idempotencyReplayed: false });
    expect(await logged('seen-again')).toMatchObject({ idempotencyReplayed: true, status: 201 });
  });

  test('is filtered by what it shows', async () => {
    const find = async (query: string) => (await shop.send('GET', `/request-log?${query}&limit=100`)).body.data;
    await shop.send('GET', '/payments/pay_none', { headers: { 'x-correlation-id': 'seen-missing' } });
    await logged('seen-missing');
    const ids = (rows: readonly { correlationId: string }[]) => rows.map(({ correlationId }) => correlationId);
    expect(ids(await find('code=not_found'))).toEqual(['seen-missing']);
    expect(ids(await find('status=404'))).toEqual(['seen-missing']);
    expect(ids(await find('operation=getPayment'))).toEqual(['seen-missing']);
    expect(ids(await find('refused=true'))).toEqual(['seen-missing', 'seen-card', 'seen-refused']);
    expect(ids(await find('refused=false&method=POST'))).toEqual(['seen-again', 'seen-first', 'seen-created']);
    expect(await find('createdBefore=2020-01-01T00:00:00Z')).toEqual([]);
  });

  test('comes as CSV like every list', async () => {
    const { text, headers } = await shop.send('GET', '/request-log?code=not_found', {
      headers: { accept: 'text/csv' },
    });
    expect(headers['content-type']).toMatch(/^text\/csv/);
    const [head, line] = text.split('\r\n');
    expect(head).toContain('operation,method,route,status,problem.code,problem.title');
    expect(line).toContain(',getPayment,GET,/api/v1/payments/{id},404,not_found,');
  });

  test("shows no other tenant's requests, and not those of nobody", async () => {
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    await stranger.send('GET', '/payments', { headers: { 'x-correlation-id': 'seen-stranger' } });
    await logged('seen-stranger', stranger);
    const { body } = await stranger.send('GET', '/request-log?limit=100&operation=createPayment');
    expect(body.data).toEqual([]);
    expect((await shop.send('GET', '/request-log?correlationId=seen-stranger')).body.data).toEqual([]);
  });
});

describe('a recorder that cannot write', () => {
  test('drops what is too much, counts it, and never throws', async () => {
    const metrics = createMetrics();
    const log = createLogger({ level: 'silent' });
    const { database } = tollgate.tollgate.gateway.payments;
    const recorder = createRequestRecorder({ database, clock: systemClock, log, metrics });
    const { tenantId } = tollgate.tenant.tenant;
    const request = {
      caller: { by: 'tenant', tenantId, mode: 'test', scopes: 'all', actor: 'key:key_flood', person: null },
      ...{ operation: 'flood', method: 'GET', route: '/', status: 200, problem: null, durationMs: 1 },
      ...{ correlationId: 'flood', replayed: false, receivedAt: systemClock.now() },
    } as const;
    for (let sent = 0; sent < 10_100; sent++) recorder.record(request);
    await recorder.close();
    const [row] = await tollgate.database.run<{ n: number }>(
      `select count(*)::int as n from request_log where operation = 'flood'`,
    );
    expect(row?.n).toBe(10_000);
    expect(await metrics.render()).toContain('tollgate_request_log_dropped_total 100');
    recorder.record(request);
    expect(await metrics.render()).toContain('tollgate_request_log_dropped_total 101');
  });
});
