import { type Finding, isTest, lineAt, type SourceFile } from './source.ts';
import { part, syntaxOf, walk, wordOf } from './syntax.ts';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;

const MEASURED = /^(?:src|bin|web|sdk\/src|examples|bench|scripts)\/.+\.(?:ts|tsx|js|mjs|css|html)$/;
const GENERATED = /\.generated\.[a-z]+$/;

/** A file is read in one sitting. */
export function fileLength(files: readonly SourceFile[]): Finding[] {
  return files.filter(isMeasured).flatMap(({ path, text }) => {
    const lines = lineAt(text.trimEnd(), text.length);
    if (lines <= FILE_LINES_MAX) return [];
    const message = `${lines} lines where ${FILE_LINES_MAX} are the most: move one of its concepts to a file of its own`;
    return [{ path, line: FILE_LINES_MAX + 1, rule: 'file-length', message }];
  });
}

/** A function is seen whole on one screen. Suites of tests are lists, not functions, and are not measured. */
export function functionLength(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    if (!isMeasured(file) || isTest(file.path) || !/\.(?:ts|tsx|js|mjs)$/.test(file.path)) continue;
    walk(syntaxOf(file), (node) => {
      if (!/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
      const line = lineAt(file.text, node.start);
      const lines = lineAt(file.text, node.end) - line + 1;
      if (lines <= FUNCTION_LINES_MAX) return;
      const name = wordOf(part(node, 'id')) ?? 'this function';
      const message = `${name} has ${lines} lines where ${FUNCTION_LINES_MAX} are the most: give its phases names`;
      findings.push({ path: file.path, line, rule: 'function-length', message });
    });
  }
  return findings;
}

function isMeasured({ path }: SourceFile): boolean {
  return MEASURED.test(path) && !GENERATED.test(path);
}
