import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { askServer, type ServerAddress } from './ask-server.ts';
import { type BinarySource, findBinaries } from './find-binaries.ts';
import { clusterMajor, makeCluster } from './make-cluster.ts';
import { isRunning, readPostmasterRecord, wasStartedFromPackage } from './postmaster-process.ts';
import { LocalPostgresRefused } from './refusal.ts';
import { startServer, stillBusy } from './run-server.ts';
import { ourUid, type ServerHome } from './server-home.ts';
import { isPrivate, openSocketFolder } from './socket-folder.ts';

/** What a search for a server may use. */
export interface ReachOptions {
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** The PATH variable's value, for finding the system's PostgreSQL beyond the usual places. */
  readonly searchPath?: string;
  /** Which programs may be used, `embedded` always first; both unless given. */
  readonly sources?: readonly BinarySource[];
  /** For data that are removed at the end anyway: faster, and lost where the server or the machine dies. */
  readonly throwaway?: boolean;
}

/** A server that answers. */
export interface ReachedServer {
  readonly address: ServerAddress;
  readonly version: string;
  readonly source: BinarySource;
  readonly pid: number;
  /** Null for an adopted server, which is nobody's child. */
  readonly child: ChildProcess | null;
}

/** Names the socket file; nothing listens on a port. */
const PORT = 5432;
/** Recovery after a crash replays what was written since the last checkpoint, at most 1 GB. */
const START_LIMIT_MS = 60_000;
const RETRY_MS = 100;

/**
 * Adopts the server that runs on the data already, else makes the data where there is none and starts one. What holds
 * the data without answering is waited for, up to 60 s together. The caller holds the supervisor lock.
 * @throws LocalPostgresRefused with a sentence for the operator
 */
export async function reachServer(home: ServerHome, options: ReachOptions): Promise<ReachedServer> {
  const until = performance.now() + START_LIMIT_MS;
  for (let tries = 1; ; tries++) {
    const living = await adoptServer(home, until);
    if (living !== null) return living;
    const started = await startOnce(home, options, until);
    if (!('occupied' in started)) return started;
    if (tries === 1)
      options.log.warn({ reason: started.occupied }, 'The data is still held by a server; waiting for it');
    if (performance.now() > until) {
      throw new LocalPostgresRefused(
        `Another server holds ${home.cluster} and does not answer. PostgreSQL's log says:\n${started.occupied}`,
      );
    }
    await pause(RETRY_MS);
  }
}

async function startOnce(
  home: ServerHome,
  options: ReachOptions,
  until: number,
): Promise<ReachedServer | { readonly occupied: string }> {
  const { sources = ['embedded', 'system'], searchPath = '', throwaway = false, log } = options;
  const major = await clusterMajor(home);
  const binaries = await findBinaries({ home, major, sources, searchPath, log });
  if (major === null) await makeCluster(home, binaries, log);
  const address = { socketDir: await openSocketFolder(home), port: PORT };
  const started = await startServer(home, binaries, { address, throwaway, until });
  if ('occupied' in started) return started;
  const { child, version } = started;
  return { address, version, source: binaries.source, pid: child.pid ?? 0, child };
}

/**
 * The server that runs on this data already; null where none answers. Its own record says where its socket is, so one
 * that was started under another temporary folder is found too.
 */
async function adoptServer(home: ServerHome, until: number): Promise<ReachedServer | null> {
  for (;;) {
    const record = await readPostmasterRecord(home.cluster);
    if (record === null || record.socketDir === '') return null;
    const address = { socketDir: record.socketDir, port: record.port };
    const answer = await askServer(address);
    if (answer.kind === 'silent') return null;
    if (answer.kind === 'busy') {
      if (performance.now() > until) throw stillBusy(answer.reason, home.logFile);
      await pause(RETRY_MS);
      continue;
    }
    const uid = home.runAs?.uid ?? ourUid();
    const runs = await isRunning(record.pid, uid);
    // A stale record may lead to a server on other data.
    if (answer.kind === 'ready' ? answer.dataDirectory !== home.cluster : !runs) return null;
    if (answer.kind === 'refused' || !runs || !(await isPrivate(record.socketDir, uid))) {
      throw new LocalPostgresRefused(
        `A PostgreSQL server that Tollgate did not start (process ${record.pid}) uses ${home.cluster}. Stop it first.`,
      );
    }
    const source = (await wasStartedFromPackage(home.cluster)) ? 'embedded' : 'system';
    return { address, version: answer.version, source, pid: record.pid, child: null };
  }
}
