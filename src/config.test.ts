import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigRefused, readConfig } from './config.ts';

const KEY = 'ab'.repeat(32);

test('without anything set it listens on loopback, embeds the database and shows the demo', () => {
  expect(readConfig({})).toMatchObject({
    databaseUrl: null,
    host: '127.0.0.1',
    port: 8080,
    internalPort: 9090,
    sandboxPort: 8082,
    demo: true,
    allowPrivateTargets: true,
    trustProxy: false,
    roles: ['api', 'checkout', 'hooks', 'admin', 'worker'],
    urls: { api: 'http://127.0.0.1:8080', checkout: 'http://127.0.0.1:8080' },
  });
});

test('with a database of its own there is no demo, no sandbox and no way into private networks', () => {
  const config = readConfig({ DATABASE_URL: 'postgres://u@db/t', TOLLGATE_MASTER_KEY: KEY });
  expect(config).toMatchObject({ demo: false, sandboxPort: 0, allowPrivateTargets: false, logLevel: 'info' });
});

test('G9 a database of its own without a master key is refused', () => {
  expect(() => readConfig({ DATABASE_URL: 'postgres://u@db/t' })).toThrow(/TOLLGATE_MASTER_KEY: Must be set/);
});

test.each([
  ['PORT', 'eighty', /^PORT: Must be a port number/],
  ['PORT', '70000', /^PORT: /],
  ['DATABASE_URL', 'mysql://secret@host', /^DATABASE_URL: Must be an address that begins with postgres/],
  ['TOLLGATE_ROLES', 'api,boss', /^TOLLGATE_ROLES.*: Must be a comma-separated list/],
  ['TOLLGATE_MASTER_KEY', 'hunter2', /^TOLLGATE_MASTER_KEY: Must be 32 bytes/],
  ['TOLLGATE_API_URL', 'ftp://x', /^TOLLGATE_API_URL: Must be an http or https address/],
  ['TOLLGATE_EGRESS_ADDRESSES_LIVE', '203.0.113.300', /^TOLLGATE_EGRESS_ADDRESSES_LIVE: Must be a comma-separated/],
  ['TOLLGATE_EGRESS_ADDRESSES_TEST', '203.0.113.0/24,', /^TOLLGATE_EGRESS_ADDRESSES_TEST: Must be a comma-separated/],
  ['TOLLGATE_DEMO', 'maybe', /^TOLLGATE_DEMO: Must be true or false/],
  ['TOLLGATE_SIMULATORS', 'stripe,acme', /^TOLLGATE_SIMULATORS: Must be none, or a comma-separated list of stripe, /],
  ['LOG_LEVEL', 'loud', /^LOG_LEVEL: Must be/],
  ['SMTP_URL', 'mail', /^SMTP_URL: Must be/],
  ['SMTP_URL', 'smtp://user:hunter2@', /^SMTP_URL: Must be an address such as/],
  ['SMTP_FROM', 'nobody', /^SMTP_FROM: Must be an e-mail address/],
])('%s=%s stops the start with its name and rule, without the value', (name, value, message) => {
  try {
    readConfig({ [name]: value });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigRefused);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain(value.slice(0, 7) === 'mysql:/' ? 'secret' : `"${value}"`);
  }
});

test('simulators run in the demo, all unless told otherwise, and nowhere else', () => {
  const own = { DATABASE_URL: 'postgres://u@db/t', TOLLGATE_MASTER_KEY: KEY };
  const simulatorsOf = (environment: Record<string, string>) => readConfig(environment).simulators;
  expect(simulatorsOf({})).toEqual(['stripe', 'bluesnap', 'scantopay', 'partner']);
  expect(simulatorsOf({ TOLLGATE_SIMULATORS: 'partner, stripe' })).toEqual(['partner', 'stripe']);
  expect(simulatorsOf({ TOLLGATE_SIMULATORS: 'none' })).toEqual([]);
  expect(simulatorsOf({ TOLLGATE_ALLOW_PRIVATE_TARGETS: 'false' })).toEqual([]);
  expect(simulatorsOf(own)).toEqual([]);
  expect(() => simulatorsOf({ ...own, TOLLGATE_SIMULATORS: 'stripe' })).toThrow(/^TOLLGATE_SIMULATORS: Must come with/);
});

test('an owner’s address without the database that it owns is refused', () => {
  expect(() => readConfig({ DATABASE_MIGRATE_URL: 'postgres://owner@db/t' })).toThrow(
    /^DATABASE_MIGRATE_URL: Must come with DATABASE_URL/,
  );
});

test('S3.8 the addresses that requests come from are lists by mode, and empty where nobody says', () => {
  const lists = { TOLLGATE_EGRESS_ADDRESSES_LIVE: '203.0.113.7, 2001:db8::/64', TOLLGATE_EGRESS_ADDRESSES_TEST: '::1' };
  expect(readConfig(lists).egressAddresses).toEqual({ live: ['203.0.113.7', '2001:db8::/64'], test: ['::1'] });
  expect(readConfig({}).egressAddresses).toEqual({ live: [], test: [] });
});

test('all faults are told at once', () => {
  expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT[\s\S]*LOG_LEVEL/);
});

test('every value can come from a file, but not from two places', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-config-'));
  try {
    const file = join(folder, 'key');
    writeFileSync(file, `${KEY}\n`);
    expect(readConfig({ TOLLGATE_MASTER_KEY_FILE: file }).masterKey).toBe(KEY);
    expect(() => readConfig({ TOLLGATE_MASTER_KEY_FILE: file, TOLLGATE_MASTER_KEY: KEY })).toThrow(/not both/);
    expect(() => readConfig({ TOLLGATE_MASTER_KEY_FILE: join(folder, 'none') })).toThrow(/cannot be read/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('mails come from the address that is set, else from their account, else from the host of the API', () => {
  const fromOf = (environment: Record<string, string>) => readConfig(environment).smtp?.from;
  expect(readConfig({}).smtp).toBeNull();
  const url = 'smtps://mailer%40shop.example:word@mail.example';
  expect(fromOf({ SMTP_URL: url, SMTP_FROM: 'gateway@shop.example' })).toBe('gateway@shop.example');
  expect(fromOf({ SMTP_URL: url })).toBe('mailer@shop.example');
  const plain = { SMTP_URL: 'smtps://mail.example' };
  expect(fromOf({ ...plain, TOLLGATE_API_URL: 'https://api.shop.example' })).toBe('tollgate@api.shop.example');
  expect(fromOf(plain)).toBe('tollgate@localhost');
});
