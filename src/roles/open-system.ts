import type { Config } from '../config.ts';
import type { Clock } from '../kernel/clock.ts';
import { checkMasterKeys, loadMasterKeyText } from '../keys/load-master-key.ts';
import { openMasterKeys } from '../keys/master-keys.ts';
import type { Database } from '../platform/database.ts';
import { schemaIsCurrent } from '../platform/migrate.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import type { SystemContext } from '../system/check-installation.ts';

interface SystemOptions {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly clock: Clock;
  /** To master keys that lie elsewhere. */
  readonly http: OutboundHttp;
}

/** What the state of an installation is read from, by its API and by the command line. */
export function openSystem(config: Config, { database, databaseUrl, clock, http }: SystemOptions): SystemContext {
  const { api, checkout, hooks, admin } = config.urls;
  return {
    database,
    clock,
    settings: {
      urls: { api, checkout, hooks, admin },
      hasMailServer: config.smtp !== null,
      operatorEmail: config.operatorEmail,
      egressLive: config.egressAddresses.live,
    },
    dataDir: config.databaseUrl === null ? config.dataDir : null,
    schemaIsCurrent: () => schemaIsCurrent(databaseUrl),
    async checkKeys() {
      const primary = await loadMasterKeyText(config.masterKey, config.dataDir);
      await checkMasterKeys(database.query, openMasterKeys(primary, config.masterKeys, http));
    },
  };
}
