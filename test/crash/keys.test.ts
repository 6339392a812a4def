import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { wrapContext } from '../../src/keys/data-keys.ts';
import { localMasterKey, newMasterKeyText } from '../../src/keys/master-key.ts';
import { masterKeysFrom } from '../../src/keys/master-keys.ts';
import { SETTLE_MS } from '../../src/keys/reseal-values.ts';
import { createSealer, type SealedPlace, type Sealer } from '../../src/keys/sealer.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import type { ArmedPoint } from '../support/gateway-process.ts';
import type { KeysProcessArguments } from '../support/keys-process.ts';

const [first, second] = [newMasterKeyText(), newMasterKeyText()];
const PROCESS_FILE = new URL('../support/keys-process.ts', import.meta.url);
const clock = new ManualClock();
let tables: TestDatabase;
let database: Database;

beforeAll(async () => {
  tables = await createTestDatabase();
  database = openDatabase({ url: tables.runtimeUrl, connectionsMax: 2, applicationName: 'test' });
});
afterAll(async () => {
  await database.close();
  await tables.drop();
});

/** What a process sees that has just been started. */
function freshSealer(primary: string, ...previous: string[]): Sealer {
  return createSealer(database.query, masterKeysFrom(localMasterKey(primary), previous.map(localMasterKey)), clock);
}

/** Runs a process to its end, or to its death; `killed` or `exit` with its code, and what it complained of. */
async function run(work: Pick<KeysProcessArguments, 'masterKeys' | 'steps' | 'tenantId' | 'armed'>): Promise<string> {
  // Each begins long after the one before it, as a process that comes back does.
  clock.advance({ milliseconds: SETTLE_MS * 5 });
  const given: KeysProcessArguments = { ...work, databaseUrl: tables.runtimeUrl, startedAt: clock.now().toString() };
  const child = spawn(process.execPath, [PROCESS_FILE.pathname, JSON.stringify(given)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'tollgate-test-compile-cache') },
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk;
  });
  await once(child, 'close');
  return child.signalCode === 'SIGKILL' ? 'killed' : `exit ${child.exitCode} ${complaints}`.trim();
}

/** More than two batches of a turn. */
const VALUES = 1_203;
const names = Array.from({ length: VALUES }, (_, n) => String(n).padStart(5, '0'));
const placeOf = (tenantId: string, name: string): SealedPlace => ({
  ...{ tenantId, table: 'idempotency_keys', column: 'answer_sealed', row: `test create ${name}` },
});

async function sealValues(tenantId: string): Promise<void> {
  const sealer = freshSealer(first);
  await sealer.storeDataKey(database.query, await sealer.newDataKey(tenantId));
  const sealed = await Promise.all(names.map((name) => sealer.seal(placeOf(tenantId, name), `answer ${name}`)));
  await tables.run(
    `insert into idempotency_keys
     select $1, 'test', 'create', r.key, r.key, 'done', null, 201, r.sealed, now()
     from unnest($2::text[], $3::bytea[]) r (key, sealed)`,
    [tenantId, names, sealed],
  );
}

/** Opens every value, by a process that remembers nothing. */
async function expectReadable(tenantId: string, sealer: Sealer): Promise<void> {
  const rows = await tables.run<{ name: string; sealed: Buffer }>(
    `select idempotency_key as name, answer_sealed as sealed from idempotency_keys where tenant_id = $1 order by 1`,
    [tenantId],
  );
  const opened = await Promise.all(rows.map(({ name, sealed }) => sealer.open(placeOf(tenantId, name), sealed)));
  expect(opened.map(String)).toEqual(names.map((name) => `answer ${name}`));
}

/** How many values are under each version of the key. */
async function valuesUnder(tenantId: string): Promise<Readonly<Record<number, number>>> {
  const rows = await tables.run<{ version: number; count: number }>(
    `select get_byte(answer_sealed, 4) as version, count(*)::int as count from idempotency_keys
     where tenant_id = $1 group by 1`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ version, count }) => [version, count]));
}

