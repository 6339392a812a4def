import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { isRunning } from './postmaster-process.ts';
import type { ReachedServer } from './reach-server.ts';
import { exitOf } from './run-server.ts';
import { ourUid, type ServerHome } from './server-home.ts';
import { stopServer } from './stop-server.ts';

interface Supervision {
  readonly home: ServerHome;
  readonly server: ReachedServer;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Starts the server anew. */
  readonly reach: () => Promise<ReachedServer>;
}

const REVIVE_AFTER_MS = 100;
const REVIVE_AFTER_MS_MAX = 30_000;
/** Of an adopted server no event tells us. */
const LOOK_EVERY_MS = 1_000;

/**
 * Starts the server again whenever it ends by itself, as after the kernel's out-of-memory killer, until the returned
 * function stops it for good. A server that does not come back is tried again at growing intervals.
 */
export function superviseServer({ home, server, log, reach }: Supervision): () => Promise<void> {
  const stopping = new AbortController();
  let current = server;
  let reviving: Promise<void> = Promise.resolve();

  async function watch(): Promise<void> {
    if (!(await hasEnded(current, home, stopping.signal)) || stopping.signal.aborted) return;
    log.warn({ pid: current.pid, logFile: home.logFile }, 'The local PostgreSQL ended by itself');
    reviving = revive();
    await reviving;
  }

  async function revive(): Promise<void> {
    for (let wait = REVIVE_AFTER_MS; await pauseUnless(stopping.signal, wait); wait = nextWait(wait)) {
      try {
        current = await reach();
        log.info({ pid: current.pid }, 'The local PostgreSQL runs again');
        void watch();
        return;
      } catch (error) {
        log.warn({ reason: String(error) }, 'The local PostgreSQL cannot be started again yet');
      }
    }
  }

  void watch();
  return async () => {
    stopping.abort();
    await reviving;
    await stopServer(home, current);
  };
}

/**
 * Resolves when the server's process ends (true) or at the latest when we stop. Nothing here keeps our process alive:
 * whoever forgets to stop the server still ends, and the next start adopts it.
 */
async function hasEnded({ child, pid }: ReachedServer, home: ServerHome, stopping: AbortSignal): Promise<boolean> {
  if (child !== null) {
    if (exitOf(child) === null) await once(child, 'exit', { signal: stopping }).catch(() => {});
    return exitOf(child) !== null;
  }
  const uid = home.runAs?.uid ?? ourUid();
  while (await pauseUnless(stopping, LOOK_EVERY_MS)) {
    // Where it cannot be known, as in a process table that is hidden, it counts as running.
    if (!(await isRunning(pid, uid).catch(() => true))) return true;
  }
  return false;
}

function nextWait(wait: number): number {
  return Math.min(wait * 4, REVIVE_AFTER_MS_MAX);
}

/** False: we are stopping. */
async function pauseUnless(stopping: AbortSignal, ms: number): Promise<boolean> {
  await pause(ms, undefined, { ref: false, signal: stopping }).catch(() => {});
  return !stopping.aborted;
}
