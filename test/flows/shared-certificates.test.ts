import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { call } from '../support/api-client.ts';
import { CADDY_MISSING, type Caddy, HOSTS, HOSTS_ENVIRONMENT, startCaddy } from '../support/caddy.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { runTollgate } from '../support/tollgate-process.ts';

const DOMAIN = 'pay.shop.example';
const masterKey = newMasterKeyText();

describe.skipIf(CADDY_MISSING !== '')(`S4.5 two Caddys over one database${CADDY_MISSING}`, () => {
  let dns: DnsServer;
  let tollgate: Installation;
  const caddys: Caddy[] = [];

  beforeAll(async () => {
    dns = await startDnsServer();
    tollgate = await startInstallation({
      environment: { ...HOSTS_ENVIRONMENT, TOLLGATE_DNS_SERVERS: dns.address, TOLLGATE_MASTER_KEY: masterKey },
    });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(caddys.map((caddy) => caddy.close()));
    await tollgate?.close();
    await dns?.close();
  });

  async function open(storageParent?: string): Promise<Caddy> {
    const caddy = await startCaddy(tollgate, storageParent);
    caddys.push(caddy);
    return caddy;
  }

  async function sync(storage: string): Promise<{ readonly exported: number; readonly imported: number }> {
    const ended = await runTollgate(['certificates', 'sync', '--once', '--json', '--storage', storage], {
      DATABASE_URL: tollgate.database.runtimeUrl,
      TOLLGATE_MASTER_KEY: masterKey,
    });
    expect(ended.code, ended.stderr).toBe(0);
    return JSON.parse(ended.stdout);
  }

  async function openFilled(): Promise<Caddy> {
    const parent = await mkdtemp(join(tmpdir(), 'tollgate-caddy-'));
    await mkdir(join(parent, 'caddy'));
    await sync(join(parent, 'caddy'));
    return open(parent);
  }

  async function prove(): Promise<void> {
    const send = (path: string, body?: unknown) =>
      call(`http://127.0.0.1:${tollgate.tollgate.config.port}/api/v1${path}`, {
        method: 'POST',
        key: tollgate.tenant.apiKeys.live,
        headers: { host: HOSTS.api, 'x-forwarded-proto': 'https' },
        ...(body === undefined ? {} : { body }),
      });
    const { body: claimed } = await send('/domains', { domain: DOMAIN });
    dns.records.set(claimed.record.name, [claimed.record.value]);
    expect((await send(`/domains/${claimed.id}/check`)).body.status).toBe('verified');
  }

  it('serve the certificate that one of them was issued, sealed on its way', async () => {
    await prove();
    const first = await open();
    const issued = await first.certificateOf(DOMAIN);
    const handed = await sync(first.storage);
    expect(handed.imported).toBe(0);
    expect(handed.exported).toBeGreaterThanOrEqual(5);
    const rows = await tollgate.database.run<{ place: string; files_sealed: Buffer }>(
      'select place, files_sealed from proxy_storage order by place',
    );
    expect(rows.map(({ place }) => place)).toContain(`certificates/local/${DOMAIN}`);
    for (const { files_sealed } of rows) expect(files_sealed.toString('latin1')).not.toMatch(/BEGIN|PRIVATE|sans/);

    // One that runs already and has not been asked for the domain, and one that starts with what was shared.
    const second = await open();
    expect((await sync(second.storage)).imported).toBeGreaterThanOrEqual(1);
    const third = await openFilled();
    for (const caddy of [second, third]) {
      // Of the first one's authority: it can be no other's.
      const served = await caddy.certificateOf(DOMAIN, first.authority);
      expect(served.serialNumber).toBe(issued.serialNumber);
    }
    expect(await sync(second.storage)).toEqual({ exported: 0, imported: 0 });
  }, 120_000);
});
