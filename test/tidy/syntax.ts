// The parser of Vite, reached through the package we list: TypeScript 7 has no stable interface of its own.
import { parseAst } from 'vitest/node';
import { lineAt, type SourceFile } from './source.ts';

/** A node of the ESTree that rules look at; its further members are read with `part` and `parts`. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
}

const parsed = new WeakMap<SourceFile, SyntaxNode>();

/** The tree of a source file. @throws Error naming the file where it cannot be read, so that no rule skips it */
export function syntaxOf(file: SourceFile): SyntaxNode {
  const known = parsed.get(file);
  if (known) return known;
  try {
    const lang = file.path.endsWith('.tsx') ? 'tsx' : file.path.endsWith('.ts') ? 'ts' : 'js';
    const program = parseAst(file.text, { lang }, file.path);
    parsed.set(file, program);
    return program;
  } catch (cause) {
    throw new Error(`${file.path} cannot be parsed`, { cause });
  }
}

/** Calls `visit` for a node and everything below it, parents first. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit);
    }
  }
}

export function part(node: SyntaxNode | null, name: string): SyntaxNode | null {
  const value = node && Reflect.get(node, name);
  return isNode(value) ? value : null;
}

export function parts(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  const value: unknown = Reflect.get(node, name);
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text of an identifier, a private name or a string; null for anything else. */
export function wordOf(node: SyntaxNode | null): string | null {
  if (node === null) return null;
  const value: unknown = node.type === 'Literal' ? Reflect.get(node, 'value') : Reflect.get(node, 'name');
  return typeof value === 'string' ? value : null;
}

/** `Date.now` and `Date['now']` → `Date.now`; null where it is not two plain words. */
export function dottedNameOf(node: SyntaxNode | null): string | null {
  if (node?.type !== 'MemberExpression') return null;
  const property = part(node, 'property');
  if (Reflect.get(node, 'computed') && property?.type !== 'Literal') return null;
  const [object, member] = [wordOf(part(node, 'object')), wordOf(property)];
  return object && member ? `${object}.${member}` : null;
}

/** Everything a file takes from other modules: imports, re-exports, `import()` and the `import('…')` of types. */
export function importsOf(file: SourceFile): Import[] {
  const imports: Import[] = [];
  walk(syntaxOf(file), (node) => {
    const specifier = importedBy(node);
    if (specifier === null) return;
    imports.push({ specifier, line: lineAt(file.text, node.start), typeOnly: isTypeOnly(node) });
  });
  return imports;
}

function importedBy(node: SyntaxNode): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return wordOf(part(node, 'source'));
    default:
      return null;
  }
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === 'TSImportType') return true;
  if (Reflect.get(node, 'importKind') === 'type' || Reflect.get(node, 'exportKind') === 'type') return true;
  const specifiers = parts(node, 'specifiers');
  return specifiers.length > 0 && specifiers.every((each) => Reflect.get(each, 'importKind') === 'type');
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
