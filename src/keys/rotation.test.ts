import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { present } from '../kernel/assert.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createLogger } from '../platform/log.ts';
import { wrapContext } from './data-keys.ts';
import { localMasterKey, newMasterKeyText } from './master-key.ts';
import { type MasterKeys, masterKeysFrom } from './master-keys.ts';
import { type ResealContext, resealOnce, SETTLE_MS } from './reseal-values.ts';
import { rewrapDataKeys } from './rewrap-data-keys.ts';
import { rotateDataKey, rotateOlderDataKeys } from './rotate-data-key.ts';
import { createSealer, type SealedPlace, type Sealer } from './sealer.ts';

let test1: TestDatabase;
let database: Database;
let sealer: Sealer;
let context: ResealContext;
let resealed = 0;
const clock = new ManualClock();
const [first, second] = [localMasterKey(newMasterKeyText()), localMasterKey(newMasterKeyText())];
const masterKeys = masterKeysFrom(first);

beforeAll(async () => {
  test1 = await createTestDatabase();
  database = openDatabase({ url: test1.runtimeUrl, connectionsMax: 4, applicationName: 'test' });
  sealer = createSealer(database.query, masterKeys, clock);
  const log = createLogger({ level: 'silent' });
  context = {
    database,
    sealer,
    clock,
    log,
    resealed: (count) => {
      resealed += count;
    },
  };
});
afterAll(async () => {
  await database.close();
  await test1.drop();
});

const makeKey = async (tenantId: string) => sealer.storeDataKey(database.query, await sealer.newDataKey(tenantId));
/** What another process sees, which remembers nothing. */
const elsewhere = (keys: MasterKeys = masterKeys) => createSealer(database.query, keys, clock);

async function untilDone(): Promise<void> {
  while (await resealOnce(context));
}

function statesOf(tenantId: string) {
  return test1.run(`select version, state from data_keys where tenant_id = $1 order by version`, [tenantId]);
}

const answerPlace = (tenantId: string, key: string): SealedPlace => ({
  ...{ tenantId, table: 'idempotency_keys', column: 'answer_sealed', row: `test create ${key}` },
});

async function putAnswers(tenantId: string, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, n) => String(n).padStart(5, '0'));
  const sealed = await Promise.all(keys.map((key) => sealer.seal(answerPlace(tenantId, key), `answer ${key}`)));
  const fingerprints = await Promise.all(keys.map((key) => sealer.freshDigest(tenantId, 'body', key)));
  await test1.run(
    `insert into idempotency_keys
     select $1, 'test', 'create', r.key, r.fingerprint, 'done', null, 201, r.sealed, now()
     from unnest($2::text[], $3::text[], $4::bytea[]) r (key, fingerprint, sealed)`,
    [tenantId, keys, fingerprints, sealed],
  );
}

const versionsIn = (tenantId: string) =>
  test1.run(
    `select get_byte(answer_sealed, 4) as version, count(*)::int as n from idempotency_keys
     where tenant_id = $1 group by 1 order by 1`,
    [tenantId],
  );

