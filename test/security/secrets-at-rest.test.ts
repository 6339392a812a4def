import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../src/keys/sealer.ts';
import { requestFingerprint } from '../../src/platform/http/fingerprint.ts';
import { call, until } from '../support/api-client.ts';
import { dumpDatabase, spellingsOf } from '../support/database-dump.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { changesNothing, untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let tollgate: Installation;
let sink: WebhookSink;
let shop: Merchant;
/** What must be nowhere in the clear, by what it is. */
const secrets = new Map<string, string>();
const canary = (what: string) => `canary-${what}-${randomBytes(8).toString('hex')}`;
const OPEN = canary('description');

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([startInstallation(), startWebhookSink()]);
  const { tenant, operatorKey } = tollgate;
  shop = merchantOf(tollgate.apiUrl, tenant.apiKeys.test);
  secrets.set('app secret', tenant.appSecret).set('live app secret', tenant.liveAppSecret);
  secrets.set('API key', afterDot(tenant.apiKeys.test)).set('live API key', afterDot(tenant.apiKeys.live));
  secrets.set('operator key', afterDot(operatorKey));
  secrets.set('webhook secret', tenant.webhookSecrets.test).set('live webhook secret', tenant.webhookSecrets.live);
  secrets.set('master key', tollgate.tollgate.config.masterKey ?? '');
  await openedSecrets();
  await useEverything();
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});

