import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { checkMasterKeys } from './load-master-key.ts';
import { localMasterKey, newMasterKeyText } from './master-key.ts';
import { masterKeysFrom } from './master-keys.ts';
import { createSealer, type SealedPlace, type Sealer } from './sealer.ts';

let test1: TestDatabase;
let database: Database;
let sealer: Sealer;
const clock = new ManualClock();
const masterKey = localMasterKey(newMasterKeyText());
const masterKeys = masterKeysFrom(masterKey);
const makeDataKey = async (tenantId: string) => sealer.storeDataKey(database.query, await sealer.newDataKey(tenantId));

beforeAll(async () => {
  test1 = await createTestDatabase();
  database = openDatabase({ url: test1.url, connectionsMax: 4, applicationName: 'test' });
  sealer = createSealer(database.query, masterKeys, clock);
  await makeDataKey('ten_1');
  await makeDataKey('ten_2');
});
afterAll(async () => {
  await database.close();
  await test1.drop();
});

const place: SealedPlace = { tenantId: 'ten_1', table: 'provider_accounts', column: 'credentials_sealed', row: 'pa_1' };

test('what was sealed opens at its own place, and every sealing looks different', async () => {
  const [one, two] = await Promise.all([sealer.seal(place, 'hunter2'), sealer.seal(place, 'hunter2')]);
  expect(one.equals(two)).toBe(false);
  expect(String(await sealer.open(place, one))).toBe('hunter2');
  expect(one.includes('hunter2')).toBe(false);
});

test.each([
  ['tenant', { tenantId: 'ten_2' }],
  ['table', { table: 'other' }],
  ['column', { column: 'other' }],
  ['row', { row: 'pa_2' }],
])('G7 bytes moved to another %s do not open', async (_name, change) => {
  const sealed = await sealer.seal(place, 'hunter2');
  await expect(sealer.open({ ...place, ...change }, sealed)).rejects.toThrow();
});

test('no single byte can be changed, and none cut off', async () => {
  const sealed = await sealer.seal(place, 'x');
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed);
    changed[i] = (changed[i] ?? 0) ^ 1;
    await expect(sealer.open(place, changed), `byte ${i}`).rejects.toThrow();
    await expect(sealer.open(place, sealed.subarray(0, i)), `length ${i}`).rejects.toThrow();
  }
});

test('without a data key nothing is sealed', async () => {
  await expect(sealer.seal({ ...place, tenantId: 'ten_unknown' }, 'x')).rejects.toThrow(/no data key/);
});

test('another process with the same master key opens it; one with another master key is told which it needs', async () => {
  const sealed = await sealer.seal(place, 'hunter2');
  const other = createSealer(database.query, masterKeys, clock);
  expect(String(await other.open(place, sealed))).toBe('hunter2');
  const wrong = masterKeysFrom(localMasterKey(newMasterKeyText()));
  await expect(createSealer(database.query, wrong, clock).open(place, sealed)).rejects.toThrow(masterKey.id);
  await expect(checkMasterKeys(database.query, wrong)).rejects.toThrow(masterKey.id);
  await expect(checkMasterKeys(database.query, masterKeys)).resolves.toBeUndefined();
});

describe('a digest', () => {
  const TEXT = 'amount=1250';

  test('is found again by the same text, for the same purpose of the same tenant, and by nothing else', async () => {
    const kept = await sealer.digest('ten_1', 'body', TEXT);
    expect(kept).toBe(await sealer.digest('ten_1', 'body', TEXT));
    expect(await sealer.isDigestOf('ten_1', 'body', TEXT, kept)).toBe(true);
    expect(await sealer.isDigestOf('ten_1', 'body', 'amount=1251', kept)).toBe(false);
    expect(await sealer.isDigestOf('ten_1', 'token', TEXT, kept)).toBe(false);
    expect(await sealer.isDigestOf('ten_2', 'body', TEXT, kept)).toBe(false);
  });

  test('is found by another process, and with a key that has been replaced since', async () => {
    await makeDataKey('ten_rotated');
    const kept = await sealer.digest('ten_rotated', 'body', TEXT);
    await test1.run(`update data_keys set state = 'readable', retired_at = created_at where tenant_id = 'ten_rotated'`);
    const other = createSealer(database.query, masterKeys, clock);
    expect(await other.isDigestOf('ten_rotated', 'body', TEXT, kept)).toBe(true);
    await expect(other.freshDigest('ten_rotated', 'body', TEXT)).rejects.toThrow(/no data key/);
  });

  test.each(['', '0'.repeat(64), '1.', `1.${'0'.repeat(63)}`, `0.${'0'.repeat(64)}`, `1.${'0'.repeat(64)} `])(
    'is not %j',
    async (kept) => expect(await sealer.isDigestOf('ten_1', 'body', TEXT, kept)).toBe(false),
  );
});

test('a second first data key is not made', async () => {
  await makeDataKey('ten_1');
  expect(await test1.run(`select count(*)::int as n from data_keys where tenant_id = 'ten_1'`)).toEqual([{ n: 1 }]);
});

test.each(['', 'short', 'g'.repeat(64), Buffer.alloc(31).toString('base64')])('%j is no master key', (text) => {
  expect(() => localMasterKey(text)).toThrow(/32 bytes/);
});
