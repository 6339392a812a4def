import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, until } from '../support/api-client.ts';
import { CADDY_MISSING, type Caddy, HOSTS, HOSTS_ENVIRONMENT, startCaddy } from '../support/caddy.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { type Installation, startInstallation } from '../support/installation.ts';

describe.skipIf(CADDY_MISSING !== '')(`S4.1–S4.11 behind Caddy${CADDY_MISSING}`, () => {
  let dns: DnsServer;
  let tollgate: Installation;
  let caddy: Caddy;

  beforeAll(async () => {
    dns = await startDnsServer();
    tollgate = await startInstallation({
      environment: {
        ...HOSTS_ENVIRONMENT,
        TOLLGATE_DNS_SERVERS: dns.address,
        TOLLGATE_RATE_LIMIT_ADDRESSES: '30/600',
      },
    });
    caddy = await startCaddy(tollgate);
    await until(() => caddy.get(HOSTS.api, '/healthz').catch(() => null), 30_000);
  }, 90_000);
  afterAll(async () => {
    await caddy?.close();
    await tollgate?.close();
    await dns?.close();
  });

  const api = (path: string, body?: unknown) =>
    call(`http://127.0.0.1:${tollgate.tollgate.config.port}/api/v1${path}`, {
      method: 'POST',
      key: tollgate.tenant.apiKeys.live,
      headers: { host: HOSTS.api, 'x-forwarded-proto': 'https' },
      ...(body === undefined ? {} : { body }),
    });

  it('a proven domain gets a certificate and its tenant’s page, and one that is not gets none', async () => {
    const { body: claimed } = await api('/domains', { domain: 'pay.shop.example' });
    await expect(caddy.get('pay.shop.example', '/c/none')).rejects.toThrow();
    dns.records.set(claimed.record.name, [claimed.record.value]);
    expect((await api(`/domains/${claimed.id}/check`)).body.status).toBe('verified');
    const payment = await until(async () => {
      const { body } = await api('/payments', { reference: `caddy-${performance.now()}`, amount: 1250 });
      return body.paymentUrl.startsWith('https://pay.shop.example/') && body;
    });
    const page = await caddy.get('pay.shop.example', new URL(payment.paymentUrl).pathname);
    expect([page.status, page.text.includes('12.50')]).toEqual([200, true]);
    expect((await caddy.get('pay.shop.example', '/docs')).status).toBe(421);
    await expect(caddy.get('other.shop.example', '/c/none')).rejects.toThrow();
  });

  it('each host has its role, and the panel’s leads its API calls to the API alone', async () => {
    const { get } = caddy;
    expect((await get(HOSTS.api, '/docs')).status).toBe(200);
    expect((await get(HOSTS.checkout, '/docs')).status).toBe(421);
    expect((await get(HOSTS.hooks, '/hooks/sandbox/pa_1')).status).toBe(404);
    expect((await get(HOSTS.admin, '/api/v1/openapi.json')).status).toBe(200);
    expect((await get(HOSTS.admin, '/api/payment/result')).status).toBe(421);
    expect((await get(HOSTS.admin, '/hooks/sandbox/pa_1')).status).toBe(421);
  });

  it('a handshake for one host opens no other host’s addresses', async () => {
    const { get } = caddy;
    expect((await get('pay.shop.example', '/docs', { hostHeader: 'evil.example' })).status).not.toBe(200);
    expect((await get(HOSTS.checkout, '/docs', { hostHeader: `${HOSTS.checkout}:443` })).status).toBe(421);
    expect((await get(HOSTS.api, '/docs', { hostHeader: HOSTS.api.toUpperCase() })).status).toBe(200);
  });

  it('says itself how and from where a request came: what the client says of it counts for nothing', async () => {
    const { get } = caddy;
    const forged = { 'x-forwarded-proto': 'http', 'x-forwarded-host': HOSTS.api };
    // As plain HTTP it would be refused with 403, and at the host it names served.
    expect((await get(HOSTS.checkout, '/docs', { headers: forged })).status).toBe(421);
    const statuses = new Set<number>();
    for (let index = 0; index < 31; index++) {
      const headers = { 'x-forwarded-for': `203.0.113.${index}` };
      statuses.add((await get(HOSTS.api, '/docs', { headers })).status);
    }
    // With the addresses that it claims to come from, none of them would have come too often.
    expect([...statuses]).toEqual([200, 429]);
  });
});
