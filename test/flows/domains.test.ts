import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedTenant } from '../../src/tenants/create-tenant.ts';
import { type Answer, call, until } from '../support/api-client.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { sendRaw } from '../support/raw-http.ts';

let dns: DnsServer;
let tollgate: Installation;

beforeAll(async () => {
  dns = await startDnsServer();
  tollgate = await startInstallation({ environment: { TOLLGATE_DNS_SERVERS: dns.address } });
});
afterAll(async () => {
  await tollgate?.close();
  await dns?.close();
});

interface Shop extends Merchant {
  readonly created: CreatedTenant;
}

async function newShop(): Promise<Shop> {
  const created = await tollgate.createTenant();
  return { ...merchantOf(tollgate.apiUrl, created.apiKeys.test), created };
}

let names = 0;
const newName = () => `pay${names++}.shop.example`;
const recordOf = (domain: string) => `_tollgate-verification.${domain}`;

async function claim(shop: Merchant, domain = newName()): Promise<Answer['body']> {
  const answer = await shop.send('POST', '/domains', { body: { domain } });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

async function look(shop: Merchant, { id }: Answer['body']): Promise<Answer['body']> {
  const answer = await shop.send('POST', `/domains/${id}/check`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

/** Enters the record of the claim, beside those that are there. */
function enter({ record }: Answer['body']): void {
  const before = dns.records.get(record.name);
  dns.records.set(record.name, [...(Array.isArray(before) ? before : []), record.value]);
}

async function proven(shop: Merchant, domain = newName()): Promise<Answer['body']> {
  const claimed = await claim(shop, domain);
  enter(claimed);
  const looked = await look(shop, claimed);
  expect(looked).toMatchObject({ status: 'verified', problem: null });
  return looked;
}

const ask = async (domain: string) =>
  (await call(`${tollgate.tollgate.internalUrl}/api/v1/domains/verify?domain=${encodeURIComponent(domain)}`)).status;
const at = (host: string, path: string, options: Parameters<typeof call>[1] = {}) =>
  call(`${tollgate.apiUrl}${path}`, { ...options, headers: { ...options.headers, host } });
const MISDIRECTED = { status: 421, body: { code: 'misdirected_request' } };
const pathOf = (url: string) => new URL(url).pathname;

describe('S4.6 a domain', () => {
  it('is proven by its record, and then a certificate may be had for it', async () => {
    const shop = await newShop();
    const claimed = await claim(shop, 'Pay.Müller.Example.');
    expect(claimed).toMatchObject({
      domain: 'pay.xn--mller-kva.example',
      status: 'pending',
      record: { type: 'TXT', name: '_tollgate-verification.pay.xn--mller-kva.example' },
    });
    expect(await look(shop, claimed)).toMatchObject({ status: 'pending', problem: 'no_record' });
    expect(await ask(claimed.domain)).toBe(404);
    dns.records.set(claimed.record.name, ['something else']);
    expect(await look(shop, claimed)).toMatchObject({ status: 'pending', problem: 'wrong_record' });
    enter(claimed);
    expect(await look(shop, claimed)).toMatchObject({ status: 'verified', problem: null });
    for (const spelling of [claimed.domain, 'PAY.MÜLLER.EXAMPLE', `${claimed.domain}.`]) {
      expect(await ask(spelling), spelling).toBe(200);
    }
  });

  it('S4.7 that nobody has proven gets no certificate, nor does what is no name', async () => {
    for (const name of ['nobody.example', '', '127.0.0.1', "'; drop table domains", `${'a'.repeat(5_000)}.example`]) {
      expect(await ask(name), name).toBe(404);
    }
    expect((await call(`${tollgate.tollgate.internalUrl}/api/v1/domains/verify`)).status).toBe(404);
  });

  it('is found proven by itself', async () => {
    const shop = await newShop();
    const claimed = await claim(shop);
    enter(claimed);
    await tollgate.database.run(`update lanes set next_due_at = now() where kind = 'domain' and lane_id = $1`, [
      claimed.id,
    ]);
    await until(async () => (await shop.send('GET', `/domains/${claimed.id}`)).body.status === 'verified');
  });

  it('is lost when its proof is gone three times, and not by an outage', async () => {
    const shop = await newShop();
    const domain = await proven(shop);
    dns.records.set(domain.record.name, 'broken');
    for (const _time of [1, 2, 3, 4]) expect((await look(shop, domain)).status).toBe('verified');
    dns.records.delete(domain.record.name);
    expect([(await look(shop, domain)).status, (await look(shop, domain)).status]).toEqual(['verified', 'verified']);
    expect(await ask(domain.domain)).toBe(200);
    expect(await look(shop, domain)).toMatchObject({ status: 'lapsed', problem: 'no_record' });
    expect(await ask(domain.domain)).toBe(404);
  });

  it('of a suspended tenant gets no certificate', async () => {
    const shop = await newShop();
    const { domain } = await proven(shop);
    await tollgate.database.run(`update tenants set status = 'suspended' where tenant_id = $1`, [
      shop.created.tenant.tenantId,
    ]);
    expect(await ask(domain)).toBe(404);
  });

  it('is given up at once, and can be claimed anew with another record', async () => {
    const shop = await newShop();
    const first = await proven(shop);
    expect((await shop.send('DELETE', `/domains/${first.id}`)).status).toBe(200);
    expect(await ask(first.domain)).toBe(404);
    expect((await shop.send('GET', `/domains/${first.id}`)).status).toBe(404);
    const second = await claim(shop, first.domain);
    expect(second.record.value).not.toBe(first.record.value);
    expect(await look(shop, second)).toMatchObject({ status: 'pending', problem: 'wrong_record' });
  });

  it('S4.7 is claimed once by a tenant, and never one of the installation itself', async () => {
    const shop = await newShop();
    const { domain } = await claim(shop);
    const again = await shop.send('POST', '/domains', { body: { domain: domain.toUpperCase() } });
    expect([again.status, again.body.code]).toEqual([409, 'state_conflict']);
    for (const broken of ['', 'shop', 'http://a.example', '127.0.0.1', 'x.localhost', '*.a.example']) {
      const answer = await shop.send('POST', '/domains', { body: { domain: broken } });
      expect([answer.status, answer.body.errors[0].pointer], broken).toEqual([422, '/domain']);
    }
  });
});

describe('C15 a host that two tenants claim', () => {
  it('stays with the one who proved it first for as long as the proof stands', async () => {
    const [holder, rival] = [await newShop(), await newShop()];
    const held = await proven(holder);
    const claimed = await claim(rival, held.domain);
    enter(claimed);
    expect(await look(rival, claimed)).toMatchObject({ status: 'pending', problem: 'taken' });
    expect((await look(holder, held)).status).toBe('verified');
  });

  it('goes to the other when only the other can prove it', async () => {
    const [holder, rival] = [await newShop(), await newShop()];
    const held = await proven(holder);
    const claimed = await claim(rival, held.domain);
    dns.records.set(recordOf(held.domain), [claimed.record.value]);
    expect((await look(rival, claimed)).status).toBe('verified');
    expect((await holder.send('GET', `/domains/${held.id}`)).body).toMatchObject({ status: 'lapsed' });
    expect(await ask(held.domain)).toBe(200);
    const payment = (await holder.create()).body;
    await until(async () => (await at(held.domain, pathOf(payment.paymentUrl))).status === 404);
  });

  it('goes to exactly one of those who prove it at the same instant', async () => {
    const shops = await Promise.all([1, 2, 3, 4].map(newShop));
    const name = newName();
    const claims = await Promise.all(shops.map((shop) => claim(shop, name)));
    for (const one of claims) enter(one);
    const looked = await Promise.all(shops.map((shop, index) => look(shop, claims[index])));
    expect(looked.map(({ status }) => status).sort()).toEqual(['pending', 'pending', 'pending', 'verified']);
  });
});

describe('S4.4 at a proven domain', () => {
  it('new payments are paid there, and nothing else is served', async () => {
    const shop = await newShop();
    const { domain } = await proven(shop);
    const payment = await until(async () => {
      const { body } = await shop.create();
      return new URL(body.paymentUrl).hostname === domain && body;
    });
    expect(payment.paymentUrl).toMatch(/^https:/);
    const page = await at(domain, pathOf(payment.paymentUrl));
    expect(page.status, page.text).toBe(200);
    expect((await at(`${domain.toUpperCase()}.:8443`, pathOf(payment.paymentUrl))).status).toBe(200);
    const asset = /\/c\/assets\/[\w.-]+/.exec(page.text)?.[0] ?? 'none';
    expect((await at(domain, asset)).status).toBe(200);
    expect((await at(domain, `/api/v1/checkout-sessions/${payment.checkoutToken}`)).status).toBe(200);
    const { test: key } = shop.created.apiKeys;
    for (const path of ['/api/v1/payments', '/docs', '/hooks/sandbox/pa_1', '/api/payment/result']) {
      expect(await at(domain, path, { key }), path).toMatchObject(MISDIRECTED);
    }
    for (const path of ['/api/v1/payments', '/api/partner/create-payment', '/bluebox/secure/createTx']) {
      expect(await at(domain, path, { key, body: {} }), path).toMatchObject(MISDIRECTED);
    }
  });

  it('it is found in every spelling of its name, also one that is not of ASCII', async () => {
    const shop = await newShop();
    const { domain } = await proven(shop, 'Kasse.Müller.Example');
    expect(domain).toBe('kasse.xn--mller-kva.example');
    const payment = (await shop.create()).body;
    await until(async () => (await at(domain, '/docs')).status === 421);
    for (const host of [domain, domain.toUpperCase(), `${domain}.`, `${domain}:443`, `${domain}.:8443`]) {
      expect((await at(host, pathOf(payment.paymentUrl))).status, host).toBe(200);
      expect((await at(host, '/docs')).status, host).toBe(421);
    }
  });

  it('another tenant’s payment looks like one that does not exist, and is not acted on', async () => {
    const [shop, stranger] = [await newShop(), await newShop()];
    const { domain } = await proven(shop);
    const foreign = (await stranger.create()).body;
    await until(async () => (await at(domain, '/docs')).status === 421);
    expect((await at(domain, pathOf(foreign.paymentUrl))).status).toBe(404);
    const form = { rawBody: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await at(domain, `${pathOf(foreign.paymentUrl)}/pay`, form)).status).toBe(404);
    for (const verb of ['', '/confirm', '/cancel']) {
      const options = verb === '' ? {} : { body: {} };
      const answer = await at(domain, `/api/v1/checkout-sessions/${foreign.checkoutToken}${verb}`, options);
      expect(answer.status, verb).toBe(404);
    }
    expect((await stranger.send('GET', `/payments/${foreign.id}`)).body.status).toBe('created');
  });
});

it('ten domains of a tenant are proven within a day', async () => {
  const shop = await newShop();
  for (let index = 0; index < 10; index++) await proven(shop);
  const claimed = await claim(shop);
  enter(claimed);
  const answer = await shop.send('POST', `/domains/${claimed.id}/check`);
  expect([answer.status, answer.body.code]).toEqual([429, 'too_many_requests']);
  expect(answer.headers['retry-after']).toBe('3600');
  expect(await ask(claimed.domain)).toBe(404);
});

describe('S4.2 an installation whose hosts have names', () => {
  let named: Installation;
  beforeAll(async () => {
    named = await startInstallation({
      environment: {
        TOLLGATE_DNS_SERVERS: dns.address,
        TOLLGATE_API_URL: 'https://api.gate.example',
        TOLLGATE_CHECKOUT_URL: 'https://secure.gate.example',
        TOLLGATE_HOOKS_URL: 'https://webhook.gate.example',
        TOLLGATE_ADMIN_URL: 'https://dashboard.gate.example',
        TOLLGATE_TRUST_PROXY: 'loopback',
      },
    });
  });
  afterAll(() => named?.close());

  const to = (host: string, path: string) =>
    call(`http://127.0.0.1:${named.tollgate.config.port}${path}`, { headers: { host, 'x-forwarded-proto': 'https' } });

  const ADDRESSES = {
    'api.gate.example': ['/api/v1/openapi.json', '/docs', '/bluebox/secure/transactions/pay_1'],
    'secure.gate.example': ['/c/none', '/return/ten_1/att_1', `/api/v1/checkout-sessions/${'A'.repeat(43)}`],
    'webhook.gate.example': ['/hooks/sandbox/pa_1', '/api/payment/result'],
    'dashboard.gate.example': ['/', '/setup', '/admin', '/admin/sign-in'],
  };
  /** The panel asks the API on its own host. */
  const OF_PANEL_TOO = ['/api/v1/openapi.json'];

  it('answers each role at its own host alone', async () => {
    for (const [owner, paths] of Object.entries(ADDRESSES)) {
      for (const path of paths) {
        expect((await to(owner, path)).status, `${owner}${path}`).not.toBe(421);
        for (const host of Object.keys(ADDRESSES)) {
          if (host === owner || (host === 'dashboard.gate.example' && OF_PANEL_TOO.includes(path))) continue;
          expect(await to(host, path), `${host}${path}`).toMatchObject(MISDIRECTED);
        }
      }
    }
  });

  it('C15 serves nothing at hosts of nobody, but tells whoever asks that it is well', async () => {
    for (const host of [
      'evil.example',
      '192.0.2.1',
      '127.0.0.1:8080',
      'localhost',
      'gate.example',
      'api.gate.example.evil.example',
    ]) {
      expect(await to(host, '/docs'), host).toMatchObject(MISDIRECTED);
      expect((await to(host, '/healthz')).status, host).toBe(200);
    }
    expect((await to('API.gate.example.:443', '/docs')).status).toBe(200);
  });

  it.each([
    ['api.gate.example', 200],
    ['API.Gate.EXAMPLE', 200],
    ['api.gate.example.', 200],
    ['api.gate.example:443', 200],
    ['API.gate.example.:8443', 200],
    ['api.gate.example:', 200],
    ['api.gate.example..', 421],
    ['api.gate.example:port', 421],
    ['.api.gate.example', 421],
    ['www.api.gate.example', 421],
    ['api.gate.example.evil.example', 421],
    ['api.gate.example@evil.example', 421],
    ['evil.example:api.gate.example', 421],
    ['api.gate.example, evil.example', 421],
    ['api.gate.example/docs', 421],
    ['\u0430pi.gate.example', 421],
    ['ａｐｉ.gate.example', 421],
    ['xn--pi-7kc.gate.example', 421],
    ['secure.gate.example', 421],
    ['[::1]', 421],
    ['127.0.0.1', 421],
    ['', 421],
  ])('C15 takes the host %j for what it is: %i', async (host, status) => {
    const head = `GET /docs HTTP/1.1\r\nhost: ${host}\r\nx-forwarded-proto: https\r\nconnection: close\r\n\r\n`;
    const answer = await sendRaw(`http://127.0.0.1:${named.tollgate.config.port}`, head);
    expect(answer.status, answer.text.slice(0, 300)).toBe(status);
  });

  it('gives none of its own names, nor any above or below them, to a tenant', async () => {
    const { tenant } = named;
    for (const domain of ['api.gate.example', 'x.secure.gate.example', 'gate.example']) {
      const answer = await call(`http://127.0.0.1:${named.tollgate.config.port}/api/v1/domains`, {
        key: tenant.apiKeys.test,
        headers: { host: 'api.gate.example', 'x-forwarded-proto': 'https' },
        body: { domain },
      });
      expect([answer.status, answer.body.errors?.[0]?.pointer], domain).toEqual([422, '/domain']);
    }
  });
});
