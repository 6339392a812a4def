import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { type AccountDesk, openAccountDesk } from '../../src/provider-accounts/account-desk-fixture.ts';
import type { PaymentProvider } from '../../src/providers/provider.ts';
import type { RegisteredProvider } from '../../src/providers/registry.ts';
import { type Answer, until } from '../support/api-client.ts';
import { startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

const DAY = 86_400;

let desk: AccountDesk;
beforeAll(async () => {
  desk = await openAccountDesk();
});
afterAll(() => desk.close());

/** Which account the payment's newest attempt went to. */
async function accountOf(paymentId: string): Promise<string | undefined> {
  const rows = await desk.tollgate.database.run<{ id: string }>(
    'select provider_account_id as id from attempts where payment_id = $1 order by attempt_id desc',
    [paymentId],
  );
  return rows[0]?.id;
}

async function openPayment(shop: Merchant): Promise<string> {
  const answer = await shop.create();
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
}

describe('an account', () => {
  test('is made in the mode of the key, and shows which fields are set and no more', async () => {
    const { shop } = await desk.openShop();
    const credentials = desk.freshCredentials();
    const reversalCutOff = { dailyAt: '22:30', timeZone: 'Africa/Johannesburg' };
    const made = await desk.add(shop, { credentials, name: 'Second', priority: 7, reversalCutOff });
    expect(made).toEqual({
      id: expect.stringMatching(/^pa_/),
      object: 'provider_account',
      mode: 'test',
      provider: 'sandbox',
      name: 'Second',
      priority: 7,
      status: 'active',
      credentialsSet: ['merchantCode', 'secretKey'],
      capabilities: expect.objectContaining({ refund: { partial: true, multiple: true }, complete: false }),
      previousCredentialsUntil: null,
      reversalCutOff,
      routing: { weight: null, currencies: null, amounts: null, methods: null },
      circuit: { state: 'closed', since: null, failures: 0, retryAt: null },
      notificationUrl: `${desk.line.url}/hooks/sandbox/${made.id}`,
      createdAt: desk.clock.now().toString(),
      updatedAt: desk.clock.now().toString(),
    });
    const read = await shop.send('GET', `/provider-accounts/${made.id}`);
    expect([read.status, read.body]).toEqual([200, made]);
    expect(read.text).not.toContain(credentials.merchantCode);
    const listed = await shop.send('GET', '/provider-accounts?limit=1');
    expect(listed.body).toEqual({ data: [made], hasMore: true, nextCursor: made.id });
    const rest = await shop.send('GET', `/provider-accounts?cursor=${made.id}`);
    expect(rest.body.data.map(({ name }: { name: string }) => name)).toEqual(['Sandbox']);
  });

  test('has the name of its provider and the priority 100 unless told otherwise', async () => {
    const made = await desk.add((await desk.openShop()).shop);
    expect(made).toMatchObject({ name: 'Sandbox', priority: 100, reversalCutOff: null });
  });

  test('is made once for an Idempotency-Key', async () => {
    const { shop } = await desk.openShop();
    const body = { provider: 'sandbox', credentials: desk.freshCredentials() };
    const send = () => shop.send('POST', '/provider-accounts', { body, idempotencyKey: 'once' });
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await shop.send('GET', '/provider-accounts')).body.data).toHaveLength(2);
  });

  test('changes its name, priority and cut-off, and keeps what is left out', async () => {
    const { shop, path } = await desk.openShop();
    desk.clock.advance({ seconds: 1 });
    const renamed = await shop.send('PATCH', path, { body: { name: 'Main' } });
    expect(renamed.body).toMatchObject({ name: 'Main', priority: 100, reversalCutOff: { afterSeconds: DAY } });
    expect(renamed.body.updatedAt).toBe(desk.clock.now().toString());
    const moved = await shop.send('PATCH', path, { body: { priority: 3, reversalCutOff: null } });
    expect(moved.body).toMatchObject({ name: 'Main', priority: 3, reversalCutOff: null });
    expect((await shop.send('GET', path)).body).toEqual(moved.body);
  });

  test('of the sandbox is refused in live mode, and one of a real provider is not', async () => {
    const { live, shop } = await desk.openShop();
    const sandbox = { provider: 'sandbox', credentials: desk.freshCredentials() };
    expect(await live.send('POST', '/provider-accounts', { body: sandbox })).toMatchObject({
      status: 422,
      body: { code: 'not_supported_by_provider', errors: [{ pointer: '/provider', detail: 'Must work in live mode' }] },
    });
    const stripe = await desk.add(live, { provider: 'stripe', credentials: desk.stripeCredentials('live') });
    expect(stripe).toMatchObject({ mode: 'live', credentialsSet: ['secretKey', 'webhookSecret'] });
    expect((await shop.send('GET', `/provider-accounts/${stripe.id}`)).status).toBe(404);
    expect((await live.send('GET', '/provider-accounts')).body.data).toEqual([stripe]);
  });
});

