import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRepository } from './repository.ts';

const run = promisify(execFile);
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tollgate-tidy-'));
  await run('git', ['init', '--quiet'], { cwd: root });
  await mkdir(join(root, 'ignored'));
  await writeFile(join(root, '.gitignore'), 'ignored/\n');
  await writeFile(join(root, 'tracked.ts'), 'a');
  await writeFile(join(root, 'deleted.ts'), 'b');
  await run('git', ['add', '.'], { cwd: root });
  await rm(join(root, 'deleted.ts'));
  await writeFile(join(root, 'new.ts'), 'c');
  await writeFile(join(root, 'picture.png'), Buffer.from([0x89, 0, 1]));
  await writeFile(join(root, 'ignored', 'output.ts'), 'd');
});

afterAll(() => rm(root, { recursive: true, force: true }));

it('the repository is what is tracked or about to be, as text', async () => {
  const files = await readRepository(root);
  expect(files.filter(({ path }) => path.endsWith('.ts'))).toEqual([
    { path: 'new.ts', text: 'c' },
    { path: 'tracked.ts', text: 'a' },
  ]);
  expect(files.map(({ path }) => path)).toEqual(['.gitignore', 'new.ts', 'tracked.ts']);
});

it('outside of a repository reading fails instead of finding nothing', async () => {
  await expect(readRepository(tmpdir())).rejects.toThrow('git');
});
