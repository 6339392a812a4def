import { readConfig } from '../../src/config.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { withDatabase } from '../../src/roles/borrow-gateway.ts';

/** `tollgate migrate`: runs what is pending, forward only. */
export async function runMigrate({ json = false }: { readonly json?: boolean }): Promise<void> {
  const config = readConfig();
  const result = await withDatabase(config, (url) => migrate(config.databaseMigrateUrl ?? url));
  if (json) return console.log(JSON.stringify(result));
  const done = result.applied.length === 0 ? 'Nothing to do' : `Applied ${result.applied.join(', ')}`;
  console.log(`${done}; the schema is at ${result.version}.`);
}