describe('a test of an account', () => {
  test('tells whether the provider knows the credentials, also of a disabled one', async () => {
    const { shop, path, account } = await desk.openShop();
    expect((await shop.send('POST', `${path}/test`)).body).toEqual({ outcome: 'accepted' });
    await shop.send('POST', `${path}/disable`);
    expect((await shop.send('POST', `${path}/test`)).body).toEqual({ outcome: 'accepted' });
    const thief = await desk.add(shop, {
      credentials: { ...desk.freshCredentials(), merchantCode: account.merchantCode },
    });
    const refused = await shop.send('POST', `/provider-accounts/${thief.id}/test`);
    expect([refused.status, refused.body]).toEqual([
      200,
      { outcome: 'refused', code: expect.any(String), message: expect.any(String) },
    ]);
  });

  test('reaches a simulator on a private address in test mode', async () => {
    const { shop } = await desk.openShop();
    const credentials = { ...desk.stripeCredentials('test'), apiUrl: desk.line.url };
    const { id } = await desk.add(shop, { provider: 'stripe', credentials });
    desk.line.answer = () => ({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        error: { type: 'invalid_request_error', message: 'Invalid API Key' },
      }),
    });
    const answer = await shop.send('POST', `/provider-accounts/${id}/test`);
    desk.line.answer = () => 200;
    expect(desk.line.received.at(-1)?.headers.authorization).toContain(credentials.secretKey);
    expect(answer.body.outcome, answer.text).toBe('refused');
  });

  test('does not pass on what a provider repeats of the key', async () => {
    const { shop, path } = await desk.openShop();
    const registry = desk.tollgate.tollgate.gateway.payments.registry as Map<string, RegisteredProvider>;
    const whole = present(registry.get('sandbox'), 'the sandbox');
    const checkCredentials: PaymentProvider['checkCredentials'] = async ({ credentials }) => ({
      ...{ kind: 'refused', code: 'no_key' },
      message: `No such key: ${Object.values(credentials as object).join(' ')}`,
    });
    registry.set('sandbox', { ...whole, provider: { ...whole.provider, checkCredentials } });
    const answer = await shop.send('POST', `${path}/test`);
    registry.set('sandbox', whole);
    const message = 'No such key: [masked] [masked]';
    expect(answer.body).toEqual({ outcome: 'refused', code: 'no_key', message });
  });

  test('reaches no private address in live mode, whatever the installation allows', async () => {
    const { registry } = desk.tollgate.tollgate.gateway.payments;
    const request = { method: 'GET', url: desk.line.url, timeoutMs: 5_000, responseBytesMax: 1_000 } as const;
    for (const id of ['stripe', 'bluesnap', 'partner', 'scantopay']) {
      const ways = present(registry.get(id), id);
      const kinds = [(await ways.http('live').send(request)).kind, (await ways.http('test').send(request)).kind];
      expect(kinds, id).toEqual(['not_sent', 'answered']);
    }
  });

  test('reaches no private address where the installation allows none', async () => {
    const strict = await startInstallation({
      environment: { TOLLGATE_ALLOW_PRIVATE_TARGETS: 'false', TOLLGATE_ROLES: 'api' },
    });
    try {
      const shop = merchantOf(strict.apiUrl, strict.tenant.apiKeys.test);
      const credentials = { ...desk.stripeCredentials('test'), apiUrl: desk.line.url };
      const { id } = await desk.add(shop, { provider: 'stripe', credentials });
      const before = desk.line.received.length;
      expect((await shop.send('POST', `/provider-accounts/${id}/test`)).body.outcome).toBe('not_sent');
      expect(desk.line.received).toHaveLength(before);
    } finally {
      await strict.close();
    }
  });
});

