import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './refusal.ts';
import { exists } from './server-home.ts';

/** What a server wrote about itself into its data directory; it may be long dead. */
export interface PostmasterRecord {
  readonly pid: number;
  readonly port: number;
  /** Empty while the server is just starting, or where it has no socket. */
  readonly socketDir: string;
}

/** Reads `postmaster.pid`, https://www.postgresql.org/docs/current/storage-file-layout.html; null where there is none. */
export async function readPostmasterRecord(cluster: string): Promise<PostmasterRecord | null> {
  try {
    const [pid, , , port, socketDir] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Number(pid), port: Number(port), socketDir: socketDir?.trim() ?? '' };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Whether the record's server was started with the programs of our package (they alone lie in `native/bin`). */
export async function wasStartedFromPackage(cluster: string): Promise<boolean> {
  const [program = ''] = (await readFile(join(cluster, 'postmaster.opts'), 'utf8')).split(' "');
  return program.endsWith('/native/bin/postgres');
}

/**
 * Whether a process of that number lives and is the server user's. A dead one nobody has reaped yet does not live: an
 * adopted server's parent is gone, and in a container nobody may ever reap it.
 */
export async function isRunning(pid: number, uid: number): Promise<boolean> {
  // kill(0) and kill(-1) mean whole groups of processes.
  if (!Number.isInteger(pid) || pid < 2) return false;
  try {
    process.kill(pid, 0);
    if (!(await exists('/proc/self/stat'))) return true;
    // The record can be written by the server's user, who must not choose whom root sends a signal.
    if ((await stat(`/proc/${pid}`)).uid !== uid) return false;
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may itself hold any character.
    return !/^ [ZX]/.test(line.slice(line.lastIndexOf(')') + 1));
  } catch (error) {
    if (['ESRCH', 'EPERM', 'ENOENT'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}
