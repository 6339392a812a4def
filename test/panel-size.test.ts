import { readdirSync, readFileSync, statSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { buildPanel } from './support/build-panel.ts';

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
/** Forms that check with the API's own shapes bring the library of those along, when the first of them is opened. */
const PART_BYTES_MAX = 64 * 1024;
/** Each person loads one; what is heavier counts. */
const LANGUAGES = ['en', 'de'] as const;

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

type Language = (typeof LANGUAGES)[number];

/** What everybody loads: the entry, its style sheet, and a catalogue. */
function shell(language: Language): ReadonlySet<string> {
  const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry === true) ?? [];
  return new Set([...filesOf(entry ?? ''), ...filesOf(`texts/${language}.ts`)]);
}

/** A part beyond what everybody has loaded; a screen with what its area says, which its dialogs find there. */
function addedBy(name: string, language: Language): number {
  const known = shell(language);
  const texts = `${name.slice(0, name.lastIndexOf('/'))}/texts-${language}.ts`;
  const files = new Set([...filesOf(name), ...(name.endsWith('-screen.tsx') ? filesOf(texts) : [])]);
  return bytesOf([...files].filter((file) => !known.has(file)));
}

/** Those that weigh too much, with what they weigh. */
function heavier(names: Iterable<string>, bytesMax: number): readonly (readonly [string, number])[] {
  return [...names]
    .map((name) => [name, Math.max(...LANGUAGES.map((language) => addedBy(name, language)))] as const)
    .filter(([, bytes]) => bytes > bytesMax);
}

test.each(LANGUAGES)('the shell of the panel weighs at most 120 KiB as it is sent (%s)', (language) => {
  const files = shell(language);
  expect(files.size).toBeGreaterThan(2);
  expect(bytesOf(files)).toBeLessThan(SHELL_BYTES_MAX);
});

test('no screen adds more than 40 KiB to it, with what its area says', () => {
  const screens = Object.keys(manifest).filter((name) => /-screen\.tsx$/.test(name));
  expect(screens.length).toBeGreaterThan(7);
  expect(Object.keys(manifest)).toEqual(expect.arrayContaining(['payments/texts-en.ts', 'payments/texts-de.ts']));
  expect(heavier(screens, ROUTE_BYTES_MAX)).toEqual([]);
});

test('no dialog weighs more than 64 KiB with all that it brings along when it is first opened', () => {
  const parts = new Set(Object.values(manifest).flatMap(({ dynamicImports }) => dynamicImports ?? []));
  expect(heavier(parts, PART_BYTES_MAX)).toEqual([]);
});

test('nothing of the panel comes from, or names, another host than those of its links', () => {
  const scripts = readdirSync(new URL('assets/', BUILT)).filter((name) => /\.(?:css|html)$/.test(name));
  const texts = [...scripts.map((name) => `assets/${name}`), 'index.html'].map((name) =>
    readFileSync(new URL(name, BUILT), 'utf8'),
  );
  expect(texts.filter((text) => /url\(["']?(?:https?:)?\/\/|(?:src|href)="(?:https?:)?\/\//.test(text))).toEqual([]);
});
