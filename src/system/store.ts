import { sql } from 'kysely';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';

export interface Process {
  readonly process_id: string;
  readonly roles: string[];
  readonly version: string;
  readonly host: string;
  readonly started_at: Temporal.Instant;
  readonly seen_at: Temporal.Instant;
}

/** Says that a process lives, and forgets those that were not seen since an instant. */
export async function upsertProcess(db: Queryable, process: Process, goneBefore: Temporal.Instant): Promise<void> {
  await sql`
    with gone as (delete from processes where seen_at < ${goneBefore})
    insert into processes (process_id, roles, version, host, started_at, seen_at)
    values (${process.process_id}, ${process.roles}::text[], ${process.version}, ${process.host}, ${process.started_at},
      ${process.seen_at})
    on conflict (process_id) do update set seen_at = excluded.seen_at`.execute(db);
}

export async function deleteProcess(db: Queryable, processId: string): Promise<void> {
  await db.deleteFrom('processes').where('process_id', '=', processId).execute();
}

/** The processes that were seen lately, the oldest first. */
export async function selectProcesses(db: Queryable): Promise<readonly Process[]> {
  return db.selectFrom('processes').selectAll().orderBy('started_at').orderBy('process_id').limit(500).execute();
}

export interface JobFacts {
  readonly outbox: number;
  readonly unsummed: number;
  readonly undigested: number;
  readonly mails: number;
}

/** What waits for jobs; nobody needs to know beyond ten thousand. Tenants wait for sums whose last hour is two hours old. */
export async function selectJobs(db: Queryable, now: Temporal.Instant): Promise<JobFacts> {
  const { rows } = await sql<JobFacts>`select
    (select count(*)::int from (select from outbox limit 10000) o) as outbox,
    (select count(*)::int from activity_positions
      where tenant_id <> ${SYSTEM} and rolled_until < ${now.subtract({ hours: 2 })}) as unsummed,
    (select count(*)::int from (
      select from payments where customer_sealed is not null and email_digest is null limit 10000) p) as undigested,
    (select count(*)::int from (select from mails where state = 'pending' limit 10000) m) as mails`.execute(db);
  return rows[0] ?? { outbox: 0, unsummed: 0, undigested: 0, mails: 0 };
}
