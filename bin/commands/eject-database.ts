import { readConfig } from '../../src/config.ts';
import { copyDatabase } from '../../src/platform/copy-database.ts';
import { createLogger } from '../../src/platform/log.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { withDatabase } from '../../src/roles/borrow-gateway.ts';

/** `tollgate db eject --to <url>`: migrates the target and copies every row into it. */
export async function ejectDatabase({
  to,
  json = false,
}: {
  readonly to: string;
  readonly json?: boolean;
}): Promise<void> {
  const config = readConfig();
  const log = createLogger({ level: 'warn', stream: process.stderr });
  const copied = await withDatabase(config, async ({ url, ownerUrl }) => {
    // As the owner, who alone sees everybody that is connected.
    const source = ownerUrl ?? url;
    await migrate(source);
    await migrate(to);
    return copyDatabase({ source, target: to, log });
  });
  if (json) return console.log(JSON.stringify(copied));
  for (const { table, rows } of copied) console.log(`${table.padEnd(28)} ${rows}`);
  console.log(
    '\nEverything was copied. Start with DATABASE_MIGRATE_URL set to the address given here, DATABASE_URL to that of',
  );
  console.log(
    'a role of its own (docs/operating.md, Two roles), and TOLLGATE_MASTER_KEY_FILE to the file master.key in the',
  );
  console.log('data directory: the secrets are sealed under it.');
}
