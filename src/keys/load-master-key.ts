import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newSecret } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { type MasterKey, MasterKeyDenied, MasterKeyUnavailable, newMasterKeyText } from './master-key.ts';
import type { MasterKeys } from './master-keys.ts';
import { selectMasterKeyIds } from './store.ts';

/** Thrown with a sentence for the operator; nothing was written. */
class MasterKeyRefused extends Error {
  override readonly name = 'MasterKeyRefused';
}

/** The configured master key or, with the database in the data directory too, the one kept there, made on first use. */
export async function loadMasterKeyText(configured: string | null, dataDir: string): Promise<string> {
  if (configured !== null) return configured;
  const file = join(dataDir, 'master.key');
  try {
    return (await readFile(file, 'utf8')).trim();
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
  return text;
}

/**
 * Looks whether every data key can be unwrapped by a master key that is loaded, and whether those that lie elsewhere answer
 * and bind what they wrap to its place.
 * @throws MasterKeyRefused
 */
export async function checkMasterKeys(db: Queryable, masterKeys: MasterKeys): Promise<void> {
  const missing = await missingMasterKeys(db, masterKeys);
  if (missing.length > 0) {
    const loaded = masterKeys.all.map((key) => key.id).join(', ');
    throw new MasterKeyRefused(
      `The secrets in this database are sealed under master key ${missing.join(', ')}; loaded: ${loaded}. ` +
        'Set TOLLGATE_MASTER_KEY to the right one, or name it in TOLLGATE_MASTER_KEYS_PREVIOUS.',
    );
  }
  if (masterKeys.primary.kind === 'remote') await tryMasterKey(masterKeys.primary);
}

/** The ids of master keys that wrapped something and are not loaded. */
export async function missingMasterKeys(db: Queryable, masterKeys: MasterKeys): Promise<readonly string[]> {
  const loaded = new Set(masterKeys.all.map((key) => key.id));
  return (await forInstallation('keys', () => selectMasterKeyIds(db))).filter((id) => !loaded.has(id));
}

/** A key elsewhere may lack a right, or forget the context, which only shows when it should have been refused. */
async function tryMasterKey(key: MasterKey): Promise<void> {
  const probe = Buffer.from(newSecret());
  try {
    const wrapped = await key.wrap(probe, 'tollgate start');
    if (!(await key.unwrap(wrapped, 'tollgate start')).equals(probe))
      throw new MasterKeyDenied('other bytes came back');
    if (await unwrapsElsewhere(key, wrapped))
      throw new MasterKeyDenied('it does not bind the context of what it wraps');
  } catch (error) {
    if (!(error instanceof MasterKeyDenied) && !(error instanceof MasterKeyUnavailable)) throw error;
    throw new MasterKeyRefused(`Master key ${key.id} cannot be used: ${error.message}`, { cause: error });
  }
}

async function unwrapsElsewhere(key: MasterKey, wrapped: Uint8Array): Promise<boolean> {
  try {
    await key.unwrap(wrapped, 'tollgate elsewhere');
    return true;
  } catch (error) {
    if (error instanceof MasterKeyDenied) return false;
    throw error;
  }
}
