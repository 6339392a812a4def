import type pg from 'pg';
import { OWNER_SCOPE } from './owner-scope.ts';

/**
 * Tables are walled for their owner too, who reads rows of all tenants where it says so. Whoever else this is, and is no
 * superuser, is refused by the first COPY.
 */
export async function readAllRows(source: pg.Client): Promise<void> {
  const { rows } = await source.query<{ asks: boolean }>(`
    select to_regprocedure('scope_reads_all()') is not null
      and not (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as asks`);
  if (rows[0]?.asks !== true) return;
  await source.query(OWNER_SCOPE);
  const { rows: answers } = await source.query<{ all: boolean }>('select coalesce(scope_reads_all(), false) as all');
  if (answers[0]?.all === true) await source.query('set local row_security = on');
}

/**
 * Has the target's tables not be walled for their owner until commit, since no COPY writes into a walled one. Returns how to
 * undo it.
 */
export async function liftWalls(target: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await target.query<{ name: string }>(`
    select oid::regclass::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relforcerowsecurity order by relname`);
  for (const { name } of rows) await target.query(`alter table ${name} no force row level security`);
  return async () => {
    for (const { name } of rows) await target.query(`alter table ${name} force row level security`);
  };
}
