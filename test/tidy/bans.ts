import { SECOND_PARTIES } from './doors.ts';
import { type Finding, isCode, isTest, lineAt, type SourceFile } from './source.ts';
import { dottedNameOf, part, parts, type SyntaxNode, syntaxOf, walk, wordOf } from './syntax.ts';

interface Ban {
  readonly what: string;
  readonly matches: (node: SyntaxNode) => boolean;
  /** Path prefixes the ban covers, and those within them that are excused. */
  readonly covers: readonly string[];
  readonly excuses: readonly string[];
  readonly instead: string;
}

const SQL_CLOCK =
  /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)|\bcurrent_timestamp\b/i;

const BANS: readonly Ban[] = [
  {
    what: 'Date.now()',
    matches: (node) => dottedNameOf(node) === 'Date.now',
    covers: ['src/'],
    excuses: ['src/kernel/clock.ts'],
    instead: 'take a Clock (kernel/clock.ts); for durations performance.now()',
  },
  {
    what: 'new Date() or Date()',
    matches: (node) => isCallOf(node, 'Date') && parts(node, 'arguments').length === 0,
    covers: ['src/'],
    excuses: [],
    instead: 'take a Clock (kernel/clock.ts)',
  },
  {
    what: 'Temporal.Now',
    matches: (node) => dottedNameOf(node) === 'Temporal.Now',
    covers: ['src/'],
    excuses: [],
    instead: 'take a Clock (kernel/clock.ts)',
  },
  {
    what: 'the clock of SQL',
    matches: (node) => SQL_CLOCK.test(textOf(node)),
    covers: ['src/'],
    excuses: ['src/platform/'],
    instead: 'pass the instant as a parameter; leases are taken through platform, on the time of the database',
  },
  {
    what: 'Math.random()',
    matches: (node) => dottedNameOf(node) === 'Math.random',
    covers: ['src/', 'sdk/src/', 'web/'],
    excuses: [],
    instead: 'use randomInt or randomBytes of node:crypto, or crypto.getRandomValues in a page',
  },
  {
    what: 'a timer',
    matches: (node) =>
      isCallOf(node, 'setTimeout') ||
      isCallOf(node, 'setInterval') ||
      (node.type === 'ImportDeclaration' && /^node:timers/.test(wordOf(part(node, 'source')) ?? '')),
    covers: ['src/'],
    excuses: ['src/platform/', ...SECOND_PARTIES],
    instead: 'write the due time into the database, or use a deadline of platform: a timer dies with its process',
  },
  {
    what: 'console',
    matches: (node) => dottedNameOf(node)?.startsWith('console.') ?? false,
    covers: ['src/'],
    excuses: [],
    instead: 'use the logger (platform/log.ts), which strikes out secrets',
  },
  {
    what: 'process.env',
    matches: (node) => dottedNameOf(node) === 'process.env' || takesEnv(node),
    covers: ['src/', 'web/', 'sdk/src/'],
    excuses: ['src/config.ts'],
    instead: 'add the variable to src/config.ts and take its value as a parameter',
  },
  {
    what: 'fetch()',
    matches: (node) => isCallOf(node, 'fetch'),
    covers: ['src/'],
    excuses: [],
    instead: 'go out through platform/outbound-http.ts, which guards addresses',
  },
  {
    what: 'BigInt.prototype',
    matches: (node) => dottedNameOf(node) === 'BigInt.prototype',
    covers: ['src/', 'bin/', 'web/', 'sdk/src/', 'examples/', 'test/'],
    excuses: [],
    instead: 'convert with amountToJson and amountFromJson (kernel/money.ts): a patched prototype changes every amount',
  },
];

/** Calls that have one proper place, each with what to use instead. */
export function bans(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    if (!isCode(file.path)) continue;
    const applying = BANS.filter((ban) => applies(ban, file.path));
    if (applying.length === 0) continue;
    walk(syntaxOf(file), (node) => {
      for (const ban of applying) {
        if (!ban.matches(node)) continue;
        const message = `${ban.what} is not used here: ${ban.instead}`;
        findings.push({ path: file.path, line: lineAt(file.text, node.start), rule: 'bans', message });
      }
    });
  }
  return findings;
}

function applies(ban: Ban, path: string): boolean {
  if (isTest(path) && !ban.covers.includes('test/')) return false;
  const within = (prefix: string) => path.startsWith(prefix);
  return ban.covers.some(within) && !ban.excuses.some(within);
}

function isCallOf(node: SyntaxNode, name: string): boolean {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
  const callee = part(node, 'callee');
  return wordOf(callee) === name || dottedNameOf(callee) === `globalThis.${name}`;
}

/** `const { env } = process` and `import { env } from 'node:process'`. */
function takesEnv(node: SyntaxNode): boolean {
  if (node.type === 'VariableDeclarator' && wordOf(part(node, 'init')) === 'process') {
    return parts(part(node, 'id') ?? node, 'properties').some((each) => wordOf(part(each, 'key')) === 'env');
  }
  if (node.type !== 'ImportDeclaration' || wordOf(part(node, 'source')) !== 'node:process') return false;
  return parts(node, 'specifiers').some((each) => wordOf(part(each, 'imported')) === 'env');
}

/** The text of a string or of one stretch of a template. */
function textOf(node: SyntaxNode): string {
  if (node.type === 'Literal') return wordOf(node) ?? '';
  if (node.type !== 'TemplateElement') return '';
  const value: unknown = Reflect.get(node, 'value');
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
}
