import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createOutboundHttp } from '../platform/outbound-http.ts';
import { createReadAwsCredentials } from './aws-credentials.ts';
import { awsKmsKey } from './aws-kms.ts';
import { signAwsRequest } from './aws-signature.ts';
import { createKeyCheck } from './check-keys.ts';
import {
  AWS_CREDENTIALS,
  type Fault,
  type KeeperDouble,
  KMS_KEY,
  startKmsDouble,
  startVaultDouble,
} from './key-keepers-fixture.ts';
import { checkMasterKeys } from './load-master-key.ts';
import type { MasterKey } from './master-key.ts';
import { masterKeysFrom } from './master-keys.ts';
import { createSealer, SYSTEM } from './sealer.ts';
import { vaultTransitKey } from './vault-transit.ts';

const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'test' });
const vaultState = { token: 'hvs.first', bindsContext: true };
const keepers = new Map<string, { readonly double: KeeperDouble; readonly key: MasterKey }>();
let folder: string;
let tokenFile: string;
let test1: TestDatabase;
let database: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-keepers-'));
  tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'hvs.first\n');
  const [kms, vault] = [await startKmsDouble(), await startVaultDouble(vaultState)];
  const readCredentials = async () => AWS_CREDENTIALS;
  keepers.set('AWS KMS', {
    double: kms,
    key: awsKmsKey(`aws-kms:${KMS_KEY}`, { http, readCredentials, url: kms.url }),
  });
  const vaultOptions = { http, url: vault.url, namespace: null, tokenFile };
  keepers.set('Vault', { double: vault, key: vaultTransitKey('vault-transit:transit/tollgate', vaultOptions) });
  test1 = await createTestDatabase();
  database = openDatabase({ url: test1.runtimeUrl, connectionsMax: 2, applicationName: 'test' });
});
afterAll(async () => {
  for (const { double } of keepers.values()) await double.close();
  await Promise.all([http.close(), database.close(), rm(folder, { recursive: true })]);
  await test1.drop();
});
beforeEach(() => {
  for (const { double } of keepers.values()) Object.assign(double, { asked: 0 }).faults.length = 0;
});

const dataKey = Buffer.alloc(32, 7);
function keeperOf(name: string) {
  const keeper = keepers.get(name);
  if (keeper === undefined) throw new Error(name);
  return keeper;
}

describe.each(['AWS KMS', 'Vault'])('a master key in %s', (name) => {
  test('wraps and unwraps, for its own context alone', async () => {
    const { key } = keeperOf(name);
    const wrapped = await key.wrap(dataKey, 'ten_1');
    expect(wrapped.includes(dataKey)).toBe(false);
    expect(await key.unwrap(wrapped, 'ten_1')).toEqual(dataKey);
    await expect(key.unwrap(wrapped, 'ten_2')).rejects.toThrow(expect.objectContaining({ name: 'MasterKeyDenied' }));
  });

  test.each<[Fault]>([['broken'], ['throttled'], ['no json']])('is asked again where it is %s', async (fault) => {
    const { key, double } = keeperOf(name);
    double.faults.push(fault);
    expect(await key.wrap(dataKey, 'ten_1')).toBeInstanceOf(Buffer);
    expect(double.asked).toBe(2);
    double.faults.push(fault, fault, fault);
    await expect(key.wrap(dataKey, 'ten_1')).rejects.toThrow(expect.objectContaining({ name: 'MasterKeyUnavailable' }));
    expect(double.asked).toBe(5);
  });

  test('is asked once where it says no, and again where it says nothing in time', async () => {
    const { key, double } = keeperOf(name);
    double.faults.push('denied');
    await expect(key.wrap(dataKey, 'ten_1')).rejects.toThrow(expect.objectContaining({ name: 'MasterKeyDenied' }));
    expect(double.asked).toBe(1);
    double.faults.push('silent');
    expect(await key.wrap(dataKey, 'ten_1')).toBeInstanceOf(Buffer);
  });

  test('that is away stops nobody whose key is at hand, and is told as degraded', async () => {
    const { key, double } = keeperOf(name);
    await test1.run('delete from data_keys');
    const masterKeys = masterKeysFrom(key);
    await checkMasterKeys(database.query, masterKeys);
    const open = () => createSealer(database.query, masterKeys, new ManualClock());
    const [sealer, other] = [open(), open()];
    await sealer.ensureSystemKey(database.query);
    const place = { tenantId: SYSTEM, table: 'signing_keys', column: 'private_jwk_sealed', row: 'kid' };
    const sealed = await sealer.seal(place, 'x');
    const check = createKeyCheck({ db: database.query, masterKeys, sealer });
    double.faults.push(...Array<Fault>(20).fill('broken'));
    await check();
    expect(String(await sealer.open(place, sealed))).toBe('x');
    await expect(other.open(place, sealed)).rejects.toThrow(expect.objectContaining({ name: 'MasterKeyUnavailable' }));
    await expect.poll(check, { timeout: 10_000 }).toBe('degraded');
    double.faults.length = 0;
    expect(String(await other.open(place, sealed))).toBe('x');
    // A key of a process that was not told of it yet.
    await test1.run(`update data_keys set master_key_id = 'elsewhere'`);
    await expect(check()).rejects.toThrow('elsewhere');
  });
});

test('an answer for another key of AWS KMS is not taken', async () => {
  const { key, double } = keeperOf('AWS KMS');
  double.faults.push('another key');
  await expect(key.wrap(dataKey, 'ten_1')).rejects.toThrow(/another key/);
});

test('the token for Vault is read anew when it changes', async () => {
  const { key } = keeperOf('Vault');
  await key.wrap(dataKey, 'ten_1');
  vaultState.token = 'hvs.second-token';
  await expect(key.wrap(dataKey, 'ten_1')).rejects.toThrow(/403/);
  await writeFile(tokenFile, 'hvs.second-token');
  expect(await key.wrap(dataKey, 'ten_1')).toBeInstanceOf(Buffer);
});

test('a key that does not bind what it wraps to its place does not start', async () => {
  const { key } = keeperOf('Vault');
  await test1.run('delete from data_keys');
  vaultState.bindsContext = false;
  await expect(checkMasterKeys(database.query, masterKeysFrom(key))).rejects.toThrow(/does not bind/);
  vaultState.bindsContext = true;
});

test('requests are signed as the examples of AWS are', () => {
  const headers = signAwsRequest({
    credentials: { ...AWS_CREDENTIALS, accessKeyId: 'AKIDEXAMPLE' },
    region: 'us-east-1',
    service: 'service',
    url: 'https://example.amazonaws.com/',
    headers: {},
    body: '',
    at: Temporal.Instant.from('2015-08-30T12:36:00Z'),
  });
  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  );
});

test('AWS credentials come from the profile of a file, as it is now', async () => {
  const credentialsFile = join(folder, 'credentials');
  const settings = { url: null, accessKeyId: null, secretAccessKey: null, sessionToken: null, profile: 'pay' };
  const read = createReadAwsCredentials({ ...settings, credentialsFile });
  await expect(read()).rejects.toThrow(/cannot be read/);
  await writeFile(credentialsFile, '[default]\naws_access_key_id = A\naws_secret_access_key = B\n');
  await expect(read()).rejects.toThrow(/profile pay/);
  await writeFile(
    credentialsFile,
    '[default]\naws_access_key_id = A\n[pay]\naws_access_key_id=C\naws_secret_access_key = D=\naws_session_token = E\n',
  );
  expect(await read()).toEqual({ accessKeyId: 'C', secretAccessKey: 'D=', sessionToken: 'E' });
});
