/** A file of the repository as a rule sees it: path from the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One broken rule at one place; the message says what to do instead. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Looks at the whole repository, because some rules are about two files. */
export type Rule = (files: readonly SourceFile[]) => Finding[];

/** The line an offset falls on, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** `file:line`, the rule and the way out, one finding a line, as a terminal makes them clickable. */
export function describeFindings(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line, rule, message }) => `${path}:${line} [${rule}] ${message}`);
}

export function isCode(path: string): boolean {
  return /\.(?:ts|tsx|js|mjs)$/.test(path) && !/\.(?:generated|d)\.ts$/.test(path);
}

/** Tests, and the `*-fixture.ts` that only they use, may look into everything, so most rules pass them by. */
export function isTest(path: string): boolean {
  return (
    /(?:\.test|-fixture)\.tsx?$/.test(path) ||
    /(?:^|\/)test\//.test(path) ||
    path.startsWith('src/providers/conformance/')
  );
}
