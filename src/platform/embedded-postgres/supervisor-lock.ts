import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorCode, LocalPostgresRefused } from './refusal.ts';

/** Held by one process at a time. */
export interface SupervisorLock {
  release(): void;
}

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

/** A lock that were collected as garbage would be given up. */
const held = new Set<DatabaseSync>();

/**
 * Takes the one right to start and stop the server, without waiting. The kernel drops it with the process, however that
 * ends, and it covers the time before a server runs. Node has no call for a file lock; an open exclusive transaction of
 * SQLite on an empty file is one (fcntl), and also keeps out a second caller in this process.
 * @throws LocalPostgresRefused naming the process that holds it
 */
export function takeSupervisorLock(file: string): SupervisorLock {
  const pidFile = `${file}.pid`;
  let lock: DatabaseSync;
  try {
    makeForUsAlone(file);
    lock = new DatabaseSync(file, { timeout: 0 });
  } catch (cause) {
    throw new LocalPostgresRefused(`${file} cannot be opened; it may belong to another user.`, { cause });
  }
  try {
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw new LocalPostgresRefused(`${file} cannot be locked.`, { cause });
    throw new LocalPostgresRefused(
      `Another Tollgate${holderOf(pidFile)} uses the database beside ${file}. Stop it, or choose another data directory.`,
    );
  }
  try {
    // By rename, so that nobody reads half a number.
    writeFileSync(`${pidFile}.new`, `${process.pid}\n`);
    renameSync(`${pidFile}.new`, pidFile);
  } catch (cause) {
    lock.close();
    throw new LocalPostgresRefused(`${pidFile} cannot be written: ${(cause as Error).message}`, { cause });
  }
  held.add(lock);
  return {
    release() {
      if (held.delete(lock)) lock.close();
    },
  };
}

/** Who may read a file may lock it against us. Never opened where it exists: to close it would drop our own lock. */
function makeForUsAlone(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}

/** Only for the sentence: the lock itself is what counts, since the holder writes its number a moment later. */
function holderOf(pidFile: string): string {
  try {
    return ` (process ${Number(readFileSync(pidFile, 'utf8'))})`;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return '';
  }
}
