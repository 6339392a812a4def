import { posix } from 'node:path';
import { isStore, placeOf } from './layers.ts';
import { SLICES } from './slices.ts';
import { type Finding, isCode, isTest, lineAt, type SourceFile } from './source.ts';
import { part, parts, type SyntaxNode, syntaxOf, wordOf } from './syntax.ts';

/** Files of a slice that are not verbs. */
const FIXED_NAMES = ['routes', 'rows', 'jobs', 'events'];

/** What others call says what it does, in which units, and what it throws. */
export function docstrings(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => isCode(path) && !isTest(path) && needsDocstrings(path))
    .flatMap((file) => {
      const documented = new Set<string>();
      return parts(syntaxOf(file), 'body').flatMap((node) => {
        const name = exportedFunctionOf(node);
        if (name === null || documented.has(name)) return [];
        // The first of several overloads speaks for all.
        documented.add(name);
        if (/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.test(file.text.slice(0, node.start))) return [];
        const message = `${name} has no docstring: one line of what, then phases, units, @throws, the source of a rule`;
        return [{ path: file.path, line: lineAt(file.text, node.start), rule: 'docstrings', message }];
      });
    });
}

function needsDocstrings(path: string): boolean {
  const { layer, name } = placeOf(path);
  if (layer === 'kernel' || layer === 'contract') return true;
  const fileName = posix.basename(path, '.ts');
  return (
    layer === 'slice' && !FIXED_NAMES.includes(fileName) && !isStore(path) && !SLICES[name]?.nouns.includes(fileName)
  );
}

function exportedFunctionOf(node: SyntaxNode): string | null {
  if (node.type !== 'ExportNamedDeclaration') return null;
  const declaration = part(node, 'declaration');
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'TSDeclareFunction') {
    return wordOf(part(declaration, 'id'));
  }
  if (declaration?.type !== 'VariableDeclaration') return null;
  for (const declarator of parts(declaration, 'declarations')) {
    const kind = part(declarator, 'init')?.type;
    if (kind === 'ArrowFunctionExpression' || kind === 'FunctionExpression') return wordOf(part(declarator, 'id'));
  }
  return null;
}
