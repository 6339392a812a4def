import { readdirSync, readFileSync, statSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { buildPanel } from './support/panel-desk.ts';

const BUILT = new URL('../dist/panel/', import.meta.url);

/** As people's browsers fetch them: https://vite.dev/guide/backend-integration has the format of the manifest. */
interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

const SHELL_BYTES_MAX = 120 * 1024;
const ROUTE_BYTES_MAX = 40 * 1024;
/** Forms that check with the API's own shapes bring the library of those along, when they are first opened. */
const PART_BYTES_MAX = 50 * 1024;
const ENGLISH = 'texts/en.ts';

let manifest: Readonly<Record<string, Chunk>>;

beforeAll(async () => {
  await buildPanel();
  manifest = JSON.parse(readFileSync(new URL('manifest.json', BUILT), 'utf8'));
}, 60_000);

/** A chunk with everything that is loaded before it runs. */
function filesOf(name: string, seen = new Set<string>()): ReadonlySet<string> {
  const chunk = manifest[name];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) seen.add(file);
  for (const next of chunk.imports ?? []) filesOf(next, seen);
  return seen;
}

const bytesOf = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + statSync(new URL(`${file}.br`, BUILT)).size, 0);

/** What everybody loads: the entry, its style sheet, and a catalogue. */
function shell(): ReadonlySet<string> {
  const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry === true) ?? [];
  return new Set([...filesOf(entry ?? ''), ...filesOf(ENGLISH)]);
}

test('the shell of the panel weighs at most 120 KiB as it is sent', () => {
  const files = shell();
  expect(files.size).toBeGreaterThan(2);
  expect(bytesOf(files)).toBeLessThan(SHELL_BYTES_MAX);
});

test('no screen adds more than 40 KiB to it', () => {
  const known = shell();
  const screens = Object.keys(manifest).filter((name) => /-screen\.tsx$/.test(name));
  expect(screens.length).toBeGreaterThan(7);
  const heavy = screens
    .map((name) => [name, bytesOf([...filesOf(name)].filter((file) => !known.has(file)))] as const)
    .filter(([, bytes]) => bytes > ROUTE_BYTES_MAX);
  expect(heavy).toEqual([]);
});

test('no dialog weighs more than 50 KiB with all that it brings along when it is first opened', () => {
  const parts = new Set(Object.values(manifest).flatMap(({ dynamicImports }) => dynamicImports ?? []));
  const known = shell();
  const heavy = [...parts]
    .map((name) => [name, bytesOf([...filesOf(name)].filter((file) => !known.has(file)))] as const)
    .filter(([, bytes]) => bytes > PART_BYTES_MAX);
  expect(heavy).toEqual([]);
});

test('nothing of the panel comes from, or names, another host than those of its links', () => {
  const scripts = readdirSync(new URL('assets/', BUILT)).filter((name) => /\.(?:css|html)$/.test(name));
  const texts = [...scripts.map((name) => `assets/${name}`), 'index.html'].map((name) =>
    readFileSync(new URL(name, BUILT), 'utf8'),
  );
  expect(texts.filter((text) => /url\(["']?(?:https?:)?\/\/|(?:src|href)="(?:https?:)?\/\//.test(text))).toEqual([]);
});
