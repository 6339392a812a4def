import { posix } from 'node:path';
import { type Finding, lineAt, type SourceFile } from './source.ts';

function documentsAmong(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path }) => path.endsWith('.md')).map((file) => ({ ...file, text: withoutCode(file.text) }));
}

/** A document is about one thing, and says so on its first line. */
export function documentTitles(files: readonly SourceFile[]): Finding[] {
  return documentsAmong(files).flatMap(({ path, text }) => {
    const titles = [...text.matchAll(/^# .*$/gm)];
    const [title, second] = titles;
    if (title?.index === 0 && !second) return [];
    const found = (line: number, message: string) => [{ path, line, rule: 'document-titles', message }];
    if (title?.index !== 0) return found(1, 'the first line is the title: “# What this is about”');
    return found(lineAt(text, second?.index ?? 0), 'a second title: make it a section (##) or a document of its own');
  });
}

/** A relative link leads to a file or folder of the repository. */
export function documentLinks(files: readonly SourceFile[]): Finding[] {
  const paths = new Set(files.flatMap(({ path }) => [path, ...foldersAbove(path)]));
  return documentsAmong(files).flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(\s*<?([^)\s>]+)[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm)].flatMap((match) => {
      const target = match[1] ?? match[2] ?? '';
      if (/^(?:[a-z][a-z0-9+.-]*:|#|\/\/)/i.test(target)) return [];
      const [file = ''] = target.split('#');
      const resolved = posix.join(posix.dirname(path), decodeURIComponent(file)).replace(/\/$/, '');
      if (paths.has(resolved)) return [];
      const message = `links to ${resolved}, which does not exist: correct the link or write the file`;
      return [{ path, line: lineAt(text, match.index), rule: 'document-links', message }];
    }),
  );
}

function foldersAbove(path: string): string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? ['.'] : [folder, ...foldersAbove(folder)];
}

/** Samples of code may hold anything; offsets stay the same. */
function withoutCode(text: string): string {
  return text.replace(/^(```+|~~~+)[\s\S]*?^\1|`[^`\n]*`/gm, (code) => code.replace(/[^\n]/g, ' '));
}
