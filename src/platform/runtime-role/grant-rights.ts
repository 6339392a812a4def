import pg from 'pg';
import { compareRights, OUR_ROUTINES } from './compare-rights.ts';
import { refusalOf } from './refusal.ts';
import { ROUTINE_RIGHTS, TABLE_RIGHTS } from './rights.ts';

/**
 * Gives a role exactly what the running gateway needs, in one transaction, and takes from everybody (`public`) what
 * would give it more. Where it is right already, nothing is written. The caller is the owner and holds the lock of
 * migrations. Returns whether something was changed.
 * @throws RuntimeRoleRefused where there is no such role, or it is or has what no grant of ours takes away
 */
export async function grantRights(client: pg.Client, role: string): Promise<boolean> {
  const found = await compareRights(client, role);
  if (found === null || found.stands.length > 0) throw refusalOf(role, found);
  if (found.lacks.length + found.exceeds.length === 0) return false;
  await client.query('begin');
  try {
    await client.query(await statements(client, role));
    const refusal = refusalOf(role, await compareRights(client, role));
    if (refusal !== null) throw refusal;
    await client.query('commit');
    return true;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function statements(client: pg.Client, role: string): Promise<string> {
  const to = pg.escapeIdentifier(role);
  const { rows } = await client.query<{ database: string; tables: string[]; partitions: string[]; routines: string[] }>(
    `select current_database() as database,
       array(select relname::text from pg_class where relnamespace = 'public'::regnamespace and relname = any($1)) as tables,
       array(select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relispartition and relkind = 'r') as partitions,
       array(select name from (${OUR_ROUTINES}) ours) as routines`,
    [Object.keys(TABLE_RIGHTS)],
  );
  const { database = '', tables = [], partitions = [], routines = [] } = rows[0] ?? {};
  const on = `database ${pg.escapeIdentifier(database)}`;
  // What is missing is named by the comparison that follows, better than by the server.
  const ours = Object.entries(TABLE_RIGHTS).filter(([name]) => tables.includes(name));
  const lines = [
    // A temporary table would stand before ours of the same name in the eyes of every trigger.
    `revoke create, temporary on ${on} from public, ${to}`,
    `grant connect on ${on} to ${to}`,
    `revoke create on schema public from public, ${to}`,
    `grant usage on schema public to ${to}`,
    ...ours.flatMap(([name, rights]) => [
      `revoke all on public.${name} from public, ${to}`,
      `grant ${rights.join(', ')} on public.${name} to ${to}`,
    ]),
    ...partitions.map((name) => `revoke all on public.${pg.escapeIdentifier(name)} from public, ${to}`),
    ...routines.map((routine) => `revoke all on routine public.${routine} from public, ${to}`),
    ...ROUTINE_RIGHTS.filter((routine) => routines.includes(routine)).map(
      (routine) => `grant execute on routine public.${routine} to ${to}`,
    ),
  ];
  return lines.join(';\n');
}
