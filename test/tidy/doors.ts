import { posix } from 'node:path';
import { type Finding, isCode, isTest, type SourceFile } from './source.ts';
import { importsOf } from './syntax.ts';

interface Door {
  readonly modules: readonly string[];
  /** Path prefixes below src that may open it. */
  readonly openTo: readonly string[];
  readonly instead: string;
}

/** Programs that play the other side of a wire: they listen, call and wait by themselves. */
export const SECOND_PARTIES: readonly string[] = [
  'src/providers/sandbox/',
  ...['bluesnap', 'partner', 'scantopay', 'stripe'].map((provider) => `src/providers/${provider}/simulator/`),
];

/** Modules that reach out of the process, and who may import them. */
const DOORS: readonly Door[] = [
  {
    modules: ['undici', 'node:dns', 'node:dns/promises'],
    openTo: ['src/platform/', ...SECOND_PARTIES],
    instead: 'go out through platform/outbound-http.ts, which guards addresses',
  },
  {
    modules: ['node:http', 'node:https', 'node:http2', 'node:net', 'node:tls'],
    openTo: ['src/platform/', 'src/roles/', ...SECOND_PARTIES],
    instead: 'go out through platform/outbound-http.ts, come in through platform/http',
  },
  {
    modules: ['pg', 'pg-copy-streams'],
    openTo: ['src/platform/'],
    instead: "use the slice's store.ts on platform/database.ts",
  },
  { modules: ['node:child_process'], openTo: ['src/platform/'], instead: 'only platform starts processes' },
];

/** Sockets, DNS, processes and the database driver are opened in platform only. */
export function doors(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => path.startsWith('src/') && isCode(path) && !isTest(path))
    .flatMap((file) =>
      importsOf(file).flatMap(({ specifier, line, typeOnly }) => {
        const door = DOORS.find(({ modules }) => modules.includes(specifier));
        if (!door || typeOnly || door.openTo.some((prefix) => file.path.startsWith(prefix))) return [];
        return [{ path: file.path, line, rule: 'doors', message: `imports ${specifier}: ${door.instead}` }];
      }),
    );
}

/** What pages reach by value imports runs in a browser, where `node:` does not exist. */
export function browserSafety(files: readonly SourceFile[]): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const queue = files.filter(({ path }) => path.startsWith('web/') && isPageCode(path));
  const seen = new Set(queue);
  const findings: Finding[] = [];
  for (const file of queue) {
    for (const { specifier, line, typeOnly } of importsOf(file)) {
      if (typeOnly) continue;
      if (specifier.startsWith('node:')) {
        const message = `imports ${specifier}, and a page runs this: split the part that needs it off`;
        findings.push({ path: file.path, line, rule: 'browser-safety', message });
      }
      if (!specifier.startsWith('.')) continue;
      const target = byPath.get(posix.join(posix.dirname(file.path), specifier));
      if (!target || !isCode(target.path) || seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return findings;
}

function isPageCode(path: string): boolean {
  return isCode(path) && !isTest(path) && !path.endsWith('.config.ts');
}
