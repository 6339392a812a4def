import { posix } from 'node:path';
import { type Finding, isCode, lineAt, type SourceFile } from './source.ts';
import { part, parts, syntaxOf, wordOf } from './syntax.ts';

const DRAWERS = ['utils', 'util', 'helpers', 'helper', 'common', 'lib', 'libs', 'misc', 'shared'];
const DRAWER_FILES = [...DRAWERS, 'types', 'index'];

/** The folders whose names we choose. */
const OURS = /^(?:src|bin|web|sdk|examples|bench|scripts|test|db|docs)\//;

/** Names say what is inside: no drawers for everything, no barrels, files in kebab-case. */
export function fileNames(files: readonly SourceFile[]): Finding[] {
  return files.flatMap(({ path }) => {
    if (!OURS.test(path)) return [];
    const found = (message: string): Finding => ({ path, line: 1, rule: 'file-names', message });
    const folders = posix.dirname(path).split('/');
    const drawer = folders.find((folder) => DRAWERS.includes(folder));
    if (drawer) return [found(`the folder name ${drawer} says nothing: name it after what lies in it`)];
    if (!isCode(path)) return [];
    const [name = ''] = posix.basename(path).split('.');
    if (DRAWER_FILES.includes(name)) {
      return [
        found(`the file name ${name} says nothing: name it after its noun or verb, and import from the file itself`),
      ];
    }
    return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) ? [] : [found('file names are kebab-case')];
  });
}

/** One name per thing, the same wherever it is imported. */
export function defaultExports(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => /^(?:src|bin|sdk\/src|examples|bench|scripts|test)\//.test(path) && isCode(path))
    .flatMap((file) =>
      parts(syntaxOf(file), 'body').flatMap((node) => {
        const isDefault =
          node.type === 'ExportDefaultDeclaration' ||
          (node.type === 'ExportNamedDeclaration' &&
            parts(node, 'specifiers').some((each) => wordOf(part(each, 'exported')) === 'default'));
        if (!isDefault) return [];
        const message = 'no default exports: export it by its name';
        return [{ path: file.path, line: lineAt(file.text, node.start), rule: 'default-exports', message }];
      }),
    );
}
