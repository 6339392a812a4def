import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Logger } from '../log.ts';
import type { Binaries } from './find-binaries.ts';
import { LocalPostgresRefused } from './refusal.ts';
import { runProgram } from './run-program.ts';
import { exists, type ServerHome } from './server-home.ts';

/**
 * The superuser of every cluster we make, who owns and migrates the database. Who reaches the socket may be it: the
 * socket's folder is the guard.
 */
export const SUPERUSER = 'tollgate';

/** As whom the gateway connects: a plain role, so that what it is made to say to the database stays within its rights. */
export const RUNTIME_ROLE = 'tollgate_gateway';

/** initdb takes about a second; a slow disk syncing 40 MB may take many. */
const INITDB_TIMEOUT_MS = 120_000;

/**
 * The major version of the data there is; null where there is none.
 * @throws LocalPostgresRefused where something else than PostgreSQL's data lies in its place
 */
export async function clusterMajor(home: ServerHome): Promise<number | null> {
  if (!(await exists(home.cluster)) || (await readdir(home.cluster)).length === 0) return null;
  const versionFile = join(home.cluster, 'PG_VERSION');
  const version = (await exists(versionFile)) ? Number(await readFile(versionFile, 'utf8')) : Number.NaN;
  if (Number.isInteger(version)) return version;
  throw new LocalPostgresRefused(`${home.cluster} holds files, but no PostgreSQL data. Move them away.`);
}

/**
 * Makes an empty cluster. Phases: initdb (which syncs) into a folder aside; rename; sync of the name. Killed at any
 * point, it leaves no cluster or a whole one; the caller holds the lock, so leftovers of an earlier try are nobody's.
 */
export async function makeCluster(home: ServerHome, binaries: Binaries, log: Pick<Logger, 'warn'>): Promise<void> {
  const prefix = `${basename(home.cluster)}.new-`;
  for (const name of await readdir(home.folder)) {
    if (name.startsWith(prefix)) await removeLeftover(join(home.folder, name), log);
  }
  const aside = join(home.folder, prefix + randomBytes(6).toString('hex'));
  await mkdir(aside, { mode: 0o700 });
  if (home.runAs !== null) await chown(aside, home.runAs.uid, home.runAs.gid);
  try {
    await runProgram(join(binaries.folder, 'initdb'), initdbArguments(aside), home.runAs, INITDB_TIMEOUT_MS);
    await rename(aside, home.cluster);
  } catch (cause) {
    await removeLeftover(aside, log);
    throw new LocalPostgresRefused(`The database could not be made: ${(cause as Error).message}`, { cause });
  }
  const folder = await open(dirname(home.cluster), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function initdbArguments(folder: string): readonly string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    '--encoding=UTF8',
    // Text sorts by its bytes, so no update of a C library or of ICU can ever spoil an index.
    '--locale=C',
    '--data-checksums',
    '--auth-local=trust',
    '--auth-host=reject',
    '--no-instructions',
  ];
}

/** An initdb whose parent was killed may still write there; what stays is removed next time. */
async function removeLeftover(folder: string, log: Pick<Logger, 'warn'>): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    log.warn({ folder, reason: String(error) }, 'An unfinished database folder could not be removed');
  }
}
