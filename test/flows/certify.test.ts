import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificationReport } from '../../src/certification/report.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { signedBody } from '../../src/providers/partner/bluecom-messages-fixture.ts';
import {
  type PartnerSimulator,
  startPartnerSimulator,
} from '../../src/providers/partner/simulator/start-partner-simulator.ts';
import type { CreatedTenant } from '../../src/tenants/create-tenant.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { runTollgate } from '../support/tollgate-process.ts';

const SECRET = 'the secret of the certified shop';
const TICK_MS = 100;
const SECURE = { 'x-forwarded-proto': 'https' };

let folder: string;
let partner: PartnerSimulator;
let ticking: NodeJS.Timeout;
let tollgate: Installation;
let environment: Readonly<Record<string, string>>;
let tenant: CreatedTenant;
let shop: Merchant;
let account: string;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const CONTROL = {
  approve: { url: '{redirectUrl}', headers: FORM, body: 'decision=approve' },
  cancel: { url: '{redirectUrl}', headers: FORM, body: 'decision=cancel' },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certify-'));
  const merchants = [
    { wire: 'bluecom' as const, merchantCode: 'SHOP_1', secretKeys: [SECRET] },
    { wire: 'neopay' as const, merchantCode: 'SHOP_N', secretKeys: [SECRET] },
  ];
  partner = await startPartnerSimulator({ host: '127.0.0.1', port: 0, clock: systemClock, merchants });
  ticking = setInterval(() => void partner.tick(), TICK_MS);
  const masterKey = newMasterKeyText();
  tollgate = await startInstallation({
    environment: { TOLLGATE_MASTER_KEY: masterKey, TOLLGATE_TRUST_PROXY: 'loopback' },
  });
  environment = {
    DATABASE_URL: tollgate.database.runtimeUrl,
    TOLLGATE_MASTER_KEY: masterKey,
    TOLLGATE_HOOKS_URL: tollgate.apiUrl,
    TOLLGATE_ALLOW_PRIVATE_TARGETS: 'true',
  };
  tenant = await tollgate.createTenant({ currency: 'VND' });
  shop = merchantOf(tollgate.apiUrl, tenant.apiKeys.test);
  account = await add(shop, partner.url);
  await write('control.json', CONTROL);
  await write('keys.json', { merchantCode: 'SHOP_1', secretKey: SECRET });
  await write('neopay.json', { merchantCode: 'SHOP_N', secretKey: SECRET });
});
afterAll(async () => {
  clearInterval(ticking);
  await Promise.all([tollgate.close(), partner.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function add(merchant: Merchant, apiUrl: string): Promise<string> {
  const credentials = { profile: 'bluecom', merchantCode: 'SHOP_1', secretKey: SECRET, apiUrl };
  const made = await merchant.send('POST', '/provider-accounts', { body: { provider: 'partner', credentials } });
  expect(made.status, made.text).toBe(201);
  return made.body.id;
}

function write(name: string, content: unknown): Promise<void> {
  return writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

const at = (name: string) => join(folder, name);
function controlled(): readonly string[] {
  return ['--control-file', at('control.json'), '--timeout', '20', '--expires-in', '2'];
}

/** What must never be in an output. */
function expectNoSecret(...texts: readonly string[]): void {
  for (const text of texts) expect(text).not.toContain(SECRET);
}

describe('tollgate certify', () => {
  test('certifies a partner by its address, with keys out of a file, and writes the report', async () => {
    const args = ['certify', partner.url, '--credentials-file', at('keys.json'), '--listen', '0', '--out', at('out')];
    const ended = await runTollgate([...args, ...controlled()], { TOLLGATE_DATA_DIR: at('data') });
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/\[ 1\/25\] create-payment: A payment is created\n {8}passed\n/);
    expect(ended.stdout).toContain('Passed. 25 passed, 0 failed, 0 need a person, 0 not run.');
    const json = await readFile(at('out/certification.json'), 'utf8');
    const page = await readFile(at('out/certification.html'), 'utf8');
    expect(certificationReport.parse(JSON.parse(json))).toMatchObject({ result: 'passed', casesChosen: 25 });
    expect(page).toMatch(/^<!doctype html>/);
    expectNoSecret(ended.stdout, ended.stderr, json, page);
  });

  test('certifies another profile, of which some cases do not apply', async () => {
    const args = ['certify', partner.url, '--profile', 'neopay', '--credentials-file', at('neopay.json')];
    const only = 'create-payment,unknown-order,clock-skew,create-other-amount';
    const ended = await runTollgate([...args, '--only', only, '--json'], { TOLLGATE_DATA_DIR: at('data') });
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    const report = certificationReport.parse(JSON.parse(ended.stdout));
    expect(report.cases.map(({ verdict, applies }) => [verdict, applies])).toEqual([
      ['passed', true],
      ['passed', true],
      ['passed', true],
      ['not_run', false],
    ]);
    expect(report.target).toMatchObject({ currency: 'VND', amount: 100_000 });
  });

  test('certifies an account whose gateway runs, by watching its notifications, and leaves no trace in it', async () => {
    const before = await traces();
    const only = 'happy-path,ipn-repeated,ipn-signature,ipn-forged,ipn-timestamp,cancel,refund-partial,amounts';
    const ended = await runTollgate(['certify', account, '--only', only, '--json', ...controlled()], environment);
    const report = certificationReport.parse(JSON.parse(ended.stdout));
    expect(report.cases.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(ended.code).toBe(0);
    expect(report.target).toMatchObject({
      ...{ providerAccountId: account, mode: 'test', currency: 'VND', amount: 100_000 },
      notificationUrl: `${tollgate.apiUrl}/hooks/partner/${account}`,
    });
    expectNoSecret(ended.stdout, ended.stderr);
    await untilQuiet(tollgate.database);
    expect(await traces()).toEqual(before);
  });

  /** Of a certification nothing is recorded but the notifications that came. */
  function traces(): Promise<readonly object[]> {
    return tollgate.database.run(
      `select (select count(*) from payments) as payments, (select count(*) from provider_calls) as calls,
        (select count(*) from refunds) as refunds, (select count(*) from ledger_transfers) as transfers`,
    );
  }

  test('exits with 1 where a case fails, and where nobody pays', async () => {
    const args = ['certify', partner.url, '--credentials-file', at('wrong.json'), '--only', 'create-payment'];
    await write('wrong.json', { merchantCode: 'SHOP_1', secretKey: 'a secret that the partner does not know' });
    const refused = await runTollgate(args, { TOLLGATE_DATA_DIR: at('data') });
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('FAILED: It answered 401')]);
    const alone = ['certify', partner.url, '--credentials-file', at('keys.json'), '--only', 'cancel', '--timeout', '1'];
    const waited = await runTollgate(alone, { TOLLGATE_DATA_DIR: at('data') });
    expect([waited.code, waited.stdout]).toEqual([1, expect.stringContaining('needs a person: Nobody did it')]);
    expect(waited.stdout).toMatch(/Do not pay it: cancel the payment[^\n]*\nhttp:\/\/127\.0\.0\.1:\d+\/pay\//);
  });

  test('asks nothing of a live account unless told to, and then only what moves nothing', async () => {
    const live = merchantOf(tollgate.apiUrl, tenant.apiKeys.live, SECURE);
    const id = await add(live, 'https://partner.invalid');
    const refused = await runTollgate(['certify', id], environment);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('without --live')]);
    const run = await runTollgate(['certify', id, '--mode', 'live', '--live', '--json'], environment);
    const { cases, target } = certificationReport.parse(JSON.parse(run.stdout));
    expect([run.code, target.mode, target.notificationUrl, cases.length]).toEqual([1, 'live', null, 6]);
    expect(
      cases.every(({ evidence }) => evidence.every((step) => step.kind !== 'exchange' || /query/.test(step.url))),
    ).toBe(true);
  });

  test.each([
    ['an account of nobody', ['pa_01kaj2m3n4p5q6r7s8t9v0w1x2'], 1, /no such provider account/],
    ['an address without keys', ['https://partner.invalid'], 2, /needs --credentials-file/],
    ['a file that is not there', ['https://partner.invalid', '--credentials-file', 'nowhere'], 2, /cannot be read/],
    ['a public address for nobody who listens', ['pa_1', '--ipn-url', 'https://a.example'], 2, /give both/],
    ['a mode that is none', ['pa_1', '--mode', 'both'], 2, /--mode must be/],
    ['live mode by accident', ['https://partner.invalid', '--mode', 'live'], 2, /--live/],
    ['no time', ['pa_1', '--timeout', '0'], 2, /--timeout must be/],
    ['half an amount', ['pa_1', '--amount', '100'], 2, /go together/],
    ['nobody', [], 2, /missing required argument/],
  ])('refuses %s', async (_what, args, code, words) => {
    const ended = await runTollgate(['certify', ...args], environment);
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, '', expect.stringMatching(words)]);
  });
});

