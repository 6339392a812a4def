import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queryable } from '../platform/database.ts';
import { localMasterKey, type MasterKey, newMasterKeyText } from './master-key.ts';
import { selectAnyDataKey } from './store.ts';

/** Thrown with a sentence for the operator; nothing was written. */
class MasterKeyRefused extends Error {
  override readonly name = 'MasterKeyRefused';
}

/** The configured master key or, with the database in the data directory too, the one kept there, made on first use. */
export async function loadMasterKey(configured: string | null, dataDir: string): Promise<MasterKey> {
  if (configured !== null) return localMasterKey(configured);
  const file = join(dataDir, 'master.key');
  try {
    return localMasterKey((await readFile(file, 'utf8')).trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const text = newMasterKeyText();
  // Written beside and moved: a crash half-way must not leave half a key that everything would be sealed under.
  const half = `${file}.${process.pid}`;
  await writeFile(half, `${text}\n`, { mode: 0o600, flush: true });
  await chmod(half, 0o600);
  await rename(half, file);
  return localMasterKey(text);
}

/** @throws MasterKeyRefused where the database was sealed under another master key */
export async function checkMasterKey(db: Queryable, masterKey: MasterKey): Promise<void> {
  const row = await selectAnyDataKey(db);
  if (row === undefined || row.master_key_id === masterKey.id) return;
  throw new MasterKeyRefused(
    `The secrets in this database are sealed under master key ${row.master_key_id}; the one loaded is ${masterKey.id}. ` +
      'Set TOLLGATE_MASTER_KEY to the right one.',
  );
}