describe('a disabled account', () => {
  test('gets no new payment, finishes what was begun, and is as before once enabled', async () => {
    const { shop, path, account } = await desk.openShop();
    const begun = await openPayment(shop);
    const waiting = await openPayment(shop);
    const approval = await desk.approvalOf(shop, begun);
    expect((await shop.send('POST', `${path}/disable`)).body.status).toBe('disabled');
    const refusal = { status: 422, body: { code: 'no_provider_account' } };
    expect(await shop.confirm(waiting, 'tok_approve')).toMatchObject(refusal);
    expect(await shop.create({ providerAccountId: account.providerAccountId })).toMatchObject(refusal);
    expect((await desk.deliver(account.providerAccountId, approval, account.secretKey)).status).toBe(200);
    await until(async () => (await shop.send('GET', `/payments/${begun}`)).body.status === 'succeeded');
    expect(await shop.refund(begun, { reason: 'broken' }, 'refund')).toMatchObject({
      status: 201,
      body: { status: 'succeeded' },
    });
    expect((await shop.send('POST', `${path}/enable`)).body.status).toBe('active');
    expect(await shop.confirm(waiting, 'tok_no_ipn')).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  });

  test('is not changed by being disabled again', async () => {
    const { shop, path } = await desk.openShop();
    const { body } = await shop.send('POST', `${path}/disable`);
    desk.clock.advance({ seconds: 1 });
    expect((await shop.send('POST', `${path}/disable`)).body).toEqual(body);
  });
});

test('a payment goes to the active account with the lowest priority, as it is when it is confirmed', async () => {
  const { shop, path, account } = await desk.openShop();
  const second = await desk.add(shop, { priority: 50 });
  const routed = async () => accountOf((await shop.pay()).id);
  expect(await routed()).toBe(second.id);
  await shop.send('PATCH', path, { body: { priority: 49 } });
  expect(await routed()).toBe(account.providerAccountId);
  await shop.send('POST', `${path}/disable`);
  expect(await routed()).toBe(second.id);
  await shop.send('POST', `${path}/enable`);
  expect(await routed()).toBe(account.providerAccountId);
});

test('a foreign tenant and the other mode get 404 from every verb, and a parent acts for its child', async () => {
  const { live, path, tenant } = await desk.openShop();
  const { shop: stranger } = await desk.openShop();
  const child = await desk.tollgate.createTenant({ parentTenantId: tenant.tenant.tenantId });
  const { shop: parent } = desk.backEndsOf(tenant, child.tenant.tenantId);
  for (const who of [stranger, live, parent]) {
    const statuses = [
      await who.send('GET', path),
      await who.send('PATCH', path, { body: { priority: 1 } }),
      await who.send('POST', `${path}/test`),
      await who.send('POST', `${path}/rotate`, { body: { credentials: desk.freshCredentials() } }),
      await who.send('POST', `${path}/disable`),
      await who.send('POST', `${path}/enable`),
    ].map(({ status }) => status);
    expect(statuses).toEqual(Array(6).fill(404));
  }
  const made = await desk.add(parent);
  expect((await desk.backEndsOf(child).shop.send('GET', `/provider-accounts/${made.id}`)).status).toBe(200);
  expect((await stranger.send('GET', `/provider-accounts/${made.id}`)).status).toBe(404);
});

test('the providers are told with what they can do and which of their fields are secret', async () => {
  const { shop } = await desk.openShop();
  const { body } = await shop.send('GET', '/providers');
  const byId = new Map<string, Answer['body']>(body.data.map((one: { id: string }) => [one.id, one]));
  expect([...byId.keys()]).toEqual(['sandbox', 'stripe', 'bluesnap', 'partner', 'scantopay']);
  expect(byId.get('sandbox')).toMatchObject({
    displayName: 'Sandbox',
    capabilities: { modes: ['test'], reversal: true },
    credentials: { type: 'object', required: ['merchantCode', 'secretKey'], additionalProperties: false },
    method: { properties: { type: { const: 'sandbox' } } },
  });
  const secretFields = [...byId].map(([id, { credentials }]) => [
    id,
    Object.keys(credentials.properties).filter((name) => credentials.properties[name]['x-secret'] === true),
  ]);
  expect(Object.fromEntries(secretFields)).toEqual({
    sandbox: ['secretKey'],
    stripe: ['secretKey', 'webhookSecret'],
    bluesnap: ['apiPassword', 'ipnKey', 'dataProtectionKey'],
    partner: ['secretKey', 'privateKey'],
    scantopay: ['password', 'notificationKey'],
  });
  // A partner is told by nobody but itself, and the sandbox takes what it is given.
  const documented = [...byId]
    .filter(([, { credentials }]) => /^https:/.test(credentials['x-documentation']))
    .map(([id]) => id);
  expect(documented).toEqual(['stripe', 'bluesnap', 'scantopay']);
});

// The last one, so that everything above has been sent.
test('no secret that was sent is in an answer, a line of the log or the database', () => desk.expectSecrecy('Second'));
