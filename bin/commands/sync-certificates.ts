import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createCertificateSync } from '../../src/certificates/sync-certificates.ts';
import { readConfig } from '../../src/config.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { pause } from '../../src/platform/deadline.ts';
import { createLogger } from '../../src/platform/log.ts';
import { withGateway } from '../../src/roles/borrow-gateway.ts';

interface Options {
  readonly storage: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Sooner than a second visitor at another proxy comes. With many certificates a tenth of the time is spent looking. */
const PAUSE_MS = 2_000;
const PAUSE_TIMES = 9;

/** `tollgate certificates sync`: beside each proxy, for as long as it runs. */
export async function runSyncCertificates({ storage, once = false, json = false }: Options): Promise<void> {
  const root = resolve(storage);
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Problem('validation_failed', `--storage must be a folder that exists: ${root}`);
  const config = readConfig();
  const log = createLogger({ level: config.logLevel, stream: process.stderr });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  await withGateway(config, async ({ payments: { database, sealer, clock } }) => {
    const sync = createCertificateSync({ db: database.query, sealer, clock, log }, root);
    if (once) {
      const result = await sync();
      return console.log(json ? JSON.stringify(result) : `Shared ${result.exported}, took ${result.imported}.`);
    }
    log.info({ storage: root }, 'Keeping certificates the same');
    while (!stopping.signal.aborted) {
      const begun = performance.now();
      try {
        const { exported, imported } = await sync();
        if (exported + imported > 0) log.info({ exported, imported }, 'Certificates were shared');
      } catch (error) {
        log.error({ error }, 'Certificates could not be shared; tried again');
      }
      await pause(Math.max(PAUSE_MS, PAUSE_TIMES * (performance.now() - begun)), stopping.signal);
    }
  });
}
