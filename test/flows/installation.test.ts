import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { createLogger } from '../../src/platform/log.ts';
import { startTollgate, type Tollgate } from '../../src/roles/all.ts';
import { call, until } from '../support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { ask } from '../support/local-postgres-fixture.ts';
import { watchPayments } from '../support/payment-watch.ts';
import {
  endProcessesNaming,
  freePorts,
  npmStart,
  processesNaming,
  runTollgate,
  type StartedByNpm,
} from '../support/tollgate-process.ts';
import { startWebhookSink } from '../support/webhook-sink.ts';

const quiet = () => createLogger({ level: 'silent' });

describe('two processes share one database', () => {
  const masterKey = newMasterKeyText();
  let front: Installation;
  let worker: Tollgate;

  beforeAll(async () => {
    front = await startInstallation({
      environment: { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_MASTER_KEY: masterKey },
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await front.close();
  });

  const startWorkerProcess = () =>
    startTollgate({
      config: readConfig({
        // Without the owner's address: the other process has migrated and granted.
        DATABASE_URL: front.database.runtimeUrl,
        PORT: '0',
        TOLLGATE_INTERNAL_PORT: '0',
        TOLLGATE_ROLES: 'worker',
        TOLLGATE_MASTER_KEY: masterKey,
        TOLLGATE_SANDBOX_URL: front.sandbox.url,
        TOLLGATE_ALLOW_PRIVATE_TARGETS: 'true',
      }),
      log: quiet(),
    });

  test('S0.9 S0.10 a notification is acknowledged while nobody works, and settled once somebody does', async () => {
    const shop = watchPayments(front);
    const sink = await startWebhookSink();
    const { id } = await shop.create({ notificationUrl: sink.url });
    const { nextAction } = await shop.confirm(id, 'tok_redirect');
    await call(nextAction.url, {
      rawBody: 'decision=approve',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await until(async () => {
      const rows = await front.database.run(`select 1 from inbound_events where verdict = 'accepted'`);
      return rows.length === 1;
    });
    expect(await shop.read(id)).toMatchObject({ status: 'processing' });
    expect(sink.received).toEqual([]);
    worker = await startWorkerProcess();
    await shop.untilLike(id, { status: 'succeeded', amountCaptured: 1250 });
    await until(async () => sink.received.length === 4);
    await sink.close();
  });

  test('a process serves its roles and no others', async () => {
    const workerUrl = worker.config.urls.api;
    const answers = await Promise.all([
      call(`${workerUrl}/api/v1/payments`, { key: front.tenant.apiKeys.test }),
      call(`${workerUrl}/hooks/sandbox/pa_00000000000000000000000000`, { rawBody: '{}' }),
      call(`${workerUrl}/c/${'A'.repeat(43)}`),
      call(`${front.apiUrl}/api/v1/payments`, { key: front.tenant.apiKeys.test }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 200]);
    expect(answers[2]?.text).not.toContain('payment link');
  });

  test('S0.19 health is told on both ports, figures on the internal one only', async () => {
    for (const url of [front.apiUrl, front.tollgate.internalUrl, worker.internalUrl]) {
      expect((await call(`${url}/healthz`)).body).toEqual({ status: 'ok' });
      const ready = await call(`${url}/readyz`);
      expect([ready.status, ready.body.status, ready.body.checks]).toEqual([
        200,
        'ready',
        { keys: 'ok', database: 'ok', schema: 'ok' },
      ]);
    }
    const figures = await call(`${front.tollgate.internalUrl}/metrics`);
    expect([figures.status, figures.text.startsWith('# HELP')]).toEqual([200, true]);
    expect((await call(`${front.apiUrl}/metrics`)).status).toBe(404);
  });
});

describe('npm start', () => {
  let folder: string;
  let ejected: TestDatabase;
  let environment: Record<string, string>;
  let running: StartedByNpm;
  let first: StartedByNpm['ready'];
  let payment: { readonly id: string; readonly [field: string]: unknown };
  let startSeconds: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-start-'));
    // Where this runs as root the database runs as somebody else, who must get there.
    await chmod(folder, 0o755);
    ejected = await createTestDatabase();
    const [port = 0, internal = 0, shop = 0, sandbox = 0] = await freePorts(4);
    environment = {
      TOLLGATE_DATA_DIR: join(folder, 'data'),
      PORT: String(port),
      TOLLGATE_INTERNAL_PORT: String(internal),
      TOLLGATE_SHOP_PORT: String(shop),
      TOLLGATE_SANDBOX_PORT: String(sandbox),
    };
    const started = performance.now();
    running = await npmStart(environment);
    startSeconds = (performance.now() - started) / 1_000;
    first = running.ready;
  }, 120_000);
  afterAll(async () => {
    await running?.stop();
    running?.kill();
    await endProcessesNaming(folder);
    await ejected.drop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  const api = (path: string, options = {}) =>
    call(`${first.apiUrl}/api/v1${path}`, { key: first.tenant.apiKey, ...options });

  /** What has ended may stand in the table of processes for a moment longer. */
  async function untilNoProcess(): Promise<void> {
    await until(async () => (await processesNaming(folder)).length === 0, 2_000).catch(() => undefined);
    expect(await processesNaming(folder)).toEqual([]);
  }

  test('says in one line of JSON where everything is and by which credentials', () => {
    const address = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+(\/docs)?$/);
    expect(first).toMatchObject({
      ready: true,
      ...{ apiUrl: address, checkoutUrl: address, hooksUrl: address },
      adminUrl: expect.stringMatching(/^http:\/\/localhost:\d+\/admin$/),
      ...{ docsUrl: address, shopUrl: address, internalUrl: address },
      tenant: {
        id: expect.stringMatching(/^ten_/),
        appName: expect.any(String),
        appSecret: expect.any(String),
        apiKey: expect.stringMatching(/^sk_test_/),
      },
      operator: { apiKey: expect.any(String) },
      simulators: ['stripe', 'bluesnap', 'scantopay', 'partner'].map((provider) => ({
        ...{ provider, url: address, providerAccountId: expect.stringMatching(/^pa_/) },
      })),
    });
    expect(first.operator.setupUrl).toMatch(/^http:\/\/localhost:\d+\/admin\/setup#setup_[\w-]{43}$/);
    expect(startSeconds, 'seconds until it was ready').toBeLessThan(60);
  });

  test('every address of that line answers, and so do the credentials', async () => {
    const pages = [`${first.docsUrl}`, `${first.shopUrl}`, `${first.internalUrl}/metrics`, `${first.apiUrl}/readyz`];
    expect((await Promise.all(pages.map((url) => call(url)))).map(({ status }) => status)).toEqual([
      200, 200, 200, 200,
    ]);
    const described = await call(`${first.apiUrl}/api/v1/openapi.json`);
    expect(described.body).toMatchObject({ openapi: '3.1.1', servers: [{ url: first.apiUrl }] });
    const { appName, appSecret, id } = first.tenant;
    const login = await call(`${first.apiUrl}/api/v1/tenants/login`, { body: { appName, appSecret } });
    expect(login.body).toMatchObject({ tokenType: 'Bearer', tenantId: id, mode: 'test' });
    const tenants = await api('/operator/tenants', { key: first.operator.apiKey });
    expect(tenants.body.data.map((tenant: { id: string }) => tenant.id)).toEqual([id]);
  });

  test('S2.8 the demo shop sells: an order is paid by the hosted page and the notification', async () => {
    const form = 'application/x-www-form-urlencoded';
    const front = (await call(String(first.shopUrl))).text;
    const [, product = '', key = ''] =
      /name="product" value="([^"]+)">\s*<input type="hidden" name="form" value="([^"]+)"/.exec(front) ?? [];
    const ordered = await call(`${first.shopUrl}/orders`, {
      rawBody: String(new URLSearchParams({ product, form: key })),
      headers: { 'content-type': form },
    });
    const paymentUrl = String(ordered.headers.location);
    expect(paymentUrl.startsWith(`${first.checkoutUrl}/c/`)).toBe(true);
    const [created] = (await api('/payments')).body.data;
    await call(`${paymentUrl}/test`, { rawBody: 'action=pay', headers: { 'content-type': form } });
    await until(async () => (await call(created.returnUrl)).text.includes('<h1>Paid</h1>'));
    payment = (await api(`/payments/${created.id}`)).body;
    expect(payment).toMatchObject({ status: 'succeeded' });
  });

  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

  /** A payment at one of the simulated providers, confirmed; where the payer goes. */
  async function confirmAt(provider: string) {
    const simulator = first.simulators.find((each) => each.provider === provider);
    const { providerAccountId, url = '' } = simulator ?? {};
    const wanted = { reference: `simulated-${provider}`, amount: 1250, currency: 'EUR', providerAccountId };
    const created = await api('/payments', { body: wanted });
    expect(created.status, created.text).toBe(201);
    const confirmed = await api(`/payments/${created.body.id}/confirm`, { body: {} });
    expect(confirmed.status, confirmed.text).toBe(200);
    return { id: String(created.body.id), url, nextAction: confirmed.body.nextAction };
  }

  const untilSucceeded = (id: string) =>
    until(async () => (await api(`/payments/${id}`)).body.status === 'succeeded', 20_000);

  /** The verified notifications of a provider's account. */
  async function acceptedFrom(provider: string): Promise<number> {
    const { data } = (await api('/inbound-events?limit=100')).body;
    return data.filter((each: Record<string, string>) => each.provider === provider && each.verdict === 'accepted')
      .length;
  }

  test('S0.1 S2.8 a payment at the simulated Stripe is paid on its page and told by its signed notification', async () => {
    const { id, url, nextAction } = await confirmAt('stripe');
    expect(nextAction).toMatchObject({ type: 'redirect', embeddable: false });
    expect(nextAction.url.startsWith(`${url}/c/pay/cs_`)).toBe(true);
    expect((await call(nextAction.url)).text).toContain('1250 EUR');
    const paid = await call(nextAction.url, { rawBody: 'decision=approve', headers: FORM });
    expect(paid.status).toBe(303);
    await untilSucceeded(id);
    expect(await acceptedFrom('stripe')).toBeGreaterThan(0);
  });

  test.each([
    ['scantopay', ({ url, nextAction }: Awaited<ReturnType<typeof confirmAt>>) => `${url}/pay/${nextAction.payload}`],
    ['partner', ({ nextAction }: Awaited<ReturnType<typeof confirmAt>>) => String(nextAction.url)],
  ])('a payment at the simulated %s succeeds once its payer has agreed', async (provider, pageOf) => {
    const confirmed = await confirmAt(provider);
    await call(pageOf(confirmed), { rawBody: 'decision=approve', headers: FORM });
    await untilSucceeded(confirmed.id);
    expect(await acceptedFrom(provider)).toBe(1);
  });

  test('the simulated BlueSnap opens its hosted fields', async () => {
    const { url, nextAction } = await confirmAt('bluesnap');
    expect(nextAction.type).toBe('client');
    expect((await call(`${url}/hosted-fields/${nextAction.clientSecret}`)).text).toContain('A good card');
  });

  test('its connections to the database are those of a role that owns nothing', async () => {
    const { ownerUrl } = JSON.parse(await readFile(join(folder, 'data', 'database.json'), 'utf8'));
    const connected = await ask(
      { url: ownerUrl },
      `select array_agg(distinct usename::text) as roles from pg_stat_activity
       where application_name like 'tollgate %' and pid <> pg_backend_pid()`,
    );
    expect(connected).toEqual({ roles: ['tollgate_gateway'] });
  });

  test('secrets in the data directory are for this user only', async () => {
    for (const name of ['demo.json', 'simulators.json', 'master.key']) {
      expect((await stat(join(folder, 'data', name))).mode & 0o077, name).toBe(0);
    }
  });

  test('S2.16 tenants are created beside it, while it runs', async () => {
    const args = ['tenants', 'create', '--name', 'Second', '--app-name', 'second-app', '--currency', 'ZAR', '--json'];
    const created = await runTollgate(args, environment);
    expect(created.stderr).toBe('');
    const tenant = JSON.parse(created.stdout);
    expect(tenant).toMatchObject({ id: expect.stringMatching(/^ten_/), appName: 'second-app' });
    expect(tenant.apiKeys).toEqual({
      test: expect.stringMatching(/^sk_test_/),
      live: expect.stringMatching(/^sk_live_/),
    });
    const login = { appName: 'second-app', appSecret: tenant.appSecret };
    expect((await call(`${first.apiUrl}/api/v1/tenants/login`, { body: login })).body.tenantId).toBe(tenant.id);
    expect((await api('/payments', { key: tenant.apiKeys.test })).body.data).toEqual([]);
    const again = await runTollgate(args, environment);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain('app name');
  });

  test('SIGTERM ends every process of it', async () => {
    expect((await processesNaming(folder)).length, 'the database at least').toBeGreaterThan(0);
    await running.stop();
    await untilNoProcess();
    for (const url of [first.apiUrl, first.shopUrl, first.internalUrl])
      await expect(call(String(url))).rejects.toThrow();
  });

  test('a command that needs the database brings it up and down by itself', async () => {
    const created = await runTollgate(
      ['tenants', 'create', '--name', 'Third', '--app-name', 'third-app', '--currency', 'EUR', '--json'],
      environment,
    );
    expect([created.code, created.stderr]).toEqual([0, '']);
    expect(JSON.parse(created.stdout)).toMatchObject({ appName: 'third-app' });
    await untilNoProcess();
  });

  test('its database moves to another server whole, and a start on that shows the same payment', async () => {
    await ejected.run('drop schema public cascade');
    await ejected.run('create schema public');
    const moved = await runTollgate(['db', 'eject', '--to', ejected.url, '--json'], environment);
    expect(moved.stderr).toBe('');
    expect(JSON.parse(moved.stdout)).toContainEqual({ table: 'tenants', rows: 3 });
    const config = readConfig({
      DATABASE_URL: ejected.runtimeUrl,
      DATABASE_MIGRATE_URL: ejected.url,
      TOLLGATE_MASTER_KEY_FILE: join(folder, 'data', 'master.key'),
      PORT: '0',
      TOLLGATE_INTERNAL_PORT: '0',
    });
    const elsewhere = await startTollgate({ config, log: quiet() });
    const url = `${elsewhere.config.urls.api}/api/v1/payments/${payment.id}`;
    const read = await call(url, { key: first.tenant.apiKey });
    await elsewhere.stop();
    expect(read.body).toEqual(payment);
    const again = await runTollgate(['db', 'eject', '--to', ejected.url], environment);
    expect([again.code, again.stdout], 'what is not empty is not written over').toEqual([1, '']);
  });

  test('the second start gives the same credentials and has everything that was there', async () => {
    running = await npmStart(environment);
    const { setupUrl } = running.ready.operator;
    expect(setupUrl, 'a link that is good for another half an hour').not.toBe(first.operator.setupUrl);
    expect(running.ready).toEqual({ ...first, operator: { ...first.operator, setupUrl } });
    expect((await api(`/payments/${payment.id}`)).body).toEqual(payment);
    const tenants = await api('/operator/tenants', { key: first.operator.apiKey });
    expect(tenants.body.data).toHaveLength(3);
  }, 60_000);

  test('S2.11 another master key than the one its secrets are sealed under is refused, at once', async () => {
    const other = { ...environment, TOLLGATE_MASTER_KEY: newMasterKeyText() };
    const asked = performance.now();
    const refused = await runTollgate(['tenants', 'list'], other);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    // Left open, a pool of connections keeps a process for ten seconds.
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(refused.stderr).not.toContain(await readFile(join(folder, 'data', 'master.key'), 'utf8'));
  });
});
