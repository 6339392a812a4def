import { sql } from 'kysely';
import type { Queryable } from './database.ts';

export interface LaneFacts {
  readonly kind: string;
  readonly lanes: number;
  readonly due: number;
  readonly held: number;
  /** Of the due ones that nobody holds. */
  readonly oldest_due_at: Temporal.Instant | null;
}

/** How much work of each kind is due, and how old it is. */
export async function selectLanes(db: Queryable, now: Temporal.Instant): Promise<readonly LaneFacts[]> {
  const { rows } = await sql<LaneFacts>`
    select kind, count(*)::int as lanes, count(*) filter (where next_due_at <= ${now})::int as due,
      count(*) filter (where leased_until > clock_timestamp())::int as held,
      min(next_due_at) filter (where next_due_at <= ${now} and (leased_until is null or leased_until < clock_timestamp()))
        as oldest_due_at
    from lanes group by kind order by kind`.execute(db);
  return rows;
}
