import { sql } from 'kysely';
import { systemClock } from '../src/kernel/clock.ts';
import { insertEndpoint } from '../src/notifications/store.ts';
import { openDatabase, type Queryable } from '../src/platform/database.ts';
import { inParallel } from '../src/platform/in-parallel.ts';
import { benchEndpoint, idOfTenant, insertBenchTenants } from './bench-tenant.ts';
import type { BenchDatabase } from './database-server.ts';
import { type ColumnTypes, lifeStatement } from './life-statement.ts';
import { type LifeName, sampleLives } from './sample-lives.ts';

/** Which of every twenty payments live which life: seventeen are paid, one of them refunded in part. */
const TURNS: Readonly<Record<LifeName, readonly number[]>> = {
  abandoned: [3, 13],
  declined: [8],
  told: [1, 6, 10, 14, 18],
  refunded: [5],
  paid: [0, 2, 4, 7, 9, 11, 12, 15, 16, 17, 19],
};

/** Tenants besides the one that has a tenth of all payments: at most so many, and fewer where each would have too few. */
const MADE_TENANTS_MAX = 1_000;
const PAYMENTS_OF_A_TENANT_MIN = 90;
/** What one statement makes at most, so that what triggers hold in memory until its end stays small. */
const PAYMENTS_AT_ONCE = 20_000;
/** As many as the pool of a database has. */
const CONNECTIONS = 2;

/** One tenant's payments: those numbered from `first` to `last`. */
interface Share {
  readonly tenantId: string;
  readonly first: number;
  readonly last: number;
}

/** The id of a made tenant, by its number from 0. */
export function tenantNumber(n: number): string {
  return `ten_${String(n).padStart(26, '0')}`;
}

/** The made tenants of a database with so many payments. */
function madeTenants(payments: number): readonly string[] {
  const length = Math.min(MADE_TENANTS_MAX, Math.ceil(madeFor(payments) / PAYMENTS_OF_A_TENANT_MIN));
  return Array.from({ length }, (_, n) => tenantNumber(n));
}

/** How many of all payments are the made tenants'. */
function madeFor(payments: number): number {
  return payments - Math.floor(payments / 10);
}

/**
 * Deals payments numbered from 1 out to tenants and puts small shares together. Tenant by tenant and not by time: all
 * indexes begin with the tenant, and many tenants at once would touch another page of each index for every row.
 */
export function dealOut(payments: number, tenantId: string): readonly (readonly Share[])[] {
  const made = madeFor(payments);
  const shares: Share[] = madeTenants(payments).map((madeTenantId, index, all) => ({
    tenantId: madeTenantId,
    first: Math.floor((made * index) / all.length) + 1,
    last: Math.floor((made * (index + 1)) / all.length),
  }));
  for (let first = made + 1; first <= payments; first += PAYMENTS_AT_ONCE) {
    shares.push({ tenantId, first, last: Math.min(payments, first + PAYMENTS_AT_ONCE - 1) });
  }
  const groups: Share[][] = [];
  let room = 0;
  for (const share of shares) {
    const size = share.last - share.first + 1;
    if (groups.length === 0 || size > room) {
      groups.push([]);
      room = PAYMENTS_AT_ONCE;
    }
    groups.at(-1)?.push(share);
    room -= size;
  }
  return groups;
}

/** What filling a database took. */
export interface Filled {
  readonly payments: number;
  readonly seconds: number;
  readonly databaseMib: number;
}

/**
 * Fills a migrated database with payments that lived whole lives, and lets the planner look at them. Every trigger and
 * constraint is on. All is over and told: nothing is left for a worker. `tenantId`, which the caller makes, gets a tenth
 * of the payments, and made tenants the others, a thousand of them at most.
 * @throws Error where another number of payments was made
 */
export async function fillRows({ pool, url }: BenchDatabase, payments: number, tenantId: string): Promise<Filled> {
  const start = performance.now();
  const database = openDatabase({ url, connectionsMax: 1, applicationName: 'bench' });
  const lives = await sampleLives(database);
  await insertTenants(database.query, madeTenants(payments));
  await database.close();
  const { rows: columns } = await pool.query<{ name: string; type: string }>(COLUMNS);
  const types: ColumnTypes = new Map(columns.map(({ name, type }) => [name, type]));
  const statements = lives.map((life) => ({ text: lifeStatement(life, types), turns: TURNS[life.name] }));
  let made = 0;
  await inParallel(dealOut(payments, tenantId), CONNECTIONS, async (shares) => {
    const dealt = [shares.map((one) => one.tenantId), shares.map(({ first }) => first), shares.map(({ last }) => last)];
    for (const { text, turns } of statements) {
      const { rows } = await pool.query<{ payments: number }>(text, [...dealt, turns]);
      made += rows[0]?.payments ?? 0;
    }
  });
  if (made !== payments) throw new Error(`${made} payments were made instead of ${payments}`);
  const tables = [...new Set(columns.map(({ name }) => name.slice(0, name.indexOf('.'))))];
  await inParallel(tables, CONNECTIONS, async (table) => {
    await pool.query(`vacuum (analyze) ${table}`);
  });
  const { rows: sizes } = await pool.query<{ mib: number }>(
    'select pg_database_size(current_database())::float8 / 1048576 as mib',
  );
  return { payments, seconds: (performance.now() - start) / 1_000, databaseMib: sizes[0]?.mib ?? 0 };
}

const COLUMNS = `
  select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped`;

/** The made tenants with their endpoints, and the lanes that payments leave behind when nothing of them is due. */
async function insertTenants(db: Queryable, tenantIds: readonly string[]): Promise<void> {
  await insertBenchTenants(db, systemClock, tenantIds);
  for (const tenantId of tenantIds) await insertEndpoint(db, benchEndpoint(tenantId, systemClock.now()));
  await sql`
    insert into lanes (kind, lane_id, tenant_id)
    select 'expiry', tenant_id, tenant_id from unnest(${tenantIds}::text[]) as t (tenant_id)
    union all
    select 'sync', account_id, tenant_id
    from unnest(${tenantIds}::text[], ${tenantIds.map((one) => idOfTenant('pa', one))}::text[]) as t (tenant_id, account_id)
    union all
    select 'delivery', endpoint_id, tenant_id
    from unnest(${tenantIds}::text[], ${tenantIds.map((one) => idOfTenant('we', one))}::text[]) as t (tenant_id, endpoint_id)`.execute(
    db,
  );
}
