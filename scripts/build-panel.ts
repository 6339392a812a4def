import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { PANEL_PATH } from '../src/access/panel-address.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'web');
const BUILT = join(ROOT, 'dist', 'panel');

/** Read by the next build to see whether anything that went into this one has changed. */
const INPUTS = 'inputs.json';

const compress = promisify(brotliCompress);

/**
 * Builds the admin panel into dist/panel, unless it stands there already as its sources have it. Phases: build beside the
 * old one; compress; put in its place by renaming, so that a server never meets half of one.
 */
async function buildPanel(): Promise<void> {
  if (await isFresh()) return;
  await mkdir(dirname(BUILT), { recursive: true });
  const staging = await mkdtemp(join(dirname(BUILT), 'panel-'));
  try {
    const modules = await bundle(staging);
    await compressAll(join(staging, 'assets'));
    await writeFile(join(staging, INPUTS), JSON.stringify(await hashesOf(await inputsBeside(modules))));
    // Whoever runs the gateway may be somebody else than who built it.
    await chmod(staging, 0o755);
    // Two that start at once build the same; the later one leaves the first one's where somebody may be reading it.
    if (await isFresh()) return;
    const old = `${staging}-old`;
    await rename(BUILT, old).catch(acceptAbsence);
    await rename(staging, BUILT).catch(acceptTwin);
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function acceptAbsence(error: unknown): void {
  if (existsSync(BUILT)) throw error;
}

/** Somebody else built the same at the same time, and was first. */
function acceptTwin(error: unknown): void {
  if (!existsSync(join(BUILT, INPUTS))) throw error;
}

/** Bundles, and gives back the files of ours that were read, from the root. */
async function bundle(outDir: string): Promise<readonly string[]> {
  const [{ build }, { panelStyles }] = await Promise.all([import('vite'), import('./panel-styles.ts')]);
  const modules = new Set<string>();
  await build({
    root: join(SOURCE, 'admin'),
    base: `${PANEL_PATH}/`,
    configFile: false,
    envDir: false,
    publicDir: false,
    // Libraries mark their modules for servers that render; a bundler for browsers only warns of it, a hundred times.
    logLevel: 'error',
    plugins: [
      panelStyles(SOURCE),
      {
        name: 'note-modules',
        moduleParsed: ({ id }) => {
          const path = relative(ROOT, id.split('?', 1)[0] ?? '');
          if (!path.startsWith('..') && !path.includes('node_modules') && !id.startsWith('\0')) modules.add(path);
        },
      },
    ],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      // What is small would become a data: address, which the policy of the pages does not let in.
      assetsInlineLimit: 0,
      // The lists of what each screen loads would weigh 4 KiB in the shell; links fetch screens before they are pressed.
      modulePreload: false,
      manifest: 'manifest.json',
      reportCompressedSize: false,
    },
  });
  return [...modules];
}

async function compressAll(folder: string): Promise<void> {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    await writeFile(`${path}.br`, await compress(await readFile(path), options));
  }
}

/** Whatever lies below web counts, so that a file that is new is seen; and the versions of everything. */
async function inputsBeside(modules: readonly string[]): Promise<readonly string[]> {
  const sources = await readdir(SOURCE, { recursive: true, withFileTypes: true });
  const own = sources.filter((one) => one.isFile()).map((one) => relative(ROOT, join(one.parentPath, one.name)));
  const builders = ['scripts/build-panel.ts', 'scripts/panel-styles.ts', 'package-lock.json'];
  return [...new Set([...own, ...modules.filter((path) => existsSync(join(ROOT, path))), ...builders])].sort();
}

async function hashesOf(paths: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const entries = paths.map(async (path) => {
    const bytes = await readFile(join(ROOT, path)).catch(() => null);
    return [path, bytes === null ? '' : createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function isFresh(): Promise<boolean> {
  const noted = await readFile(join(BUILT, INPUTS), 'utf8').catch(() => null);
  if (noted === null) return false;
  const inputs: Record<string, string> = JSON.parse(noted);
  const paths = await inputsBeside(Object.keys(inputs));
  const now = await hashesOf(paths);
  return JSON.stringify(sorted(now)) === JSON.stringify(sorted(inputs));
}

function sorted(hashes: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1));
}

// Whatever the shell says: React is another, slower program where this is not so.
process.env.NODE_ENV = 'production';
await buildPanel().catch((error: unknown) => {
  // Payments do not wait for a panel: without what builds it (npm ci --omit=dev) the gateway starts all the same.
  console.error(`The admin panel was not built: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = process.argv.includes('--required') ? 1 : 0;
});
