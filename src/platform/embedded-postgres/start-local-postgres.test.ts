import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chmod, chown, lstat, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  ask,
  LocalPostgresFixture,
  lives,
  postmasterPid,
  until,
} from '../../../test/support/local-postgres-fixture.ts';
import { openServerHome } from './server-home.ts';
import { openSocketFolder } from './socket-folder.ts';

const IS_ROOT = process.geteuid?.() === 0;
const HAS_SYSTEM_15 = existsSync('/usr/lib/postgresql/15/bin/postgres');

let fixture: LocalPostgresFixture;
/** Of one test, with nothing in it yet. */
let newDir: string;

beforeAll(async () => {
  fixture = await LocalPostgresFixture.open();
});
beforeEach(() => {
  newDir = join(fixture.folder, randomBytes(4).toString('hex'));
});
afterEach(() => fixture.settle());
afterAll(async () => {
  await fixture.remove();
  // Made by the test below; an installation's own folder is not empty.
  await rmdir('/var/lib/tollgate').catch(() => {});
});

test('data written before a stop is there after the next start', async () => {
  const first = await fixture.start();
  expect(first).toMatchObject({ source: 'embedded', adopted: false, database: 'tollgate' });
  expect(first.version).toMatch(/^18\.\d+$/);
  await ask(first, `create table kept_1 (note text); insert into kept_1 values ('ä 1')`);
  const pid = await postmasterPid(fixture.dataDir);
  await first.stop();
  await first.stop();
  expect(lives(pid)).toBe(false);

  const second = await fixture.start();
  expect(second).toMatchObject({ url: first.url, adopted: false });
  expect(await ask(second, 'select note from kept_1')).toEqual({ note: 'ä 1' });
  expect(fixture.logged.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('the gateway has a plain role of its own, also in a cluster made before there was one', async () => {
  const first = await fixture.start();
  await ask(first, 'drop role tollgate_gateway');
  await first.stop();
  for (const adopts of [false, true]) {
    const server = await fixture.start();
    const role = await ask(
      { url: server.runtimeUrl },
      `select current_database() as database, rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication
       from pg_roles where rolname = current_user`,
    );
    const plain = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false };
    expect(role, String(adopts)).toEqual({ database: 'tollgate', rolname: 'tollgate_gateway', ...plain });
    await server.stop();
  }
});

test('the server is durable, deaf to the network, in UTC, and cannot be talked out of it', async () => {
  const server = await fixture.start();
  await ask(server, 'alter system set fsync = off');
  await ask(server, 'select pg_reload_conf()');
  const settings = await ask(
    server,
    `select ${['fsync', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'TimeZone', 'server_encoding']
      .map((name) => `current_setting('${name}') as "${name}"`)
      .join(', ')}, (select datcollate from pg_database where datname = current_database()) as collation`,
  );
  expect(settings).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    listen_addresses: '',
    TimeZone: 'UTC',
    server_encoding: 'UTF8',
    collation: 'C',
  });
  const socket = await lstat(server.socketDir);
  expect(socket.mode & 0o777).toBe(0o700);
});

test('nothing of our environment reaches the server', async () => {
  process.env.TOLLGATE_TEST_SECRET = 'not for others';
  try {
    const server = await fixture.start();
    const { names } = await ask(
      server,
      `create temporary table environment (line text); copy environment from program 'env';
       select string_agg(line, ' ') as names from environment`,
    );
    expect(names).toContain('TZ=UTC');
    expect(names).not.toContain('not for others');
  } finally {
    delete process.env.TOLLGATE_TEST_SECRET;
  }
});

test('a second start within one process is refused too', async () => {
  await fixture.start();
  await expect(fixture.start()).rejects.toThrow(`process ${process.pid}`);
});