describe('tollgate certify check-ipn', () => {
  const ipn = (changes: object = {}, key = SECRET) => {
    const now = systemClock.now().toString();
    const members = { merchantCode: 'SHOP_1', orderId: `att_${'0'.repeat(26)}`, providerRef: 'PG1', nonce: 'n1' };
    const paid = { eventType: 'PAYMENT', status: 'SUCCESS', amount: 1, currency: 'EUR', paidAt: now, timestamp: now };
    return signedBody('ipn', { ...members, ...paid, ...changes }, key);
  };
  const check = async (body: string, ...more: readonly string[]) => {
    await write('ipn.json', body);
    return runTollgate(['certify', 'check-ipn', '--account', account, '--file', at('ipn.json'), ...more], environment);
  };

  test('shows the string to sign and both signatures, and exits with 0 for what would be taken', async () => {
    const body = ipn();
    const ended = await check(body);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/^accepted: It verifies and would be taken\./);
    expect(ended.stdout).toContain(`String to sign:  SHOP_1|att_${'0'.repeat(26)}|PG1||PAYMENT|SUCCESS|1|EUR|`);
    expect(ended.stdout.match(new RegExp(JSON.parse(body).signature, 'g'))).toHaveLength(2);
    expectNoSecret(ended.stdout, ended.stderr);
  });

  test('exits with 1 for what would be refused, also as JSON', async () => {
    const ended = await check(ipn({}, 'a wrong key of sixteen'), '--header', 'X-Any: thing', '--json');
    expect([ended.code, JSON.parse(ended.stdout).verdict]).toEqual([1, 'bad_signature']);
    const stale = await check(ipn({ timestamp: '2026-01-01T00:00:00Z' }), '--received-at', '2026-01-01T00:01:00Z');
    expect([stale.code, stale.stdout]).toEqual([0, expect.stringContaining('(fresh, age 60 s, up to 300 s)')]);
  });

  test('refuses a file that is not there and a header that is none', async () => {
    const none = await runTollgate(['certify', 'check-ipn', '--account', account, '--file', 'nowhere'], environment);
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/cannot be read/)]);
    expect((await check('{}', '--header', 'nonsense')).code).toBe(2);
  });
});
