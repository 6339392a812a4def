import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { askServer, type ServerAddress } from './ask-server.ts';
import { isRunning, readPostmasterRecord } from './postmaster-process.ts';
import { LocalPostgresRefused } from './refusal.ts';
import { exitOf } from './run-server.ts';
import { ourUid, type ServerHome } from './server-home.ts';

interface StoppableServer {
  readonly address: ServerAddress;
  readonly pid: number;
  readonly child: ChildProcess | null;
}

/** SIGINT ends sessions and writes a checkpoint; SIGQUIT leaves both to the recovery of the next start. */
const SIGNALS = ['SIGINT', 'SIGQUIT'] as const;
const PATIENCE_MS = 10_000;
const POLL_MS = 10;

/** Ends a server and waits until its process is gone. @throws LocalPostgresRefused where it survives even SIGQUIT */
export async function stopServer(home: ServerHome, server: StoppableServer): Promise<void> {
  const uid = home.runAs?.uid ?? ourUid();
  const runs = async () => (server.child === null ? isRunning(server.pid, uid) : exitOf(server.child) === null);
  if (server.child === null && !(await isStillTheServer(home, server))) return;
  for (const signal of SIGNALS) {
    send(server, signal);
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      if (!(await runs())) return;
      await pause(POLL_MS);
    }
  }
  throw new LocalPostgresRefused(`PostgreSQL (process ${server.pid}) does not stop. Its log is ${home.logFile}.`);
}

/** An adopted server may have died since, and its number been given to another process: only one that answers is it. */
async function isStillTheServer(home: ServerHome, server: StoppableServer): Promise<boolean> {
  const record = await readPostmasterRecord(home.cluster);
  if (record?.pid !== server.pid || !(await isRunning(server.pid, home.runAs?.uid ?? ourUid()))) return false;
  return (await askServer(server.address)).kind !== 'silent';
}

function send(server: StoppableServer, signal: (typeof SIGNALS)[number]): void {
  if (server.child === null) process.kill(server.pid, signal);
  else server.child.kill(signal);
}
