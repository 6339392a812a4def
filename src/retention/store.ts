import { sql } from 'kysely';
import { type IdPrefix, instantOfId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { Family, Partition } from './partition.ts';
import type { Subject, Wishes } from './retention.ts';

/** Every partition there is, by table and period, from the server's catalogs. */
export async function selectPartitions(db: Queryable): Promise<readonly Partition[]> {
  const { rows } = await sql<{
    name: string;
    table: string;
    family: Family;
    from: string | null;
    until: string | null;
    bytes: bigint;
  }>`
    select c.relname as name, p.parent as "table", p.family,
      substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \\(''(.*)''\\) TO') as "from",
      substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''(.*)''\\)') as until,
      pg_total_relation_size(c.oid) as bytes
    from partitioned_tables() p
    join pg_inherits i on i.inhparent = p.parent::regclass
    join pg_class c on c.oid = i.inhrelid
    order by 2, 5 nulls last`.execute(db);
  return rows.map(({ from, until, ...row }) => ({ ...row, from: startOf(from), until: startOf(until) }));
}

function startOf(bound: string | null): Temporal.Instant | null {
  return bound === null ? null : instantOfId(bound);
}

/** Ends a table's last partition at a month; false where somebody else did. May wait for a lock, and give up. */
export async function splitPartition(db: Queryable, table: string, month: string): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`select split_partition(${table}, ${month}::date) as done`.execute(db);
  return rows[0]?.done === true;
}

/** Takes out what of a family is older than a month; how many partitions that were. May wait for a lock, and give up. */
export async function detachPartitions(db: Queryable, family: Family, month: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select detach_partitions(${family}, ${month}::date) as count`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Whether something of a family that is older than a month still has work. */
export async function selectHoldsWork(db: Queryable, family: Family, month: string): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`select holds_work(${family}, ${month}::date) as held`.execute(db);
  return rows[0]?.held === true;
}

/** Drops one table that was taken out; its name, or null where there is none. */
export async function dropDetached(db: Queryable): Promise<string | null> {
  const { rows } = await sql<{ name: string | null }>`select drop_detached() as name`.execute(db);
  return rows[0]?.name ?? null;
}

/** The longest that any tenant wants each kind of row kept; null: no tenant says. */
export async function selectLongestWishes(db: Queryable): Promise<Wishes> {
  const { rows } = await sql<{ events: number | null; deliveries: number | null; inbound: number | null }>`
    select max((settings -> 'retention' ->> 'eventsDays')::int) as events,
      max((settings -> 'retention' ->> 'deliveriesDays')::int) as deliveries,
      max((settings -> 'retention' ->> 'inboundDays')::int) as inbound
    from tenants`.execute(db);
  const [row] = rows;
  return { events: row?.events ?? null, deliveries: row?.deliveries ?? null, inbound: row?.inbound ?? null };
}

/** A tenant's contents of a kind, which are erased before their partition goes. */
export interface ErasedPart {
  readonly tenantId: string;
  readonly subject: Subject;
  readonly days: number;
}

export interface ErasedKind {
  readonly subject: Subject;
  /** The member of a tenant's settings, and the days of those that say nothing there. */
  readonly setting: string;
  readonly days: number;
  /** How long the partitions live. */
  readonly keptDays: number;
  /** Of the rows' ids, which stand in this column. */
  readonly prefix: IdPrefix;
  readonly column: string;
}

/**
 * Tenants that keep less than the partitions live and have rows that were not looked at since those became too old, or whose
 * pass began before an instant.
 */
export async function selectErasedParts(
  db: Queryable,
  { subject, setting, days, keptDays, prefix, column }: ErasedKind,
  {
    now,
    passBefore,
    limit,
  }: { readonly now: Temporal.Instant; readonly passBefore: Temporal.Instant; readonly limit: number },
): Promise<readonly ErasedPart[]> {
  const id = sql.ref(`e.${column}`);
  const { rows } = await sql<{ tenant_id: string; days: number }>`
    select w.tenant_id, w.days from (
      select tenant_id, coalesce((settings -> 'retention' ->> ${setting})::int, ${days}::int) as days from tenants
    ) w
    left join retention_positions p on p.tenant_id = w.tenant_id and p.subject = ${subject}
    where w.days < ${keptDays} and (p.tenant_id is null or p.pass_began_at <= ${passBefore} or exists (
      select from ${sql.table(subject)} e
      where e.tenant_id = w.tenant_id and ${id} > p.position
        and ${id} < id_floor(${prefix}, ${now}::timestamptz - w.days * interval '24 hours')))
    order by w.tenant_id limit ${limit}`.execute(db);
  return rows.map((row) => ({ tenantId: row.tenant_id, subject, days: row.days }));
}

export interface ErasePosition {
  readonly position: string;
  readonly passBeganAt: Temporal.Instant;
}

/** Where erasing stands, locked until the transaction ends; null where another worker has it. */
export async function lockPosition(
  tx: Queryable,
  { tenantId, subject }: ErasedPart,
  now: Temporal.Instant,
): Promise<ErasePosition | null> {
  await sql`
    insert into retention_positions values (${tenantId}, ${subject}, '', ${now}) on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ position: string; pass_began_at: Temporal.Instant }>`
    select position, pass_began_at from retention_positions
    where tenant_id = ${tenantId} and subject = ${subject} for update skip locked`.execute(tx);
  const [row] = rows;
  return row === undefined ? null : { position: row.position, passBeganAt: row.pass_began_at };
}

export async function updatePosition(
  tx: Queryable,
  { tenantId, subject }: ErasedPart,
  { position, passBeganAt }: ErasePosition,
): Promise<void> {
  await sql`
    update retention_positions set position = ${position}, pass_began_at = ${passBeganAt}
    where tenant_id = ${tenantId} and subject = ${subject}`.execute(tx);
}

/** Empties the contents of the next rows between two ids. */
export async function eraseContents(
  tx: Queryable,
  { tenantId, subject }: ErasedPart,
  { after, before, rowsMax }: { readonly after: string; readonly before: string; readonly rowsMax: number },
): Promise<{ readonly lastId: string | null; readonly lookedAt: number; readonly erased: number }> {
  const { rows } = await sql<{ last_id: string | null; looked_at: number; erased: number }>`
    select * from erase_contents(${subject}, ${tenantId}, ${after}, ${before}, ${rowsMax})`.execute(tx);
  const [row] = rows;
  return { lastId: row?.last_id ?? null, lookedAt: row?.looked_at ?? 0, erased: row?.erased ?? 0 };
}
