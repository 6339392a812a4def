import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { digestNextEmails } from '../../src/payments/digest-emails.ts';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';

interface Hit {
  readonly type: string;
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly matched: string;
}

let tollgate: Installation;
let shop: Merchant;
let stranger: Merchant;
let operator: Merchant;
let paid: Answer['body'];
let refund: Answer['body'];
const reference = `needle-${freshReference()}`;
const orderId = `haystack-${freshReference()}`;

async function find(merchant: Merchant, q: string, path = '/search'): Promise<readonly Hit[]> {
  const { status, body, text } = await merchant.send('GET', `${path}?q=${encodeURIComponent(q)}`);
  expect(status, text).toBe(200);
  return body.data;
}

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
  operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
  paid = await shop.pay({ reference, orderId, customer: { email: 'Ana.Search@Shop.Example' } });
  refund = (await shop.refund(paid.id, { amount: 100, reason: 'broken', reference: `back-${reference}`.slice(0, 64) }))
    .body;
});
afterAll(() => tollgate.close());

describe('a search', () => {
  test('finds a payment by its id, its attempt, its reference, its order and the provider’s reference', async () => {
    const { id, latestAttempt } = paid;
    const expected = { type: 'payment', id, title: reference, subtitle: '12.50 EUR · succeeded' };
    expect(await find(shop, id)).toMatchObject([{ ...expected, matched: 'id' }]);
    expect(await find(shop, latestAttempt.id)).toMatchObject([{ ...expected, matched: 'attemptId' }]);
    expect(await find(shop, latestAttempt.providerRef)).toMatchObject([{ ...expected, matched: 'providerReference' }]);
    expect(await find(shop, orderId)).toMatchObject([{ ...expected, matched: 'orderId' }]);
    expect(await find(shop, ` ${reference} `)).toMatchObject([{ ...expected, matched: 'reference' }]);
  });

  test('finds what begins with it, and shows what is exactly it first', async () => {
    const exact = freshReference();
    const ids: string[] = [];
    for (const one of [exact, `${exact}-2`, `${exact}/3`]) ids.push((await shop.create({ reference: one })).body.id);
    const hits = await find(shop, exact);
    expect(hits.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[1]]);
    expect((await find(shop, exact.slice(0, -1))).map(({ id }) => id)).toEqual(ids.toReversed());
    expect(await find(shop, `${exact}-2x`)).toEqual([]);
  });

  test('finds a refund by its own id and reference', async () => {
    expect(await find(shop, refund.id)).toMatchObject([
      { type: 'refund', id: refund.id, subtitle: '1.00 EUR · succeeded' },
    ]);
    expect(await find(shop, `back-${reference}`.slice(0, 64))).toMatchObject([
      { type: 'refund', id: refund.id, matched: 'reference' },
    ]);
  });

  test('finds a customer’s payments by the whole address in any case, and by no part of it', async () => {
    expect(await find(shop, 'ana.search@shop.example')).toMatchObject([{ id: paid.id, matched: 'email' }]);
    expect(await find(shop, 'ana.search@shop')).toEqual([]);
    expect(await find(stranger, 'ana.search@shop.example')).toEqual([]);
  });

  test('finds by its address what was paid before addresses were digested, once the worker has looked', async () => {
    const old = (await shop.create({ customer: { email: 'old@shop.example' } })).body;
    const nameless = (await shop.create({ customer: { name: 'Ana' } })).body;
    await tollgate.database.run('update payments set email_digest = null where payment_id = any ($1)', [
      [old.id, nameless.id],
    ]);
    expect(await find(shop, 'old@shop.example')).toEqual([]);
    await digestNextEmails(tollgate.tollgate.gateway.payments);
    // The worker of the installation may have been faster.
    await until(async () => (await find(shop, 'old@shop.example'))[0]?.id === old.id);
    expect(await digestNextEmails(tollgate.tollgate.gateway.payments)).toBe(0);
  });

  test('finds endpoints by a part of their address, and products and codes by reference', async () => {
    const endpoint = (
      await shop.send('POST', '/webhook-endpoints', { body: { url: 'http://127.0.0.1:9/hooks/Tickets' } })
    ).body;
    const product = (
      await shop.send('POST', '/products', { body: { name: 'Season ticket', reference: 'season-ticket' } })
    ).body;
    expect(await find(shop, 'hooks/tick')).toMatchObject([
      { type: 'webhook_endpoint', id: endpoint.id, matched: 'url' },
    ]);
    expect(await find(shop, 'season-t')).toMatchObject([{ type: 'product', id: product.id, title: 'Season ticket' }]);
    await shop.send('DELETE', `/webhook-endpoints/${endpoint.id}`);
    expect(await find(shop, endpoint.id)).toEqual([]);
  });

  test('leaves out what the key may not read', async () => {
    const key = await createApiKey(tollgate.tollgate.gateway.payments.database.query, systemClock, {
      tenantId: tollgate.tenant.tenant.tenantId,
      mode: 'test',
      name: 'Payments only',
      scopes: ['payment:read'],
    });
    const clerk = merchantOf(tollgate.apiUrl, key);
    expect(await find(clerk, reference)).toMatchObject([{ type: 'payment' }]);
    expect(await find(clerk, refund.id)).toEqual([]);
    expect(await find(clerk, `back-${reference}`.slice(0, 64))).toEqual([]);
  });

  test.for(['id', 'reference', 'order'])('shows no other tenant and no other mode anything: %s', async (by) => {
    const q = by === 'id' ? paid.id : by === 'order' ? orderId : reference;
    expect(await find(stranger, q)).toEqual([]);
    const { query } = tollgate.tollgate.gateway.payments.database;
    const live = await createApiKey(query, systemClock, {
      tenantId: tollgate.tenant.tenant.tenantId,
      mode: 'live',
      name: 'Live',
      scopes: ['*:*'],
    });
    // Live mode is for TLS alone, so the refusal is the transport's here and nothing was looked for.
    expect((await call(`${tollgate.apiUrl}/api/v1/search?q=${q}`, { key: live })).status).toBe(403);
  });

  test.for(['%', "' or 1=1 --", '_', '\\', '😀', 'ten_'])('takes %s as it is', async (q) => {
    expect(await find(shop, q)).toEqual([]);
    await find(operator, q, '/operator/search');
  });

  test('needs something to look for', async () => {
    const answer = await shop.send('GET', '/search?q=');
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/query/q' }] });
  });
});

describe("the operator's search", () => {
  const path = '/operator/search';

  test('finds anything of any tenant and says whose it is', async () => {
    const { tenantId } = tollgate.tenant.tenant;
    const expected = { type: 'payment', id: paid.id, tenantId, mode: 'test' };
    for (const q of [paid.id, reference, orderId, paid.latestAttempt.id, paid.latestAttempt.providerRef]) {
      expect(await find(operator, q, path), q).toMatchObject([expected]);
    }
  });

  test('finds tenants by id, app name and a part of their name', async () => {
    const { tenantId, appName } = tollgate.tenant.tenant;
    expect(await find(operator, tenantId, path)).toMatchObject([{ type: 'tenant', id: tenantId, matched: 'id' }]);
    expect((await find(operator, appName, path)).map(({ id }) => id)).toContain(tenantId);
    expect((await find(operator, 'est sho', path)).map(({ id }) => id)).toContain(tenantId);
  });
});
