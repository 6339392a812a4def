import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { localMasterKey, newMasterKeyText } from '../keys/master-key.ts';
import { masterKeysFrom } from '../keys/master-keys.ts';
import { createSealer, type Sealer, SYSTEM } from '../keys/sealer.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createLogger } from '../platform/log.ts';
import {
  ACCOUNT_PLACE,
  CERTIFICATE_PLACE,
  ENDED,
  FIRST,
  ONE_ACCOUNT,
  OTHER_ACCOUNT,
  RENEWED,
  TORN,
} from './stored-item-fixture.ts';
import { createCertificateSync, type SyncResult } from './sync-certificates.ts';

let test: TestDatabase;
let database: Database;
let sealer: Sealer;
let clock: ManualClock;
let logLines: string[];

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ url: test.runtimeUrl, connectionsMax: 4, applicationName: 'test' });
  sealer = createSealer(database.query, masterKeysFrom(localMasterKey(newMasterKeyText())), new ManualClock());
  await sealer.storeDataKey(database.query, await sealer.newDataKey(SYSTEM));
});
afterAll(async () => {
  await database?.close();
  await test?.drop();
});
beforeEach(() => {
  clock = new ManualClock('2026-04-01T00:00:00Z');
  logLines = [];
});
afterEach(() => test.run('delete from proxy_storage'));

type Files = Readonly<Record<string, string>>;

interface Proxy {
  readonly root: string;
  sync(): Promise<SyncResult>;
  put(place: string, files: Files): Promise<void>;
  at(place: string): Promise<Files>;
}

