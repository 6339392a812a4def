import pg from 'pg';
import type { Logger } from './log.ts';
import { MigrationRefused, type MigrationResult, mayMigrate, migrate, schemaIsCurrent } from './migrate.ts';
import { compareRights } from './runtime-role/compare-rights.ts';
import { refusalOf } from './runtime-role/refusal.ts';

/** How a database is reached. The addresses may hold passwords and are never shown. */
export interface DatabaseAddresses {
  /** As the gateway runs. */
  readonly url: string;
  /** As the owner of the tables; null where the operator gave no other address than `url`. */
  readonly ownerUrl: string | null;
}

/** As whom the gateway runs: a role that only runs it, or the owner of its tables. */
export type RunsAs = 'runtime' | 'owner';

/**
 * Migrates with the owner's address and gives the running role its rights; with one address only, migrates as that.
 * @throws MigrationRefused
 * @throws RuntimeRoleRefused
 */
export async function migrateDatabase({ url, ownerUrl }: DatabaseAddresses): Promise<MigrationResult> {
  const role = userOf(url);
  return ownerUrl === null || userOf(ownerUrl) === role ? migrate(url) : migrate(ownerUrl, { grantTo: role });
}

/**
 * Makes a database ready to run on. With the owner's address: migrates, grants, and then looks with the running role's
 * own eyes. Without it, a role that does not own the tables finds them migrated and granted, or is refused; the owner
 * migrates and runs, and is warned of.
 * @throws MigrationRefused
 * @throws RuntimeRoleRefused where the gateway would run with more or less than it should
 */
export async function prepareDatabase(
  addresses: DatabaseAddresses,
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<RunsAs> {
  const { url, ownerUrl } = addresses;
  const isTold = ownerUrl !== null && userOf(ownerUrl) !== userOf(url);
  if (!isTold && (await ask(url, mayMigrate))) {
    tell(await migrate(url), log);
    log.warn(
      { role: userOf(url) },
      'The gateway runs as the owner of its tables, so nothing but its own code keeps it from rewriting them. ' +
        'Give it a role of its own: docs/operating.md, Two roles',
    );
    return 'owner';
  }
  if (isTold) tell(await migrateDatabase(addresses), log);
  await refuseWrongRights(url);
  if (!(await schemaIsCurrent(url))) {
    throw new MigrationRefused(
      'The schema is not the one of this program, and the role of DATABASE_URL may not change it. ' +
        "Run `npx tollgate migrate` with DATABASE_MIGRATE_URL set to the address of the database's owner.",
    );
  }
  return 'runtime';
}

function tell({ applied, version, grantedTo }: MigrationResult, log: Pick<Logger, 'info'>): void {
  if (applied.length > 0) log.info({ applied, version }, 'The database was migrated');
  if (grantedTo !== null) log.info({ role: grantedTo }, 'The rights of the running role were set');
}

/** Whose address it is, without a connection; the driver knows where a name that is not in it comes from. */
function userOf(url: string): string {
  return new pg.Client({ connectionString: url }).user ?? '';
}

async function refuseWrongRights(url: string): Promise<void> {
  const refusal = await ask(url, async (client) => {
    const { rows } = await client.query<{ role: string }>('select current_user as role');
    const role = rows[0]?.role ?? '';
    return refusalOf(role, await compareRights(client, role));
  });
  if (refusal !== null) throw refusal;
}

async function ask<T>(url: string, question: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'tollgate start' });
  await client.connect();
  try {
    return await question(client);
  } finally {
    await client.end();
  }
}
