import { readConfig } from '../../src/config.ts';
import { migrateDatabase } from '../../src/platform/prepare-database.ts';
import { withDatabase } from '../../src/roles/borrow-gateway.ts';

/** `tollgate migrate`: runs what is pending, forward only, and sets the running role's rights. */
export async function runMigrate({ json = false }: { readonly json?: boolean }): Promise<void> {
  const config = readConfig();
  const result = await withDatabase(config, migrateDatabase);
  if (json) return console.log(JSON.stringify(result));
  const done = result.applied.length === 0 ? 'No migration is pending' : `Applied ${result.applied.join(', ')}`;
  console.log(`${done}; the schema is at ${result.version}.`);
  if (result.grantedTo !== null) console.log(`The rights of ${result.grantedTo} were set.`);
}