describe('a data key', () => {
  test('is replaced while everything it sealed goes on opening, and destroyed when nothing is left', async () => {
    const tenantId = 'ten_rotating';
    await makeKey(tenantId);
    await putAnswers(tenantId, 1_203);
    const address = await sealer.seal(
      { tenantId, table: 'payments', column: 'shipping_address_sealed', row: 'pay_1' },
      '{"city":"Bonn"}',
    );
    const event = { id: 'pay_1', shippingAddress: `sealed:${address.toString('base64url')}`, note: 'ä "quoted"' };
    await test1.run(
      `insert into events (tenant_id, event_id, mode, type, api_version, payment_id, object, created_at)
       values ($1, 'evt_1', 'test', 'payment.succeeded', 'x', 'pay_1', $2, now())`,
      [tenantId, JSON.stringify(event)],
    );
    const lookUp = await sealer.digest(tenantId, 'mail', 'ada@example.com');
    const old = await sealer.freshDigest(tenantId, 'body', 'kept');

    expect(await rotateDataKey(context, tenantId)).toBe(2);
    expect(await versionsIn(tenantId)).toEqual([{ version: 1, n: 1_203 }]);
    resealed = 0;
    await untilDone();
    expect(await versionsIn(tenantId)).toEqual([{ version: 2, n: 1_203 }]);
    expect(resealed).toBe(1_204);

    // A process that had not heard of the rotation writes a last time under the old version.
    await test1.run(
      `update data_keys set state = 'readable', retired_at = now() where version = 2 and tenant_id = $1`,
      [tenantId],
    );
    await test1.run(`update data_keys set state = 'primary', retired_at = null where version = 1 and tenant_id = $1`, [
      tenantId,
    ]);
    const late = await elsewhere().seal(answerPlace(tenantId, '00007'), 'answer 00007');
    await test1.run(`update data_keys set state = 'readable', retired_at = $2 where version = 1 and tenant_id = $1`, [
      ...[tenantId, clock.now().toString()],
    ]);
    await test1.run(`update data_keys set state = 'primary', retired_at = null where version = 2 and tenant_id = $1`, [
      tenantId,
    ]);
    await test1.run(
      `update idempotency_keys set answer_sealed = $2 where tenant_id = $1 and idempotency_key = '00007'`,
      [...[tenantId, late]],
    );
    for (const [moved, states] of [
      // Found in the pass after the first, so that yet another has to look.
      [1, ['readable', 'primary']],
      [0, ['destroyed', 'primary']],
    ] as const) {
      clock.advance({ milliseconds: SETTLE_MS });
      resealed = 0;
      await untilDone();
      expect(resealed).toBe(moved);
      expect((await statesOf(tenantId)).map(({ state }) => state)).toEqual(states);
    }
    expect(await test1.run('select * from reseals')).toEqual([]);

    const other = elsewhere();
    const rows = await test1.run<{ idempotency_key: string; answer_sealed: Buffer; fingerprint: string }>(
      'select * from idempotency_keys where tenant_id = $1',
      [tenantId],
    );
    for (const { idempotency_key: key, answer_sealed, fingerprint } of rows) {
      expect(String(await other.open(answerPlace(tenantId, key), answer_sealed))).toBe(`answer ${key}`);
      expect(await other.isDigestOf(tenantId, 'body', key, fingerprint)).toBe(true);
    }
    const [told] = await test1.run<{ object: typeof event }>(`select object from events where event_id = 'evt_1'`);
    const moved = present(told, 'the event').object;
    expect({ ...moved, shippingAddress: '' }).toEqual({ ...event, shippingAddress: '' });
    const bytes = Buffer.from(moved.shippingAddress.slice(7), 'base64url');
    const addressPlace = { tenantId, table: 'payments', column: 'shipping_address_sealed', row: 'pay_1' };
    expect(String(await other.open(addressPlace, bytes))).toBe('{"city":"Bonn"}');
    expect(bytes.readUInt32BE(1)).toBe(2);
    expect(await other.digest(tenantId, 'mail', 'ada@example.com')).toBe(lookUp);
    expect(await other.isDigestOf(tenantId, 'body', 'kept', old)).toBe(true);
    expect(await other.freshDigest(tenantId, 'body', 'kept')).toMatch(/^2\./);
  });

  test('is not destroyed while a value under it cannot be opened', async () => {
    const tenantId = 'ten_stuck';
    await makeKey(tenantId);
    await putAnswers(tenantId, 3);
    await test1.run(
      `update idempotency_keys set answer_sealed = set_byte(answer_sealed, 20, get_byte(answer_sealed, 20) # 1)
       where tenant_id = $1 and idempotency_key = '00001'`,
      [tenantId],
    );
    await rotateDataKey(context, tenantId);
    for (let passes = 0; passes < 4; passes++) {
      await untilDone();
      clock.advance({ milliseconds: SETTLE_MS });
    }
    expect(await statesOf(tenantId)).toMatchObject([{ state: 'readable' }, { state: 'primary' }]);
    expect(await versionsIn(tenantId)).toEqual([
      { version: 1, n: 1 },
      { version: 2, n: 2 },
    ]);
  });

  test('has one version that seals whoever rotates it at once, and is rotated by age until none is older', async () => {
    await makeKey('ten_twice');
    const versions = await Promise.all([1, 2, 3].map(() => rotateDataKey(context, 'ten_twice')));
    // However they interleave, one version seals, and it is the last one.
    const states = (await statesOf('ten_twice')).map(({ state }) => state);
    expect(states).toEqual([...Array(Math.max(...versions) - 1).fill('readable'), 'primary']);
    await makeKey('ten_old');
    clock.advance({ hours: 1 });
    const before = clock.now();
    expect((await rotateOlderDataKeys(context, before, 0)).changed).toBe(0);
    expect(await rotateOlderDataKeys(context, before, 60_000)).toMatchObject({ remaining: 0 });
    expect(await statesOf('ten_old')).toMatchObject([{ state: 'readable' }, { state: 'primary' }]);
    expect(await rotateOlderDataKeys(context, before, 60_000)).toEqual({ changed: 0, remaining: 0 });
  });
});

describe('data keys are wrapped by another master key', () => {
  const both = masterKeysFrom(second, [first]);

  test('in batches that go on where they were stopped, all but those that are no keys', async () => {
    // They come first in the order in which keys are wrapped anew; two of them are no keys.
    const names = Array.from({ length: 1_102 }, (_, n) => `a_${String(n).padStart(4, '0')}`);
    const wrapped = await Promise.all(names.map((name) => first.wrap(Buffer.alloc(32, 1), wrapContext(name, 1))));
    wrapped.splice(7, 1, Buffer.alloc(60));
    wrapped.splice(1_101, 1, Buffer.alloc(60));
    await test1.run(
      `insert into data_keys (tenant_id, version, master_key_id, wrapped, state, created_at)
       select r.name, 1, $1, r.wrapped, 'primary', now() from unnest($2::text[], $3::bytea[]) r (name, wrapped)`,
      [first.id, names, wrapped],
    );
    const db = database.query;
    await expect(rewrapDataKeys({ db, masterKeys: masterKeysFrom(second) }, 0)).rejects.toThrow(first.id);
    const sealed = await sealer.seal(answerPlace('ten_rotating', 'x'), 'before');
    const stopped = await rewrapDataKeys({ db, masterKeys: both }, 0);
    expect(stopped).toMatchObject({ changed: 999, refused: [{ tenantId: 'a_0007', version: 1 }] });
    const done = await rewrapDataKeys({ db, masterKeys: both }, 60_000);
    expect(done.changed).toBe(stopped.remaining - 2);
    expect(done).toMatchObject({ remaining: 2, refused: [{ tenantId: 'a_0007' }, { tenantId: 'a_1101' }] });
    await test1.run(`delete from data_keys where tenant_id in ('a_0007', 'a_1101')`);
    const alone = elsewhere(masterKeysFrom(second));
    expect(String(await alone.open(answerPlace('ten_rotating', 'x'), sealed))).toBe('before');
    // Who has it unwrapped goes on; who has not needs a master key that it was not given.
    expect(String(await sealer.open(answerPlace('ten_rotating', 'x'), sealed))).toBe('before');
    await expect(elsewhere().open(answerPlace('ten_rotating', 'x'), sealed)).rejects.toThrow(second.id);
  });
});
