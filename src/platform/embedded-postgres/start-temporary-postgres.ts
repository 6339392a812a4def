import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../log.ts';
import { startLocalPostgres } from './start-local-postgres.ts';

/** A server whose data go with it; for tests, benchmarks and generators. */
export interface TemporaryPostgres {
  readonly url: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a server in a folder of its own. `durable` has it write as an installation's does, for whoever measures that.
 * @throws LocalPostgresRefused
 */
export async function startTemporaryPostgres(
  purpose: string,
  options: { readonly durable?: boolean } = {},
): Promise<TemporaryPostgres> {
  const folder = await mkdtemp(join(tmpdir(), `tollgate-${purpose}-`));
  // Open to the server's own user: as root the data would otherwise go to a place that nobody removes.
  await chmod(folder, 0o755);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const postgres = await startLocalPostgres({
      dataDir: folder,
      log: createLogger({ level: 'error' }),
      throwaway: options.durable !== true,
    });
    return {
      url: postgres.url,
      async stop() {
        await postgres.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
