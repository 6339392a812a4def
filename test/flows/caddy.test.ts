import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, until } from '../support/api-client.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freePorts } from '../support/tollgate-process.ts';

const version = spawnSync('caddy', ['version'], { encoding: 'utf8' });
const isThere = version.status === 0;
const HOSTS = {
  api: 'api.gate.example',
  checkout: 'secure.gate.example',
  hooks: 'webhook.gate.example',
  admin: 'panel.gate.example',
};

// The proxy's own authority issues the certificates, so that nobody outside is asked for one.
describe.skipIf(!isThere)(`S4.2–S4.7 behind Caddy${isThere ? '' : ' (it is not on this machine)'}`, () => {
  let dns: DnsServer;
  let tollgate: Installation;
  let caddy: ChildProcess;
  let home: string;
  let port: number;
  let authority: Buffer;

  beforeAll(async () => {
    dns = await startDnsServer();
    tollgate = await startInstallation({
      environment: {
        TOLLGATE_DNS_SERVERS: dns.address,
        TOLLGATE_TRUST_PROXY: 'loopback',
        TOLLGATE_API_URL: `https://${HOSTS.api}`,
        TOLLGATE_CHECKOUT_URL: `https://${HOSTS.checkout}`,
        TOLLGATE_HOOKS_URL: `https://${HOSTS.hooks}`,
        TOLLGATE_ADMIN_URL: `https://${HOSTS.admin}`,
      },
    });
    home = await mkdtemp(join(tmpdir(), 'tollgate-caddy-'));
    const [httpPort = 0, httpsPort = 0] = await freePorts(2);
    port = httpsPort;
    caddy = spawn('caddy', ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], {
      stdio: 'ignore',
      env: {
        ...process.env,
        ...{ XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, HOME: home },
        ...{ CADDY_ADMIN: 'off', HTTP_PORT: String(httpPort), HTTPS_PORT: String(port) },
        ...{ CERTIFICATE_ISSUER: 'internal' },
        ...{ API_HOST: HOSTS.api, CHECKOUT_HOST: HOSTS.checkout, HOOKS_HOST: HOSTS.hooks, ADMIN_HOST: HOSTS.admin },
        TOLLGATE: `127.0.0.1:${tollgate.tollgate.config.port}`,
        TOLLGATE_INTERNAL: new URL(tollgate.tollgate.internalUrl).host,
      },
    });
    authority = await until(() => readFile(join(home, 'caddy/pki/authorities/local/root.crt')).catch(() => null));
    await until(() => get(HOSTS.api, '/healthz').catch(() => null));
  }, 60_000);
  afterAll(async () => {
    if (caddy?.exitCode === null) {
      caddy.kill();
      await once(caddy, 'exit');
    }
    await tollgate?.close();
    await dns?.close();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  /** A request by TLS whose certificate must be of the host and of the proxy's authority. Rejects where none is given. */
  async function get(host: string, path: string, authorization = ''): Promise<{ status: number; text: string }> {
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca: authority });
    await once(socket, 'secureConnect');
    const key = authorization === '' ? '' : `authorization: Bearer ${authorization}\r\n`;
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${key}connection: close\r\n\r\n`);
    const text = Buffer.concat(await socket.toArray()).toString();
    return { status: Number(text.slice(9, 12)), text };
  }

  const api = (path: string, body?: unknown) =>
    call(`http://127.0.0.1:${tollgate.tollgate.config.port}/api/v1${path}`, {
      method: 'POST',
      key: tollgate.tenant.apiKeys.live,
      headers: { host: HOSTS.api, 'x-forwarded-proto': 'https' },
      ...(body === undefined ? {} : { body }),
    });

  it('a proven domain gets a certificate and its tenant’s page, and one that is not gets none', async () => {
    const { body: claimed } = await api('/domains', { domain: 'pay.shop.example' });
    await expect(get('pay.shop.example', '/c/none')).rejects.toThrow();
    dns.records.set(claimed.record.name, [claimed.record.value]);
    expect((await api(`/domains/${claimed.id}/check`)).body.status).toBe('verified');
    const payment = await until(async () => {
      const { body } = await api('/payments', { reference: `caddy-${performance.now()}`, amount: 1250 });
      return body.paymentUrl.startsWith('https://pay.shop.example/') && body;
    });
    const page = await get('pay.shop.example', new URL(payment.paymentUrl).pathname);
    expect([page.status, page.text.includes('12.50')]).toEqual([200, true]);
    expect((await get('pay.shop.example', '/docs')).status).toBe(421);
    await expect(get('other.shop.example', '/c/none')).rejects.toThrow();
  });

  it('each host has its role, and the panel’s leads its API calls to the API alone', async () => {
    expect((await get(HOSTS.api, '/docs')).status).toBe(200);
    expect((await get(HOSTS.checkout, '/docs')).status).toBe(421);
    expect((await get(HOSTS.hooks, '/hooks/sandbox/pa_1')).status).toBe(404);
    expect((await get(HOSTS.admin, '/api/v1/openapi.json')).status).toBe(200);
    expect((await get(HOSTS.admin, '/api/payment/result')).status).toBe(421);
    expect((await get(HOSTS.admin, '/hooks/sandbox/pa_1')).status).toBe(421);
  });
});