async function versionsOf(tenantId: string): Promise<readonly string[]> {
  const rows = await tables.run<{ state: string }>(
    'select state from data_keys where tenant_id = $1 order by version',
    [tenantId],
  );
  return rows.map(({ state }) => state);
}

test.each<{
  readonly armed: ArmedPoint;
  readonly left: Readonly<Record<number, number>>;
  readonly versions: readonly string[];
}>([
  { armed: { name: 'key-rotation-uncommitted', occurrence: 1 }, left: { 1: VALUES }, versions: ['primary'] },
  { armed: { name: 'key-rotated', occurrence: 1 }, left: { 1: VALUES }, versions: ['readable', 'primary'] },
  {
    armed: { name: 'reseal-uncommitted', occurrence: 2 },
    left: { 1: VALUES - 500, 2: 500 },
    versions: ['readable', 'primary'],
  },
  {
    armed: { name: 'reseal-committed', occurrence: 2 },
    left: { 1: VALUES - 1_000, 2: 1_000 },
    versions: ['readable', 'primary'],
  },
  { armed: { name: 'keys-destroyed', occurrence: 1 }, left: { 2: VALUES }, versions: ['destroyed', 'primary'] },
])(
  'a process that dies at $armed.name loses no value, and the next one leaves none under the old key',
  async (crash) => {
    const tenantId = `ten_${crash.armed.name}`;
    await sealValues(tenantId);
    const work = { masterKeys: [first], tenantId } as const;
    expect(await run({ ...work, steps: ['rotate', 'reseal'], armed: crash.armed })).toBe('killed');
    expect([await valuesUnder(tenantId), await versionsOf(tenantId)]).toEqual([crash.left, crash.versions]);
    await expectReadable(tenantId, freshSealer(first));
    // What was not committed is asked for again; the rest the worker goes on with by itself.
    const steps = crash.versions.length === 1 ? (['rotate', 'reseal'] as const) : (['reseal'] as const);
    expect(await run({ ...work, steps, armed: null })).toBe('exit 0');
    expect([await valuesUnder(tenantId), await versionsOf(tenantId)]).toEqual([
      { 2: VALUES },
      ['destroyed', 'primary'],
    ]);
    expect(await tables.run('select 1 from reseals where tenant_id = $1', [tenantId])).toEqual([]);
    await expectReadable(tenantId, freshSealer(first));
  },
);

test('a process that dies while keys are wrapped anew loses none, and the next one leaves none to the old master key', async () => {
  const tenantId = 'ten_rewrapped';
  await sealValues(tenantId);
  // They come first in the order of names, and fill more than a batch.
  const others = Array.from({ length: 1_100 }, (_, n) => `a_${n}`);
  const old = localMasterKey(first);
  const wrapped = await Promise.all(others.map((name) => old.wrap(Buffer.alloc(32, 1), wrapContext(name, 1))));
  await tables.run(
    `insert into data_keys (tenant_id, version, master_key_id, wrapped, state, created_at)
     select r.name, 1, $1, r.wrapped, 'primary', now() from unnest($2::text[], $3::bytea[]) r (name, wrapped)`,
    [old.id, others, wrapped],
  );
  const countOf = async (text: string): Promise<number> => {
    const id = localMasterKey(text).id;
    const [row] = await tables.run<{ count: number }>(
      `select count(*)::int as count from data_keys where master_key_id = $1 and state <> 'destroyed'`,
      [id],
    );
    return row?.count ?? 0;
  };
  const all = await countOf(first);
  const work = { masterKeys: [second, first], tenantId, steps: ['rewrap'] } as const;
  expect(await run({ ...work, armed: { name: 'keys-rewrapped', occurrence: 1 } })).toBe('killed');
  expect([await countOf(second), await countOf(first)]).toEqual([1_000, all - 1_000]);
  await expectReadable(tenantId, freshSealer(second, first));
  expect(await run({ ...work, armed: null })).toBe('exit 0');
  expect([await countOf(second), await countOf(first)]).toEqual([all, 0]);
  await expectReadable(tenantId, freshSealer(second));
});
