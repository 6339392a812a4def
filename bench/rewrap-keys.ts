/**
 * How long it takes to wrap all tenants' data keys by another master key, in a database of its own.
 * Usage: npm run bench rewrap-keys
 */
import { randomBytes } from 'node:crypto';
import { wrapContext } from '../src/keys/data-keys.ts';
import { localMasterKey, newMasterKeyText } from '../src/keys/master-key.ts';
import { masterKeysFrom } from '../src/keys/master-keys.ts';
import { rewrapDataKeys } from '../src/keys/rewrap-data-keys.ts';
import { KEYED_PLANS, openDatabase } from '../src/platform/database.ts';
import { openBenchServer } from './database-server.ts';

const TENANTS = 100_000;
const INSERTED_AT_ONCE = 5_000;

const server = await openBenchServer(undefined);
const { url, pool } = await server.createDatabase('rewrap');
const [old, next] = [localMasterKey(newMasterKeyText()), localMasterKey(newMasterKeyText())];
try {
  for (let from = 0; from < TENANTS; from += INSERTED_AT_ONCE) {
    const names = Array.from({ length: INSERTED_AT_ONCE }, (_, n) => `ten_${from + n}`);
    const wrapped = await Promise.all(names.map((name) => old.wrap(randomBytes(32), wrapContext(name, 1))));
    await pool.query(
      `insert into data_keys (tenant_id, version, master_key_id, wrapped, state, created_at)
       select r.name, 1, $1, r.wrapped, 'primary', '2026-01-01' from unnest($2::text[], $3::bytea[]) r (name, wrapped)`,
      [old.id, names, wrapped],
    );
  }
  const database = openDatabase({ url, connectionsMax: 2, applicationName: 'bench', settings: KEYED_PLANS });
  const begun = performance.now();
  const done = await rewrapDataKeys({ db: database.query, masterKeys: masterKeysFrom(next, [old]) }, 600_000);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(`${done.changed} data keys wrapped anew in ${seconds} s; ${done.remaining} remain`);
  await database.close();
} finally {
  await server.close();
}
