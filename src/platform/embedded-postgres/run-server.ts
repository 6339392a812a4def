import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { askServer, type ServerAddress } from './ask-server.ts';
import type { Binaries } from './find-binaries.ts';
import { readPostmasterRecord } from './postmaster-process.ts';
import { errorCode, LocalPostgresRefused } from './refusal.ts';
import { programOptions } from './run-program.ts';
import type { ServerHome } from './server-home.ts';

/** Given on the command line, where neither postgresql.conf nor ALTER SYSTEM can take them back. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '200',
  shared_buffers: '128MB',
  idle_in_transaction_session_timeout: '60s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
  // DETAIL lines and statements would carry rows into the log: names, sealed secrets, hashes.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** For data that go with the server: what would only outlive a crash, of it or of the machine, is not waited for. */
const THROWAWAY_SETTINGS: Readonly<Record<string, string>> = {
  ...SETTINGS,
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** A log of this size makes room at the next start; one older log is kept. */
const LOG_BYTES_MAX = 10 * 1024 * 1024;
const POLL_MS = 20;
const TAIL_BYTES_MAX = 4_096;

/** A server that just answered, and the process we are the parent of. */
export interface StartedServer {
  readonly child: ChildProcess;
  readonly version: string;
}

/** `occupied`: another server, or what is left of one, still holds the data; it may be gone in a moment. */
export type StartAttempt = StartedServer | { readonly occupied: string };

interface ServerOptions {
  readonly address: ServerAddress;
  /** Whether its data may be lost where it, or the machine, dies. */
  readonly throwaway: boolean;
  /** An instant of performance.now(). */
  readonly until: number;
}

/**
 * Starts the server in a session of its own, so that a terminal's Ctrl-C reaches us only, and waits until it answers.
 * @throws LocalPostgresRefused with the end of its log where it does not come up
 */
export async function startServer(
  home: ServerHome,
  binaries: Binaries,
  { address, throwaway, until }: ServerOptions,
): Promise<StartAttempt> {
  await rotateLog(home.logFile);
  const log = openSync(home.logFile, 'a', 0o600);
  const { size: logStart } = await stat(home.logFile);
  const child = spawn(join(binaries.folder, 'postgres'), serverArguments(home, address, throwaway), {
    ...programOptions(home.runAs),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const failure = failureOf(child);
  for (;;) {
    const ended = failure();
    if (ended !== null) return explain(ended, await tailOf(home.logFile, logStart));
    const answer = await askServer(address);
    // Another server that came up meanwhile answers on the same socket; ours is about to end then.
    if (answer.kind === 'ready' && (await readPostmasterRecord(home.cluster))?.pid === child.pid) {
      return { child, version: answer.version };
    }
    if (performance.now() > until) {
      if (answer.kind === 'busy') throw stillBusy(answer.reason, home.logFile);
      child.kill('SIGQUIT');
      throw new LocalPostgresRefused(
        `PostgreSQL does not answer on ${address.socketDir}. Its log says:\n${await tailOf(home.logFile, logStart)}`,
      );
    }
    await pause(POLL_MS);
  }
}

/** A server in recovery is left to finish: to stop it would only make the next start begin again. */
export function stillBusy(reason: string, logFile: string): LocalPostgresRefused {
  return new LocalPostgresRefused(
    `PostgreSQL is not ready yet and goes on by itself (${reason}). Start again in a while; its log is ${logFile}.`,
  );
}

/** Whether our own child is gone; null while it runs. */
export function exitOf(child: ChildProcess): string | null {
  if (child.signalCode !== null) return `signal ${child.signalCode}`;
  return child.exitCode === null ? null : `exit code ${child.exitCode}`;
}

function failureOf(child: ChildProcess): () => string | null {
  let notStarted: string | null = null;
  child.on('error', (error) => {
    notStarted = error.message;
  });
  return () => notStarted ?? exitOf(child);
}

function explain(ended: string, tail: string): StartAttempt {
  // The messages of CreateLockFile in miscinit.c and of PGSharedMemoryCreate in sysv_shmem.c; lc_messages is C.
  if (/FATAL: {2}(?:lock file ".*" already exists|pre-existing shared memory block)/.test(tail)) {
    return { occupied: tail };
  }
  throw new LocalPostgresRefused(`PostgreSQL did not start (${ended}). Its log says:\n${tail}`);
}

function serverArguments(home: ServerHome, address: ServerAddress, throwaway: boolean): readonly string[] {
  const durability = throwaway ? THROWAWAY_SETTINGS : SETTINGS;
  const settings = { ...durability, unix_socket_directories: address.socketDir, port: String(address.port) };
  return ['-D', home.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function rotateLog(file: string): Promise<void> {
  try {
    if ((await stat(file)).size > LOG_BYTES_MAX) await rename(file, `${file}.1`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

async function tailOf(file: string, from: number): Promise<string> {
  const log = await open(file, 'r');
  try {
    const { size } = await log.stat();
    const start = Math.max(from, size - TAIL_BYTES_MAX);
    const { buffer, bytesRead } = await log.read(Buffer.alloc(TAIL_BYTES_MAX), 0, TAIL_BYTES_MAX, start);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await log.close();
  }
}
