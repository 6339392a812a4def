import { type AccessTokens, createAccessTokens } from '../access/access-token.ts';
import { listSigningKeys, rotateSigningKey } from '../access/rotate-signing-key.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../kernel/clock.ts';
import { checkMasterKeys, loadMasterKeyText } from '../keys/load-master-key.ts';
import { openMasterKeys } from '../keys/master-keys.ts';
import type { KeysContext } from '../keys/rotate-keys.ts';
import { createSealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';

interface KeyOptions {
  readonly config: Config;
  readonly database: Database;
  /** Data keys are read on connections of their own. */
  readonly keyDatabase: Database;
  readonly clock: Clock;
  /** To master keys that lie elsewhere, also in private networks: the operator names them. */
  readonly http: OutboundHttp;
}

/**
 * Loads the master keys, looks whether they are the right ones, and builds what seals and signs with what is under them.
 * @throws MasterKeyRefused where the database was sealed under another key, or one cannot be used
 */
export async function openKeys({
  config,
  database,
  keyDatabase,
  clock,
  http,
}: KeyOptions): Promise<{ readonly keys: KeysContext; readonly tokens: AccessTokens }> {
  const primary = await loadMasterKeyText(config.masterKey, config.dataDir);
  const masterKeys = openMasterKeys(primary, config.masterKeys, http);
  await checkMasterKeys(database.query, masterKeys);
  const sealer = createSealer(keyDatabase.query, masterKeys, clock);
  await sealer.ensureSystemKey(database.query);
  const tokens = await createAccessTokens(database.query, sealer, clock);
  return {
    tokens,
    keys: {
      ...{ database, sealer, clock, masterKeys },
      rotateTokenKeys: () => rotateSigningKey({ database, sealer, clock, tokens }),
      listTokenKeys: () => listSigningKeys(database.query),
    },
  };
}
