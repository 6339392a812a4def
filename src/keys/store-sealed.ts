import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { SealedColumn } from './sealed-columns.ts';

/** A row in a sealed column, with its value where that is under an older version of the key. */
export interface LookedAt {
  readonly key: readonly string[];
  /** What tells the place; the key, or an event's payment. */
  readonly named: readonly string[];
  readonly sealed: Buffer | null;
}

const EVENT_PREFIX = 'sealed:';

/**
 * The next rows of a column in the order of their keys, with the values that do not begin with the header of the version
 * that seals now. So many rows are looked at, not found, so that a turn is short however few there are.
 */
export async function selectSealed(
  db: Queryable,
  column: SealedColumn,
  {
    tenantId,
    header,
    after,
    limit,
  }: {
    readonly tenantId: string;
    readonly header: Buffer;
    readonly after: readonly string[];
    readonly limit: number;
  },
): Promise<readonly LookedAt[]> {
  const key = sql.join(column.key.map((name) => sql.ref(`t.${name}`)));
  const keyTexts = sql.join(column.key.map((name) => sql`${sql.ref(`t.${name}`)}::text`));
  const from = after.length === 0 ? sql`true` : sql`(${key}) > (${sql.join(castTo(column, after))})`;
  const inEvent = column.form === 'address in event';
  const value = inEvent ? sql`t.object ->> 'shippingAddress'` : sql.ref(`t.${column.column}`);
  const isOld = inEvent
    ? sql`starts_with(l.value, ${EVENT_PREFIX})`
    : sql`length(l.value) >= ${header.length} and substring(l.value from 1 for ${header.length}) <> ${header}`;
  const { rows } = await sql<{ key: string[]; payment_id: string | null; value: Buffer | string | null }>`
    select l.key, l.payment_id, case when ${isOld} then l.value end as value from (
      select array[${keyTexts}] as key, ${value} as value, ${inEvent ? sql`t.payment_id` : sql`null`} as payment_id
      from ${sql.table(column.table)} t
      where ${ownedBy(column, tenantId)} and ${from} order by ${key} limit ${limit}
    ) l`.execute(db);
  return rows.map((row) => {
    const sealed = typeof row.value === 'string' ? fromEvent(row.value) : row.value;
    const isOlder = sealed !== null && !sealed.subarray(0, header.length).equals(header);
    return { key: row.key, named: inEvent ? [row.payment_id ?? ''] : row.key, sealed: isOlder ? sealed : null };
  });
}

export interface Resealed {
  readonly key: readonly string[];
  readonly found: Buffer;
  readonly sealed: Buffer;
}

/** Puts the new bytes where the ones that were read still stand; how many did. */
export async function updateSealed(
  tx: Queryable,
  tenantId: string,
  column: SealedColumn,
  values: readonly Resealed[],
): Promise<number> {
  if (column.form === 'address in event') return updateEvents(tx, tenantId, values);
  const names = column.key.map((_, index) => `k${index}`);
  const keys = names.map((_, index) => sql`${values.map(({ key }) => key[index] ?? '')}::text[]`);
  const matches = column.key.map(
    (name, index) => sql`${sql.ref(`t.${name}`)} = ${sql.ref(`r.k${index}`)}::${sql.raw(typeOf(column))}`,
  );
  const { numAffectedRows = 0n } = await sql`
    update ${sql.table(column.table)} t set ${sql.ref(column.column)} = r.sealed
    from unnest(${sql.join(keys)}, ${values.map(({ found }) => found)}::bytea[],
      ${values.map(({ sealed }) => sealed)}::bytea[]) as r (${sql.join([...names, 'found', 'sealed'].map((name) => sql.ref(name)))})
    where ${ownedBy(column, tenantId)} and ${sql.join(matches, sql` and `)}
      and ${sql.ref(`t.${column.column}`)} = r.found`.execute(tx);
  return Number(numAffectedRows);
}

async function updateEvents(tx: Queryable, tenantId: string, values: readonly Resealed[]): Promise<number> {
  const { rows } = await sql<{ done: number }>`
    select reseal_event_addresses(${tenantId}, ${values.map(({ key }) => key[0] ?? '')}::text[],
      ${values.map(({ found }) => toEvent(found))}::text[],
      ${values.map(({ sealed }) => toEvent(sealed))}::text[]) as done`.execute(tx);
  return rows[0]?.done ?? 0;
}

function fromEvent(text: string): Buffer {
  return Buffer.from(text.slice(EVENT_PREFIX.length), 'base64url');
}

function toEvent(sealed: Buffer): string {
  return EVENT_PREFIX + sealed.toString('base64url');
}

function ownedBy({ owner }: SealedColumn, tenantId: string): RawBuilder<unknown> {
  return owner === 'system' ? sql`true` : sql`t.tenant_id = ${tenantId}`;
}

/** Keys are carried as text; those that are something else are told so, or no index would find them. */
function castTo(column: SealedColumn, values: readonly string[]): RawBuilder<unknown>[] {
  return values.map((value) => sql`${value}::${sql.raw(typeOf(column))}`);
}

const OTHER_KEYS: Readonly<Partial<Record<SealedColumn['table'], 'integer' | 'bytea'>>> = {
  digest_keys: 'integer',
  challenges: 'bytea',
};

function typeOf({ table }: SealedColumn): 'integer' | 'bytea' | 'text' {
  return OTHER_KEYS[table] ?? 'text';
}
