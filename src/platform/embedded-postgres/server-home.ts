import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { access, chmod, constants, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, LocalPostgresRefused } from './refusal.ts';

/** The account the server runs under. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where everything of one local server lies. The folder stays ours; only what the server writes belongs to its user. */
export interface ServerHome {
  readonly folder: string;
  /** PostgreSQL's own data directory. Made by a rename, so it is whole or not there. */
  readonly cluster: string;
  readonly logFile: string;
  readonly lockFile: string;
  /** Null: as whoever we are. PostgreSQL refuses to run as root, so as root it is somebody else. */
  readonly runAs: ServerUser | null;
}

/** Where the data goes when root's data directory lies where the server's user may not go. */
const SYSTEM_FOLDER = '/var/lib/tollgate';

const ENTER = 0o1;
const RUN = 0o5;

/**
 * Decides where the data lies and who runs the server, and makes the folder. Existing data is followed, never
 * overlooked: a directory whose permissions changed must not look like a new, empty installation.
 * @throws LocalPostgresRefused where the data cannot be reached by the account that must run the server
 */
export async function openServerHome(dataDir: string): Promise<ServerHome> {
  try {
    return await openHome(dataDir);
  } catch (cause) {
    if (cause instanceof LocalPostgresRefused || errorCode(cause) === undefined) throw cause;
    throw new LocalPostgresRefused(`${dataDir} cannot be used for the database: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function openHome(dataDir: string): Promise<ServerHome> {
  const asked = await realpathAsFarAsItGoes(resolve(dataDir));
  const moved = join(SYSTEM_FOLDER, createHash('sha256').update(asked).digest('hex').slice(0, 16));
  const isRoot = ourUid() === 0;
  const folder = await chooseFolder(asked, moved, isRoot);
  const cluster = join(folder, 'cluster');
  const runAs = isRoot ? await userFor(cluster) : null;
  if (runAs === null) await refuseForeignOwner(cluster);
  await makeFolder(folder, isRoot);
  if (runAs !== null) await refuseClosed(folder, runAs);
  return { folder, cluster, logFile: join(folder, 'postgres.log'), lockFile: join(folder, 'supervisor.lock'), runAs };
}

/** Our effective user. @throws LocalPostgresRefused on Windows, which has neither users nor socket modes to lean on */
export function ourUid(): number {
  const uid = process.geteuid?.();
  if (uid === undefined) throw new LocalPostgresRefused('A local PostgreSQL needs Linux or macOS. Set DATABASE_URL.');
  return uid;
}

/** Whether the server's user may run a program: enter every folder above it, read it and execute it. */
export async function mayRun(program: string, user: ServerUser | null): Promise<boolean> {
  try {
    const real = await realpath(program);
    await access(real, constants.R_OK | constants.X_OK);
    return user === null || ((await closedFolder(dirname(real), user)) === null && allows(await stat(real), user, RUN));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Whether something of that name exists. @throws where that cannot be known, since "no" would start from nothing */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}

async function chooseFolder(asked: string, moved: string, isRoot: boolean): Promise<string> {
  if (await hasCluster(asked)) return asked;
  if (await hasCluster(moved)) {
    if (isRoot) return moved;
    throw new LocalPostgresRefused(
      `The database of ${asked} was made by root and lies in ${moved}. Start as root, or choose another data directory.`,
    );
  }
  if (!isRoot) return asked;
  const nobody = await userNobody();
  return (await closedFolder(await deepestExisting(asked), nobody)) === null ? asked : moved;
}

/** An empty folder of that name is an empty mount point or what an operator prepared; it holds nothing to lose. */
async function hasCluster(folder: string): Promise<boolean> {
  const cluster = join(folder, 'cluster');
  if (!(await exists(cluster))) return false;
  try {
    return (await readdir(cluster)).length > 0;
  } catch (error) {
    // Another account's data is data all the same.
    if (errorCode(error) === 'EACCES') return true;
    throw error;
  }
}

/** Existing data keeps its owner. New data goes to `nobody`: see userNobody. */
async function userFor(cluster: string): Promise<ServerUser> {
  if (!(await hasCluster(dirname(cluster)))) return userNobody();
  const { uid, gid } = await stat(cluster);
  if (uid !== 0) return { uid, gid };
  throw new LocalPostgresRefused(
    `${cluster} belongs to root, and PostgreSQL does not run as root. Give it back to the account it was made for.`,
  );
}

/**
 * `nobody` even where a `postgres` account exists: that one owns the machine's other databases, and code that got hold
 * of our server could read them; `nobody` owns nothing. Accounts are never created.
 */
async function userNobody(): Promise<ServerUser> {
  const found = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  const [uid, gid] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (uid !== 0) return { uid, gid };
  throw new LocalPostgresRefused(
    'PostgreSQL does not run as root, and /etc/passwd has no account named nobody. Start as an ordinary user.',
  );
}

async function refuseForeignOwner(cluster: string): Promise<void> {
  if (!(await exists(cluster))) return;
  const { uid } = await stat(cluster);
  if (uid === ourUid()) return;
  throw new LocalPostgresRefused(
    `${cluster} belongs to the user with the number ${uid}. Start as that user or as root, or choose another data ` +
      'directory.',
  );
}

async function refuseClosed(folder: string, user: ServerUser): Promise<void> {
  const closed = await closedFolder(folder, user);
  if (closed === null) return;
  throw new LocalPostgresRefused(
    `The database in ${folder} is run by the user with the number ${user.uid}, who may not enter ${closed}. ` +
      `Run: chmod o+x ${closed}`,
  );
}

async function makeFolder(folder: string, isRoot: boolean): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: isRoot ? 0o755 : 0o700 });
  if (!isRoot || first === undefined) return;
  // The server's user has to pass through what we made, whatever root's umask is.
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755);
}

/** The topmost folder on the way to `path` that the user may not enter, or null. Access control lists are not seen. */
async function closedFolder(path: string, user: ServerUser): Promise<string | null> {
  const above = dirname(path) === path ? null : await closedFolder(dirname(path), user);
  if (above !== null) return above;
  return allows(await stat(path), user, ENTER) ? null : path;
}

function allows(file: Stats, user: ServerUser, bits: number): boolean {
  const shift = file.uid === user.uid ? 6 : file.gid === user.gid ? 3 : 0;
  return ((file.mode >> shift) & bits) === bits;
}

async function deepestExisting(path: string): Promise<string> {
  return (await exists(path)) ? path : deepestExisting(dirname(path));
}

/** Follows symbolic links in the part that exists, so that one directory has one name. */
async function realpathAsFarAsItGoes(path: string): Promise<string> {
  if (await exists(path)) return realpath(path);
  return join(await realpathAsFarAsItGoes(dirname(path)), basename(path));
}
