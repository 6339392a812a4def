import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode, LocalPostgresRefused } from './refusal.ts';
import { ourUid, type ServerHome } from './server-home.ts';

/** sockaddr_un holds 104 bytes on macOS and 108 on Linux; this is the folder and `/.s.PGSQL.5432.lock`. */
const SOCKET_PATH_BYTES_MAX = 100;
const SOCKET_NAME = '/.s.PGSQL.5432.lock';

/**
 * The folder of the server's socket, which only the server's user (and root) may enter: it is the whole access control.
 * In the server's folder where the path is short enough, otherwise under the system's folder for temporary files.
 * @throws LocalPostgresRefused where somebody else has put something there
 */
export async function openSocketFolder(home: ServerHome): Promise<string> {
  const folder = socketFolderOf(home);
  const owner = home.runAs ?? { uid: ourUid(), gid: -1 };
  try {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    if (home.runAs !== null) await chown(folder, owner.uid, owner.gid);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  if (await isPrivate(folder, owner.uid)) return folder;
  throw new LocalPostgresRefused(`${folder} is not a folder for PostgreSQL's user alone. Remove it and start again.`);
}

/** Whether a folder is no link, belongs to the user, and is closed to all others. */
export async function isPrivate(folder: string, uid: number): Promise<boolean> {
  const found = await lstat(folder);
  return found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
}

function socketFolderOf(home: ServerHome): string {
  const near = join(home.folder, 'socket');
  // A list of folders in postgresql.conf is split at commas, and quotes have a meaning there.
  const isPlain = /^[\w./@+-]+$/.test(near);
  if (isPlain && Buffer.byteLength(near + SOCKET_NAME) <= SOCKET_PATH_BYTES_MAX) return near;
  const hash = createHash('sha256').update(home.cluster).digest('hex').slice(0, 16);
  return join(tmpdir(), `tollgate-${hash}`);
}
