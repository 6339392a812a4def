import { execFile } from 'node:child_process';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SourceFile } from './source.ts';

const run = promisify(execFile);

/** Every text file git tracks or would track, so that a rule looks at a new file before it is added. */
export async function readRepository(root: string): Promise<SourceFile[]> {
  const { stdout } = await run(
    'git',
    // In a build container the checkout often belongs to somebody else, which git refuses to read by default.
    ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, maxBuffer: 16 * 1024 * 1024 },
  );
  const paths = [...new Set(stdout.split('\0'))].filter(Boolean).sort();
  const files = await Promise.all(paths.map((path) => readText(root, path)));
  return files.filter((file) => file !== null);
}

/** null for what is deleted but still tracked, for links and folders, and for bytes that are no text. */
async function readText(root: string, path: string): Promise<SourceFile | null> {
  const found = await lstat(join(root, path)).catch(() => null);
  if (!found?.isFile()) return null;
  const bytes = await readFile(join(root, path));
  return bytes.includes(0) ? null : { path, text: bytes.toString('utf8') };
}
