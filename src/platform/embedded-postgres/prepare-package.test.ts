import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalPostgresFixture } from '../../../test/support/local-postgres-fixture.ts';
import { present } from '../../kernel/assert.ts';
import { findPackage } from './find-binaries.ts';
import { type PostgresPackage, preparePackage } from './prepare-package.ts';
import { runProgram } from './run-program.ts';
import { openServerHome, type ServerHome } from './server-home.ts';

const IS_ROOT = process.geteuid?.() === 0;

let fixture: LocalPostgresFixture;
let home: ServerHome;
let installed: PostgresPackage;

beforeEach(async () => {
  fixture = await LocalPostgresFixture.open();
  home = await openServerHome(fixture.dataDir);
  const original = present(await findPackage(), 'the npm package of this platform');
  installed = { root: join(fixture.folder, 'package'), version: original.version };
  // As npm leaves it with --ignore-scripts: no links.
  await cp(original.root, installed.root, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
});

afterEach(async () => {
  await promisify(execFile)('/bin/chmod', ['-R', 'u+rwX', fixture.folder]);
  await fixture.remove();
});

async function version(programs: string): Promise<string> {
  return runProgram(join(programs, 'postgres'), ['--version'], home.runAs, 10_000);
}

test('without its library links the server does not load, and every start makes them', async () => {
  await expect(version(join(installed.root, 'native', 'bin'))).rejects.toThrow('shared object');
  const programs = await Promise.all([preparePackage(installed, home), preparePackage(installed, home)]);
  expect(programs).toEqual(Array(2).fill(join(installed.root, 'native', 'bin')));
  expect(await version(programs[0])).toContain('PostgreSQL');
  await rm(join(installed.root, 'native', 'lib', 'libpq.so.5'));
  await preparePackage(installed, home);
  expect((await lstat(join(installed.root, 'native', 'lib', 'libpq.so.5'))).isSymbolicLink()).toBe(true);
});

test('a package where the server may not go is copied once, whole, and readable by the server', async () => {
  const unfinished = `postgres-${installed.version}.new-0a0a0a`;
  await mkdir(join(home.folder, unfinished, 'native', 'bin'), { recursive: true });
  await promisify(execFile)('/bin/chmod', ['-R', 'go=', installed.root]);
  // Without its owner's rights the package is closed to us too, where we are not root.
  if (!IS_ROOT) await chmod(join(installed.root, 'native', 'bin', 'initdb'), 0o600);
  const programs = await Promise.all([preparePackage(installed, home), preparePackage(installed, home)]);
  const copy = join(home.folder, `postgres-${installed.version}`);
  expect(programs).toEqual(Array(2).fill(join(copy, 'native', 'bin')));
  expect(await version(programs[0])).toContain('PostgreSQL');
  expect((await readdir(home.folder)).filter((name) => name.includes('.new-'))).toEqual([unfinished]);
  const made = await lstat(copy);
  await preparePackage(installed, home);
  expect((await lstat(copy)).ino).toBe(made.ino);
});

test.runIf(!IS_ROOT)('a package that cannot be written is copied (needs an ordinary user)', async () => {
  await chmod(join(installed.root, 'native', 'lib'), 0o555);
  expect(await preparePackage(installed, home)).toBe(
    join(home.folder, `postgres-${installed.version}`, 'native', 'bin'),
  );
});