/** The storage of a proxy, and the companion that keeps it. */
async function newProxy(): Promise<Proxy> {
  const root = await mkdtemp(join(tmpdir(), 'tollgate-storage-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const log = createLogger({ level: 'info', stream: { write: (line) => void logLines.push(line) } });
  return {
    root,
    sync: createCertificateSync({ db: database.query, sealer, clock, log }, root),
    async put(place, files) {
      await mkdir(join(root, place), { recursive: true });
      for (const [name, text] of Object.entries(files)) await writeFile(join(root, place, name), text);
    },
    async at(place) {
      const names = await readdir(join(root, place)).catch(() => []);
      const texts = names.map(async (name) => [name, await readFile(join(root, place, name), 'utf8')] as const);
      return Object.fromEntries(await Promise.all(texts));
    },
  };
}

const NOTHING = { exported: 0, imported: 0 };

describe('S4.5 a certificate', () => {
  it('of one proxy is found by another, readable by its owner alone, and nothing moves after that', async () => {
    const [one, other] = [await newProxy(), await newProxy()];
    await one.put(CERTIFICATE_PLACE, FIRST);
    expect(await one.sync()).toEqual({ exported: 1, imported: 0 });
    expect(await other.sync()).toEqual({ exported: 0, imported: 1 });
    expect(await other.at(CERTIFICATE_PLACE)).toEqual(FIRST);
    for (const name of Object.keys(FIRST)) {
      expect((await stat(join(other.root, CERTIFICATE_PLACE, name))).mode & 0o777).toBe(0o600);
    }
    expect(await readdir(join(other.root, 'tollgate-incoming'))).toEqual([]);
    for (const proxy of [one, other, one, other]) expect(await proxy.sync()).toEqual(NOTHING);
  });

  it('that was renewed takes the place of the one before, whoever looks first', async () => {
    const [one, other] = [await newProxy(), await newProxy()];
    await one.put(CERTIFICATE_PLACE, FIRST);
    await other.put(CERTIFICATE_PLACE, RENEWED);
    expect(await one.sync()).toEqual({ exported: 1, imported: 0 });
    expect(await other.sync()).toEqual({ exported: 1, imported: 0 });
    expect(await one.sync()).toEqual({ exported: 0, imported: 1 });
    expect([await one.at(CERTIFICATE_PLACE), await other.at(CERTIFICATE_PLACE)]).toEqual([RENEWED, RENEWED]);
  });

  it('that is older comes from nowhere, also where two hand over at the same instant', async () => {
    const proxies = await Promise.all(Array.from({ length: 6 }, newProxy));
    await Promise.all(proxies.map(({ put }, index) => put(CERTIFICATE_PLACE, index === 3 ? RENEWED : FIRST)));
    await Promise.all(proxies.map(({ sync }) => sync()));
    await Promise.all(proxies.map(({ sync }) => sync()));
    for (const { at } of proxies) expect(await at(CERTIFICATE_PLACE)).toEqual(RENEWED);
  });

  it('that is half written is neither handed over nor written to until it stays so', async () => {
    const [one, other] = [await newProxy(), await newProxy()];
    await other.put(CERTIFICATE_PLACE, FIRST);
    await other.sync();
    await one.put(CERTIFICATE_PLACE, TORN);
    expect(await one.sync()).toEqual(NOTHING);
    expect(await one.at(CERTIFICATE_PLACE)).toEqual(TORN);
    expect(await one.sync()).toEqual({ exported: 0, imported: 1 });
    expect(await one.at(CERTIFICATE_PLACE)).toEqual(FIRST);
  });

  it('whose writing was finished meanwhile is handed over as it is', async () => {
    const one = await newProxy();
    await one.put(CERTIFICATE_PLACE, TORN);
    expect(await one.sync()).toEqual(NOTHING);
    await one.put(CERTIFICATE_PLACE, RENEWED);
    expect(await one.sync()).toEqual({ exported: 1, imported: 0 });
  });

  it('that has ended is not handed over, not taken, and gone from the table two weeks later', async () => {
    const [one, other] = [await newProxy(), await newProxy()];
    await one.put(CERTIFICATE_PLACE, ENDED);
    expect(await one.sync()).toEqual(NOTHING);
    clock.set('2025-03-01T00:00:00Z');
    const before = await newProxy();
    await before.put(CERTIFICATE_PLACE, ENDED);
    expect(await before.sync()).toEqual({ exported: 1, imported: 0 });
    clock.set('2025-04-10T00:00:00Z');
    expect(await other.sync()).toEqual(NOTHING);
    expect(await test.run('select place from proxy_storage')).toHaveLength(1);
    clock.set('2025-04-16T00:00:00Z');
    await other.sync();
    expect(await test.run('select place from proxy_storage')).toHaveLength(0);
  });

  it('is found although its change was committed late, and its folder given back where it was lost', async () => {
    const [one, other] = [await newProxy(), await newProxy()];
    expect(await other.sync()).toEqual(NOTHING);
    await one.put(CERTIFICATE_PLACE, FIRST);
    await one.sync();
    await test.run(`update proxy_storage set changed_at = changed_at - interval '90 seconds'`);
    clock.advance({ seconds: 20 });
    expect(await other.sync()).toEqual({ exported: 0, imported: 1 });
    await rm(join(other.root, CERTIFICATE_PLACE), { recursive: true });
    expect(await other.sync()).toEqual({ exported: 0, imported: 1 });
    expect(await other.at(CERTIFICATE_PLACE)).toEqual(FIRST);
  });
});

describe('S4.5 an account with an authority', () => {
  it('is shared, and never replaced', async () => {
    const [one, other, third] = [await newProxy(), await newProxy(), await newProxy()];
    await one.put(ACCOUNT_PLACE, ONE_ACCOUNT);
    await other.put(ACCOUNT_PLACE, OTHER_ACCOUNT);
    expect([await one.sync(), await third.sync()]).toEqual([
      { exported: 1, imported: 0 },
      { exported: 0, imported: 1 },
    ]);
    await other.sync();
    await one.sync();
    expect([await one.at(ACCOUNT_PLACE), await other.at(ACCOUNT_PLACE), await third.at(ACCOUNT_PLACE)]).toEqual([
      ONE_ACCOUNT,
      OTHER_ACCOUNT,
      ONE_ACCOUNT,
    ]);
  });
});

describe('the table', () => {
  it('holds nothing in the clear, and bytes that were moved to another place are left alone', async () => {
    const [one, other] = [await newProxy(), await newProxy()];
    await one.put(CERTIFICATE_PLACE, FIRST);
    await one.sync();
    const [row] = await test.run<{ text: string }>(`select encode(files_sealed, 'escape') as text from proxy_storage`);
    expect(row?.text).not.toMatch(/BEGIN|PRIVATE|shop/);
    await test.run(`update proxy_storage set place = place || '.evil'`);
    expect(await other.sync()).toEqual(NOTHING);
    expect(await other.at(`${CERTIFICATE_PLACE}.evil`)).toEqual({});
    expect(logLines.join('')).toMatch(/cannot be opened/);
    expect(logLines.join('')).not.toMatch(/BEGIN|PRIVATE/);
  });

  it.each(['certificates/../../evil', 'certificates/acme/.evil', '/etc/evil', 'pki/authorities/local', 'locks/a/b'])(
    'leads to nothing outside of what is shared: %s',
    async (place) => {
      const proxy = await newProxy();
      const files = JSON.stringify(FIRST);
      const sealed = await sealer.seal(
        { tenantId: SYSTEM, table: 'proxy_storage', column: 'files_sealed', row: place },
        files,
      );
      await test.run(
        `insert into proxy_storage values ($1, 'certificate', repeat('0', 64), '2026-01-01', '2126-01-01', $2, '2026-04-01')`,
        [place, sealed],
      );
      expect(await proxy.sync()).toEqual(NOTHING);
      expect(await readdir(proxy.root)).toEqual([]);
    },
  );
});

it('what else lies in the storage stays there, and what a crash left aside is cleared', async () => {
  const one = await newProxy();
  await one.put('pki/authorities/local', { 'root.key': 'secret' });
  await one.put('locks', { 'issue_cert_pay.shop.example.lock': '{}' });
  await one.put('acme/acme-v02.api.letsencrypt.org-directory/challenge_tokens', { 'pay.shop.example.json': '{}' });
  await one.put('tollgate-incoming/0123', { 'a.key': 'half' });
  expect(await one.sync()).toEqual(NOTHING);
  expect(await test.run('select place from proxy_storage')).toHaveLength(0);
  expect((await readdir(one.root)).sort()).toEqual(['acme', 'locks', 'pki']);
});
