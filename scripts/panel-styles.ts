import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'tailwindcss';
import type { Plugin } from 'vite';

/**
 * Turns the style sheet that imports Tailwind into the rules that the sources use. Tailwind's own plugin looks for them
 * with a native program that is not published for every platform we run on; the compiler itself is plain JavaScript.
 */
export function panelStyles(sources: string): Plugin {
  return {
    name: 'panel-styles',
    enforce: 'pre',
    async transform(code, id) {
      if (!id.endsWith('.css') || !code.includes('tailwindcss')) return null;
      const compiler = await compile(code, { base: dirname(id), loadStylesheet });
      return { code: compiler.build(await candidatesIn(sources)), map: null };
    },
  };
}

async function loadStylesheet(id: string, base: string) {
  const path = id.startsWith('.')
    ? join(base, id)
    : fileURLToPath(import.meta.resolve(id === 'tailwindcss' ? 'tailwindcss/index.css' : id));
  return { path, base: dirname(path), content: await readFile(path, 'utf8') };
}

/** Every word of the sources that could be a class; what is none, the compiler passes over. */
async function candidatesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const words = new Set<string>();
  for (const file of files) {
    if (!file.isFile() || !/\.(?:tsx|ts|html)$/.test(file.name)) continue;
    const text = await readFile(join(file.parentPath, file.name), 'utf8');
    for (const word of text.split(/[\s"'`{}<>]+/)) {
      if (/^-?[a-z@[*][\w\-:/.[\]()#%,!&=*+>~^$|@]*$/.test(word)) words.add(word);
    }
  }
  return [...words].sort();
}