test('two first starts at once leave one server and one refusal', async () => {
  const outcomes = await Promise.allSettled([fixture.start({ dataDir: newDir }), fixture.start({ dataDir: newDir })]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('an initdb killed half-way leaves nothing half-made', async () => {
  const holder = fixture.hold(newDir);
  const unfinished = async () =>
    (await readdir(newDir).catch(() => [])).find((name) => name.startsWith('cluster.new-'));
  await until(async () => existsSync(join(newDir, (await unfinished()) ?? '-', 'base')));
  process.kill(-(holder.pid ?? Number.NaN), 'SIGKILL');
  await once(holder, 'exit');
  expect(existsSync(join(newDir, 'cluster'))).toBe(false);

  const server = await fixture.start({ dataDir: newDir });
  expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 });
  expect(await unfinished()).toBeUndefined();
});

test('a server that cannot start is refused with the end of its log', async () => {
  await (await fixture.start()).stop();
  const settings = join(fixture.dataDir, 'cluster', 'postgresql.conf');
  const sound = await readFile(settings);
  try {
    await appendFile(settings, '\nno_such_setting = 1\n');
    await expect(fixture.start()).rejects.toThrow(/did not start[\s\S]*no_such_setting/);
  } finally {
    await writeFile(settings, sound);
  }
  expect((await fixture.start()).adopted).toBe(false);
});

test('files that are no data of PostgreSQL are refused and left alone', async () => {
  const cluster = join(newDir, 'cluster');
  await mkdir(cluster, { recursive: true });
  await writeFile(join(cluster, 'letter.txt'), 'dear');
  if (IS_ROOT) await chown(cluster, 65534, 65534);
  await expect(fixture.start({ dataDir: newDir })).rejects.toThrow('no PostgreSQL data');
  expect(await readdir(cluster)).toEqual(['letter.txt']);
});

test('where no program is found, the refusal says what to run', async () => {
  await expect(fixture.start({ dataDir: newDir, sources: [] })).rejects.toThrow(
    /npm ci --include=optional[\s\S]*apt-get install postgresql/,
  );
});

test.runIf(HAS_SYSTEM_15)('data of another major version is refused or run by programs of that version', async () => {
  const first = await fixture.start({ dataDir: newDir, sources: ['system'] });
  expect(first).toMatchObject({ source: 'system', version: expect.stringMatching(/^15\./) });
  await ask(first, 'create table kept_4 (n int); insert into kept_4 values (1)');
  await first.stop();
  await expect(fixture.start({ dataDir: newDir, sources: ['embedded'] })).rejects.toThrow(
    /made by PostgreSQL 15.*found here: 18/,
  );

  const second = await fixture.start({ dataDir: newDir });
  expect(second.source).toBe('system');
  expect(await ask(second, 'select n from kept_4')).toEqual({ n: 1 });
});

test('a path too long for a socket is no obstacle', async () => {
  const home = await openServerHome(join(fixture.folder, 'a'.repeat(100)));
  const socketDir = await openSocketFolder(home);
  fixture.also(socketDir);
  expect(Buffer.byteLength(socketDir)).toBeLessThan(80);
  expect((await lstat(socketDir)).mode & 0o777).toBe(0o700);
  expect(await openSocketFolder(home)).toBe(socketDir);
});

test("somebody else's folder is not taken for the socket", async () => {
  const { socketDir, stop } = await fixture.start();
  await stop();
  await chmod(socketDir, 0o777);
  try {
    await expect(fixture.start()).rejects.toThrow("not a folder for PostgreSQL's user alone");
  } finally {
    await chmod(socketDir, 0o700);
  }
});

test.runIf(IS_ROOT)('as root below a closed folder, data goes to /var/lib/tollgate (needs root)', async () => {
  await mkdir(newDir, { mode: 0o700 });
  const { folder: moved } = await openServerHome(join(newDir, 'data'));
  fixture.also(moved);
  expect(moved).toMatch(/^\/var\/lib\/tollgate\/[0-9a-f]{16}$/);
  const first = await fixture.start({ dataDir: join(newDir, 'data') });
  await ask(first, 'create table kept (n int); insert into kept values (1)');
  await first.stop();
  expect(existsSync(join(newDir, 'data'))).toBe(false);

  // Where the folder is opened later, the data is still found.
  await chmod(newDir, 0o755);
  const second = await fixture.start({ dataDir: join(newDir, 'data') });
  expect(await ask(second, 'select n from kept')).toEqual({ n: 1 });
});

test.runIf(IS_ROOT)(
  'as root, data whose folder was closed afterwards is refused, not begun anew (needs root)',
  async () => {
    await (await fixture.start()).stop();
    await chmod(fixture.folder, 0o700);
    try {
      await expect(fixture.start()).rejects.toThrow(`chmod o+x ${fixture.folder}`);
    } finally {
      await chmod(fixture.folder, 0o755);
    }
  },
);
