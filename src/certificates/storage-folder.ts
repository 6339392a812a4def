import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isItemFile, kindOfPlace, type StoredItem } from './stored-item.ts';

/** A chain of five certificates is 10 KiB. */
const FILE_BYTES_MAX = 64 * 1024;
/** Beside what the proxy looks at, and on the same file system, so that moving is one step. */
const INCOMING = 'tollgate-incoming';

/** A place in the storage of a proxy, and what changes with its files. */
export interface FoundPlace {
  readonly place: string;
  readonly stamp: string;
}

/** Every place of the storage at which something lies that proxies share. */
export async function findPlaces(root: string): Promise<readonly FoundPlace[]> {
  const places: string[] = [];
  for (const issuer of await foldersIn(join(root, 'certificates'))) {
    for (const name of await foldersIn(join(root, 'certificates', issuer)))
      places.push(`certificates/${issuer}/${name}`);
  }
  for (const issuer of await foldersIn(join(root, 'acme'))) {
    for (const account of await foldersIn(join(root, 'acme', issuer, 'users'))) {
      places.push(`acme/${issuer}/users/${account}`);
    }
  }
  const shared = places.filter((place) => kindOfPlace(place) !== null);
  const found: FoundPlace[] = [];
  for (const place of shared) found.push({ place, stamp: await stampOf(root, place) });
  return found;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(absentAs([]));
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function stampOf(root: string, place: string): Promise<string> {
  const parts: string[] = [];
  for (const name of await itemFilesAt(root, place)) {
    const found = await stat(join(root, place, name)).catch(absentAs(null));
    if (found !== null) parts.push(`${name} ${found.mtimeMs} ${found.size} ${found.ino}`);
  }
  return parts.join('\n');
}

async function itemFilesAt(root: string, place: string): Promise<readonly string[]> {
  return (await readdir(join(root, place)).catch(absentAs([]))).filter(isItemFile).sort();
}

/** The texts of the files at a place. */
export async function readFiles(root: string, place: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const name of await itemFilesAt(root, place)) {
    const path = join(root, place, name);
    const found = await stat(path).catch(absentAs(null));
    if (found === null || found.size > FILE_BYTES_MAX) continue;
    const text = await readFile(path, 'utf8').catch(absentAs(null));
    if (text !== null) files[name] = text;
  }
  return files;
}

/**
 * Puts an item at its place, readable by nobody else. Phases: write it aside; move the whole folder, or, where there is one
 * already, one file after the other, the key first. A proxy that reads in between finds a pair that does not fit, takes it
 * for none, and what a crash leaves so is not whole and is put there again.
 */
export async function writeItem(root: string, { place, files }: StoredItem): Promise<void> {
  const aside = join(root, INCOMING, randomBytes(8).toString('hex'));
  await mkdir(aside, { recursive: true, mode: 0o700 });
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(aside, name), text, { mode: 0o600, flush: true });
    }
    const target = join(root, place);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const moved = await rename(aside, target).then(() => true, alreadyThere);
    if (moved) return;
    for (const name of Object.keys(files).sort(keyFirst)) await rename(join(aside, name), join(target, name));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Whatever a crash left aside. */
export async function clearIncoming(root: string): Promise<void> {
  await rm(join(root, INCOMING), { recursive: true, force: true });
}

function keyFirst(one: string, other: string): number {
  return Number(other.endsWith('.key')) - Number(one.endsWith('.key'));
}

function alreadyThere(error: unknown): false {
  const { code } = error as { code?: unknown };
  if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
  throw error;
}

/** The proxy removes what it no longer needs while we look; everything else that goes wrong is a fault. */
function absentAs<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') return value;
    throw error;
  };
}
