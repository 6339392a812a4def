import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeSupervisorLock } from './supervisor-lock.ts';

const MODULE = JSON.stringify(new URL('./supervisor-lock.ts', import.meta.url).href);

let folder: string;
let file: string;
let others: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tg-'));
  file = join(folder, 'supervisor.lock');
  others = [];
});

afterEach(async () => {
  for (const other of others) other.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Takes the lock in a process of its own, which collects its garbage, says `held` or why not, and waits. */
async function takeElsewhere(): Promise<{ readonly process: ChildProcess; readonly said: string }> {
  const script = `
    const { takeSupervisorLock } = await import(${MODULE});
    let said = 'held';
    try { takeSupervisorLock(process.argv[1]); } catch (error) { said = error.message; }
    setTimeout(() => { globalThis.gc(); console.log(said); }, 20);
    setInterval(() => {}, 60_000);`;
  const other = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  others.push(other);
  const [said] = await once(other.stdout, 'data');
  return { process: other, said: String(said).trim() };
}

test('the lock of a process that was killed is free at once', async () => {
  const { process: holder, said } = await takeElsewhere();
  expect(said).toBe('held');
  expect(() => takeSupervisorLock(file)).toThrow(`process ${holder.pid}`);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  takeSupervisorLock(file).release();
});

test('a refused second try within the process does not give up the first lock', async () => {
  const lock = takeSupervisorLock(file);
  expect(() => takeSupervisorLock(file)).toThrow(`process ${process.pid}`);
  expect((await takeElsewhere()).said).toContain(`process ${process.pid}`);
  lock.release();
  lock.release();
  expect((await takeElsewhere()).said).toBe('held');
});

test('nobody else may read the file, since who reads it could lock it', async () => {
  takeSupervisorLock(file).release();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