/** An address given in the page, with a mistake first, and one given by the tenant, both told in events. */
async function shipCanaries(): Promise<void> {
  const address = (by: string) => ({
    ...{ name: canary(`${by}-name`), line1: canary(`${by}-line`), city: canary(`${by}-city`) },
    ...{ country: 'DE', phone: by === 'page' ? '+49 30 6231 5514 772' : '+49 30 6231 5514 773' },
  });
  const [typed, sent] = [address('page'), address('tenant')];
  for (const [by, { name, line1, city, phone }] of [['typed', typed] as const, ['sent', sent] as const]) {
    for (const [part, value] of Object.entries({ name, line1, city, phone })) secrets.set(`${by} ${part}`, value);
  }
  const first = await shop.create({ requestShipping: true });
  for (const postalCode of ['1011', '10115']) {
    const rawBody = new URLSearchParams({ ...typed, postalCode, act: 'save' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await call(`${tollgate.apiUrl}/c/${first.body.checkoutToken}/shipping`, { rawBody, headers });
  }
  expect((await shop.confirm(first.body.id, 'tok_approve')).body.shippingAddress).toMatchObject(typed);
  const second = await shop.create({ requestShipping: true });
  const body = {
    method: { type: 'sandbox', token: 'tok_approve' },
    shippingAddress: { ...sent, postalCode: '10115' },
  };
  const confirmed = await shop.send('POST', `/payments/${second.body.id}/confirm`, { body, idempotencyKey: 'shipped' });
  expect(confirmed.status, confirmed.text).toBe(200);
}

function afterDot(key: string): string {
  return key.slice(key.indexOf('.') + 1);
}

/** Secrets that the installation made for itself; only its own sealer can tell them. */
async function openedSecrets(): Promise<void> {
  const { sealer } = tollgate.tollgate.gateway.payments;
  const [account] = await tollgate.database.run<Record<string, string> & { credentials_sealed: Buffer }>(
    'select * from provider_accounts',
  );
  const place = { table: 'provider_accounts', column: 'credentials_sealed', row: account?.provider_account_id ?? '' };
  const credentials = await sealer.open(
    { ...place, tenantId: account?.tenant_id ?? '' },
    account?.credentials_sealed ?? Buffer.alloc(0),
  );
  secrets.set('provider credentials', JSON.parse(String(credentials)).secretKey);
  const [key] = await tollgate.database.run<{ kid: string; private_jwk_sealed: Buffer }>('select * from signing_keys');
  const jwk = await sealer.open(
    { tenantId: SYSTEM, table: 'signing_keys', column: 'private_jwk_sealed', row: key?.kid ?? '' },
    key?.private_jwk_sealed ?? Buffer.alloc(0),
  );
  secrets.set('signing key of tokens', JSON.parse(String(jwk)).d);
}

/** Sends every secret through everything that stores or logs. */
async function useEverything(): Promise<void> {
  const { tenant, appSecret } = tollgate.tenant;
  const login = { body: { appName: tenant.appName, appSecret } };
  secrets.set('access token', (await shop.send('POST', '/tenants/login', login)).body.accessToken);
  await shop.send('POST', '/tenants/login', { body: { appName: 'nobody', appSecret } });
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  secrets.set('endpoint secret', secret);
  await shop.send('POST', '/webhook-endpoints', {
    body: { url: `${sink.url}/hook`, secret },
    idempotencyKey: 'endpoint',
  });
  const bluesnap = { secret: canary('bluesnap'), dataProtectionKey: canary('data-protection') };
  secrets.set('BlueSnap secret', bluesnap.secret).set('data protection key', bluesnap.dataProtectionKey);
  const endpoint = await shop.send('POST', '/webhook-endpoints', {
    body: { url: `${sink.url}/bluesnap`, dialect: 'bluesnap', ...bluesnap },
    idempotencyKey: 'bluesnap',
  });
  const renewed = await shop.send('POST', `/webhook-endpoints/${endpoint.body.id}/rotate-secret`, {
    idempotencyKey: 'rotate-webhook',
  });
  secrets.set('rotated webhook secret', renewed.body.secret);
  const adminEmail = `${canary('admin')}@shop.example`;
  secrets.set('admin address', adminEmail);
  await shop.send('PATCH', '/notification-settings', { body: { adminEmail } });
  const partner = await shop.send('POST', '/partner-keys', {
    body: { merchantCode: 'CANARY' },
    idempotencyKey: 'partner',
  });
  secrets.set('partner key', partner.body.secretKey);
  const rotated = await shop.send('POST', `/partner-keys/${partner.body.id}/rotate`, { idempotencyKey: 'rotate' });
  secrets.set('rotated partner key', rotated.body.secretKey);
  const customer = {
    id: canary('customer-id'),
    name: canary('customer-name'),
    email: `${canary('customer-email')}@shop.example`,
    phone: '+49 30 7423 5512 881',
  };
  for (const [field, value] of Object.entries(customer)) secrets.set(`customer ${field}`, value);
  const { body } = await shop.create({ customer, description: OPEN }, { idempotencyKey: canary('key') });
  secrets.set('checkout token', body.checkoutToken);
  const fresh = await shop.send('POST', `/payments/${body.id}/checkout-token`, { idempotencyKey: 'token' });
  secrets.set('fresh checkout token', fresh.body.checkoutToken);
  await call(`${tollgate.apiUrl}/c/${fresh.body.checkoutToken}`);
  await call(`${tollgate.apiUrl}/api/v1/checkout-sessions/${fresh.body.checkoutToken}`);
  await call(`${tollgate.apiUrl}/api/v1/payments/${fresh.body.checkoutToken}?surprise=${appSecret}`, {
    key: `${tollgate.tenant.apiKeys.test}x`,
    headers: { 'x-tollgate-tenant': appSecret, 'idempotency-key': appSecret },
  });
  await shop.confirm(body.id, 'tok_approve', { idempotencyKey: 'confirm' });
  await shipCanaries();
  const refund = { amount: 100, reason: 'broken' };
  await shop.refund(body.id, refund, 'refund');
  // Without a key a fingerprint would tell whoever tries out bodies which one it was.
  secrets.set('plain fingerprint', requestFingerprint('POST', `/api/v1/payments/${body.id}/refunds`, refund));
  // The sandbox's notification and our own to the tenant have gone through as well.
  await until(async () => sink.received.some((received) => received.body.includes('refund.succeeded')));
  await until(
    async () => (await tollgate.database.run(`select 1 from inbound_events where state = 'applied'`)).length > 0,
  );
}

describe('no secret is anywhere in the clear', () => {
  test('not in the database', async () => {
    const dump = await dumpDatabase(tollgate.database);
    expect(
      dump.some(({ text }) => text.includes(OPEN)),
      'the search finds nothing at all',
    ).toBe(true);
    for (const [what, secret] of secrets) {
      expect(secret.length, what).toBeGreaterThan(15);
      const found = spellingsOf(secret).flatMap((spelling) => dump.filter(({ text }) => text.includes(spelling)));
      expect(
        found.map(({ place }) => place),
        `${what} in the clear`,
      ).toEqual([]);
    }
  });

  test('not in the log, which tells of the requests all the same', () => {
    const log = tollgate.logLines.join('');
    expect(log).toContain(tollgate.tenant.tenant.tenantId);
    for (const [what, secret] of secrets) {
      for (const spelling of spellingsOf(secret)) expect(log.includes(spelling), `${what} in the log`).toBe(false);
    }
  });

  test('not in what tenants are told of customers', () => {
    const told = sink.received.map(({ body, headers }) => body + JSON.stringify(headers)).join('');
    expect(told).toContain(OPEN);
    for (const [what, secret] of secrets) {
      // An address is asked for in the tenant's name, so the tenant alone is told of it.
      if (!/^(typed|sent) /.test(what)) expect(told.includes(secret), what).toBe(false);
    }
  });
});

type Rows = Readonly<Record<'mine' | 'twin' | 'stranger', { readonly id: string; readonly sealed: Buffer }>> & {
  readonly column: Buffer;
};

describe('a sealed value opens only where it was sealed, and whole', () => {
  let rows: Rows;
  const name = canary('sealed');

  beforeAll(async () => {
    const other = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const sealed = async (merchant: Merchant) => {
      const { id } = (await merchant.create({ customer: { name } }, { idempotencyKey: canary('key') })).body;
      const [row] = await tollgate.database.run<{ customer_sealed: Buffer }>(
        'select customer_sealed from payments where payment_id = $1',
        [id],
      );
      return { id, sealed: row?.customer_sealed ?? Buffer.alloc(0) };
    };
    const [mine, twin, stranger] = [await sealed(shop), await sealed(shop), await sealed(other)];
    const [answer] = await tollgate.database.run<{ answer_sealed: Buffer }>(
      'select answer_sealed from idempotency_keys where resource_id = $1',
      [mine.id],
    );
    rows = { mine, twin, stranger, column: answer?.answer_sealed ?? Buffer.alloc(0) };
  });

  function store(id: string, sealed: Buffer) {
    return tollgate.database.run('update payments set customer_sealed = $1 where payment_id = $2', [sealed, id]);
  }

  const changed: Readonly<Record<string, (rows: Rows) => Buffer>> = {
    "another payment's": ({ twin }) => twin.sealed,
    "another tenant's": ({ stranger }) => stranger.sealed,
    'of another column': ({ column }) => column,
    'without the last byte': ({ mine }) => mine.sealed.subarray(0, -1),
    'with its tag cut to four bytes': ({ mine }) => mine.sealed.subarray(0, -12),
    'without its tag': ({ mine }) => mine.sealed.subarray(0, -16),
    'with a byte more': ({ mine }) => Buffer.concat([mine.sealed, Buffer.alloc(1)]),
    'of a key version that is not there': ({ mine }) => withByte(mine.sealed, 4, 2),
    'of another format': ({ mine }) => withByte(mine.sealed, 0, 2),
    'in the clear': () => Buffer.from(JSON.stringify({ name })),
    empty: () => Buffer.alloc(0),
  };

  function withByte(bytes: Buffer, at: number, value: number): Buffer {
    const copy = Buffer.from(bytes);
    copy[at] = value;
    return copy;
  }

  test.for(Object.entries(changed))('not %s', async ([, change]) => {
    const { mine } = rows;
    expect((await shop.send('GET', `/payments/${mine.id}`)).body.customer).toEqual({ name });
    await store(mine.id, change(rows));
    const answer = await shop.send('GET', `/payments/${mine.id}`);
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error', errors: [] } });
    expect(answer.text).not.toMatch(/canary|sealed|data key|decrypt|auth/i);
    await store(mine.id, mine.sealed);
  });

  test('not with any one bit of any byte turned', async () => {
    const { sealer } = tollgate.tollgate.gateway.payments;
    const { mine } = rows;
    const { tenantId } = tollgate.tenant.tenant;
    const place = { tenantId, table: 'payments', column: 'customer_sealed', row: mine.id };
    expect(String(await sealer.open(place, mine.sealed))).toContain(name);
    for (let at = 0; at < mine.sealed.length; at++) {
      const turned = withByte(mine.sealed, at, (mine.sealed[at] ?? 0) ^ (1 << (at % 8)));
      await expect(sealer.open(place, turned), `byte ${at}`).rejects.toThrow();
    }
  });

  test.for(['table', 'column', 'row'] as const)('not as the value of another %s', async (part) => {
    const { sealer } = tollgate.tollgate.gateway.payments;
    const { tenantId } = tollgate.tenant.tenant;
    const place = { tenantId, table: 'payments', column: 'customer_sealed', row: rows.mine.id };
    await expect(sealer.open({ ...place, [part]: 'another' }, rows.mine.sealed)).rejects.toThrow();
  });

  test('a kept answer that does not open is no leave to run again', async () => {
    const key = canary('key');
    const body = { reference: canary('reference'), amount: 1250 };
    const send = () => shop.send('POST', '/payments', { body, idempotencyKey: key });
    expect((await send()).status).toBe(201);
    await tollgate.database.run(
      `update idempotency_keys set answer_sealed = set_byte(answer_sealed, 20, get_byte(answer_sealed, 20) # 1)
       where idempotency_key = $1`,
      [key],
    );
    await untilQuiet(tollgate.database);
    const answer = await changesNothing(tollgate.database, send);
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  });

  test('credentials that do not open start no attempt, and a secret that does not open signs nothing', async () => {
    const { tenant, apiKeys } = await tollgate.createTenant();
    const spoiled = merchantOf(tollgate.apiUrl, apiKeys.test);
    for (const [table, column] of [
      ['provider_accounts', 'credentials_sealed'],
      ['signing_secrets', 'secret_sealed'],
    ]) {
      await tollgate.database.run(
        `update ${table} set ${column} = set_byte(${column}, 20, get_byte(${column}, 20) # 1) where tenant_id = $1`,
        [tenant.tenantId],
      );
    }
    const { body } = await spoiled.create({ notificationUrl: `${sink.url}/unsigned` });
    expect((await spoiled.confirm(body.id, 'tok_approve')).status).toBe(500);
    expect((await spoiled.send('GET', `/payments/${body.id}`)).body).toMatchObject({ status: 'created', version: 1 });
    const lines = () => tollgate.logLines.filter((line) => line.includes('A receiver could not be opened'));
    await until(async () => lines().length > 0);
    expect(sink.received.filter(({ path }) => path === '/unsigned')).toEqual([]);
  });
});
