import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The sandbox provider in a process of its own, as a real provider is somewhere else. */
export interface SandboxProcess {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../src/providers/sandbox/server/main.ts', import.meta.url));

/**
 * Starts it on a free port. Its charges stay in memory: with a file it waits for the disk at each of them, one after the
 * other, and would be what is measured. @throws Error where it ends before it listens
 */
export async function startSandbox(): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [MAIN, '--data-file', ':memory:'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await ended;
  };
  const url = await listeningUrl(child);
  if (url === null) {
    await stop();
    throw new Error('The sandbox ended before it listened');
  }
  return { pid: child.pid ?? 0, url, stop };
}

async function listeningUrl({ stdout }: ChildProcess): Promise<string | null> {
  if (stdout === null) return null;
  for await (const line of createInterface(stdout)) {
    if (line.startsWith('{"ready"')) return (JSON.parse(line) as { readonly url: string }).url;
  }
  return null;
}
