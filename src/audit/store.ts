import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { formatTimeCursor, parseTimeCursor } from '../kernel/time-cursor.ts';
import type { Queryable } from '../platform/database.ts';
import { networkOf } from '../platform/network-of.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { alsoForTenants, forInstallation } from '../platform/tenant-scope.ts';
import type { NewEntry } from './entry.ts';

/** Appends an entry to its chain, in the caller's transaction, which holds the chain until it ends. */
export async function appendEntry(tx: Queryable, entry: NewEntry): Promise<void> {
  const { tenantId, at, class: kept, details, address, ...content } = entry;
  const from = address === null ? null : networkOf(address);
  const said = { ...content, address: from, ...(Object.keys(details).length === 0 ? {} : { details }) };
  const append = sql`select append_audit_entry(${tenantId}, ${at}::timestamptz, ${kept}, ${JSON.stringify(said)}::json)`;
  // The chain may be the installation's, or a tenant's about whom somebody of the installation does something.
  await alsoForTenants([tenantId], () => append.execute(tx));
}

/** The tenant and mode of an API key, whatever became of it; null: there is none. */
export async function selectKeyOwner(
  db: Queryable,
  keyId: string,
): Promise<{ readonly tenantId: string; readonly mode: Mode } | null> {
  const query = db.selectFrom('api_keys').select(['tenant_id', 'mode']).where('key_id', '=', keyId);
  const row = await forInstallation('directory', () => query.executeTakeFirst());
  return row === undefined ? null : { tenantId: row.tenant_id, mode: row.mode as Mode };
}

export type EntryRow = Selectable<Tables['audit_entries']>;

/** Which entries are asked for; null and undefined: any. */
export interface EntryFilter {
  readonly tenantId: string;
  readonly mode: Mode | null;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly targetId?: string | undefined;
  readonly class?: string | undefined;
  readonly outcome?: string | undefined;
  readonly since?: Temporal.Instant | undefined;
  readonly until?: Temporal.Instant | undefined;
}

/** A page of what is still told, newest first: one more than asked for, to show whether there is another page. */
export async function selectEntries(
  db: Queryable,
  filter: EntryFilter,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<readonly EntryRow[]> {
  const after = parseTimeCursor(cursor);
  const wanted: RawBuilder<unknown>[] = [sql`tenant_id = ${filter.tenantId}`, sql`action is not null`];
  const add = (value: unknown, condition: RawBuilder<unknown>) => {
    if (value !== undefined && value !== null) wanted.push(condition);
  };
  // What has no mode, such as a circuit, is real business.
  add(filter.mode, filter.mode === 'live' ? sql`(mode = 'live' or mode is null)` : sql`mode = ${filter.mode}`);
  add(filter.actor, sql`actor = ${filter.actor}`);
  add(filter.action, sql`action = ${filter.action}`);
  add(filter.targetId, sql`target_id = ${filter.targetId}`);
  add(filter.class, sql`class = ${filter.class}`);
  add(filter.outcome, sql`outcome = ${filter.outcome}`);
  add(filter.since, sql`at >= ${filter.since}::timestamptz`);
  add(filter.until, sql`at < ${filter.until}::timestamptz`);
  if (after !== null) wanted.push(sql`(at, seq) < (${after.at}::timestamptz, ${after.place}::bigint)`);
  const { rows } = await sql<EntryRow>`
    select * from audit_entries where ${sql.join(wanted, sql` and `)}
    order by at desc, seq desc limit ${limit + 1}`.execute(db);
  return rows;
}

/** Where the page after an entry begins. */
export function cursorOf({ at, seq }: Pick<EntryRow, 'at' | 'seq'>): string {
  return formatTimeCursor({ at, place: seq.toString() });
}

/** Empties a piece of what has been kept for long enough; how many entries that were. */
export async function eraseExpiredEntries(db: Queryable, rowsMax: number): Promise<number> {
  const { rows } = await sql<{ erased: number }>`select erase_audit_entries(${rowsMax}) as erased`.execute(db);
  return rows[0]?.erased ?? 0;
}
