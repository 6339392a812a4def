import { createDatabaseIfMissing, createRoleIfMissing, socketUrl } from './ask-server.ts';
import type { BinarySource } from './find-binaries.ts';
import { RUNTIME_ROLE, SUPERUSER } from './make-cluster.ts';
import { type ReachOptions, reachServer } from './reach-server.ts';
import { openServerHome } from './server-home.ts';
import { stopServer } from './stop-server.ts';
import { superviseServer } from './supervise-server.ts';
import { takeSupervisorLock } from './supervisor-lock.ts';

interface LocalPostgresOptions extends ReachOptions {
  /** Holds the cluster, the log and the lock. As root and where `nobody` may not go: /var/lib/tollgate/<hash> instead. */
  readonly dataDir: string;
}

/** A PostgreSQL server of our own on this machine, reachable through its Unix socket only. */
export interface LocalPostgres {
  readonly socketDir: string;
  readonly port: number;
  readonly user: string;
  readonly database: 'tollgate';
  /** As the superuser, who owns the database. */
  readonly url: string;
  /** As the plain role that the gateway runs as. What it may do is granted by migrating. */
  readonly runtimeUrl: string;
  /** Such as `18.4`. */
  readonly version: string;
  readonly source: BinarySource;
  /** The server was running already, left by a Tollgate that ended without stopping it. */
  readonly adopted: boolean;
  /** Ends the server, also an adopted one, and gives up the data. Data stays. Safe to call twice. */
  stop(): Promise<void>;
}

const DATABASE = 'tollgate';

/**
 * Starts or adopts the server on a data directory, and starts it again at the same URL where it dies. Phases: folder and
 * account; lock; adopt what still runs, else make the cluster where there is none and start a server; database and
 * role. Killed at any point, the next call carries on.
 * @throws LocalPostgresRefused with a sentence for the operator; nothing of ours then runs, except a server in recovery
 */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const { log } = options;
  const home = await openServerHome(options.dataDir);
  const lock = takeSupervisorLock(home.lockFile);
  try {
    const server = await reachServer(home, options);
    try {
      await createDatabaseIfMissing(server.address, DATABASE);
      await createRoleIfMissing(server.address, RUNTIME_ROLE);
    } catch (error) {
      await stopServer(home, server);
      throw error;
    }
    const stop = superviseServer({ home, server, log, reach: () => reachServer(home, options) });
    const { address, version, source, pid } = server;
    const adopted = server.child === null;
    log.info({ pid, version, source, adopted, folder: home.folder }, 'The local PostgreSQL is ready');
    let stopped: Promise<void> | undefined;
    return {
      ...address,
      user: SUPERUSER,
      database: DATABASE,
      url: socketUrl(address, DATABASE),
      runtimeUrl: socketUrl(address, DATABASE, RUNTIME_ROLE),
      version,
      source,
      adopted,
      stop() {
        stopped ??= stop().finally(lock.release);
        return stopped;
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
