import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  ask,
  LocalPostgresFixture,
  lives,
  postmasterPid,
  until,
  urlOf,
} from '../../../test/support/local-postgres-fixture.ts';
import { LocalPostgresRefused } from './refusal.ts';

const IS_ROOT = process.geteuid?.() === 0;

const BUSY_SESSIONS = `
  select count(*)::int as busy from pg_stat_activity
  where query like 'select sum(n)%' and state = 'active' and pid <> pg_backend_pid()`;

let fixture: LocalPostgresFixture;

beforeAll(async () => {
  fixture = await LocalPostgresFixture.open();
});
afterEach(() => fixture.settle());
afterAll(() => fixture.remove());

test('after kill -9 of the server it is started again at the same URL with every committed row', async () => {
  const server = await fixture.start();
  await ask(server, 'create table kept_1 (n int); insert into kept_1 values (1)');
  const pid = await postmasterPid(fixture.dataDir);
  process.kill(pid, 'SIGKILL');
  await until(async () => (await ask(server, 'select n from kept_1').catch(() => null))?.n === 1);
  expect(fixture.logged.map(({ message }) => message)).toContain('The local PostgreSQL ended by itself');
  await until(() => fixture.logged.at(-1)?.message === 'The local PostgreSQL runs again');
  const revived = await postmasterPid(fixture.dataDir);
  expect(revived).not.toBe(pid);
  await server.stop();
  expect(lives(revived)).toBe(false);
});

test('after kill -9 of the server alone, it is started again once its last session is gone', async () => {
  const server = await fixture.start();
  const busy = ask(server, 'select sum(n) from generate_series(1, 8000000) as n').catch(() => null);
  await until(async () => (await ask(server, BUSY_SESSIONS)).busy === 1);
  process.kill(await postmasterPid(fixture.dataDir), 'SIGKILL');
  await busy;
  await until(async () => (await ask(server, 'select 1 as one').catch(() => null)) !== null);
  await until(() => fixture.logged.length > 3);
  expect(await readFile(join(fixture.dataDir, 'postgres.log'), 'utf8')).toContain('pre-existing shared memory block');
  expect(fixture.logged.map(({ message }) => message)).toEqual([
    'The local PostgreSQL is ready',
    'The local PostgreSQL ended by itself',
    'The data is still held by a server; waiting for it',
    'The local PostgreSQL runs again',
  ]);
});

test('an adopted server is started again after its death too', async () => {
  const { pid } = await fixture.orphan();
  const server = await fixture.start();
  expect(server.adopted).toBe(true);
  process.kill(pid, 'SIGKILL');
  await until(() => fixture.logged.at(-1)?.message === 'The local PostgreSQL runs again');
  expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 });
});

test('after kill -9 of us and of the server, the next start has every committed row', async () => {
  const orphan = await fixture.orphan();
  await ask(orphan, 'create table kept_2 (n int); insert into kept_2 values (1)');
  process.kill(orphan.pid, 'SIGKILL');
  const server = await fixture.start();
  expect(server.adopted).toBe(false);
  expect(await ask(server, 'select n from kept_2')).toEqual({ n: 1 });
});

test('after kill -9 of us, the next start adopts the server and can stop it', async () => {
  const orphan = await fixture.orphan();
  await ask(orphan, 'create table kept_3 (n int); insert into kept_3 values (1)');
  const server = await fixture.start();
  expect(server).toMatchObject({ adopted: true, source: 'embedded' });
  expect(await postmasterPid(fixture.dataDir)).toBe(orphan.pid);
  expect(await ask(server, 'select n from kept_3')).toEqual({ n: 1 });
  await server.stop();
  expect(existsSync(join(fixture.dataDir, 'cluster', 'postmaster.pid'))).toBe(false);
  expect((await fixture.start()).adopted).toBe(false);
});

test('stop signals nobody but the adopted server, even where its record names another process', async () => {
  await fixture.orphan();
  const record = join(fixture.dataDir, 'cluster', 'postmaster.pid');
  const truth = await readFile(record, 'utf8');
  const bystander = spawn('/bin/sleep', ['30']);
  try {
    await writeFile(record, truth.replace(/^\d+/, String(bystander.pid)));
    if (IS_ROOT) await expect(fixture.start()).rejects.toThrow('that Tollgate did not start');
    await writeFile(record, truth);
    const server = await fixture.start();
    await writeFile(record, truth.replace(/^\d+/, String(bystander.pid)));
    await server.stop();
    expect(bystander.signalCode).toBeNull();
    expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 });
  } finally {
    bystander.kill('SIGKILL');
    await writeFile(record, truth);
  }
  await (await fixture.start()).stop();
  expect(existsSync(record)).toBe(false);
});

test('a second start while the first lives is refused and names its process', async () => {
  const holder = fixture.hold();
  const { url } = await urlOf(holder);
  const refusal = await fixture.start().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(LocalPostgresRefused);
  expect(String(refusal)).toContain(`process ${holder.pid}`);
  expect(await ask({ url }, 'select 1 as one')).toEqual({ one: 1 });
});

test('Ctrl-C reaches our process group and not the server', async () => {
  const holder = fixture.hold();
  await urlOf(holder);
  const pid = await postmasterPid(fixture.dataDir);
  process.kill(-(holder.pid ?? Number.NaN), 'SIGINT');
  await once(holder, 'exit');
  expect(holder.signalCode).toBe('SIGINT');
  await pause(300);
  expect(lives(pid)).toBe(true);
  expect((await fixture.start()).adopted).toBe(true);
});
