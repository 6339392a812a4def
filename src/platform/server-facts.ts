import { sql } from 'kysely';
import type { Queryable } from './database.ts';

export interface ServerFacts {
  readonly version: string;
  /** By the server's clock. */
  readonly now: Temporal.Instant;
  readonly bytes: bigint;
  readonly connections: number;
  readonly connections_max: number;
}

/** What the server says of itself. */
export async function selectServer(db: Queryable): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version') as version, clock_timestamp() as now,
      pg_database_size(current_database()) as bytes, current_setting('max_connections')::int as connections_max,
      (select count(*)::int from pg_stat_activity where datname = current_database()) as connections`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('The server answers with one row');
  return row;
}
