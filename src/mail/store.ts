import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { ENTRIES_MAX, type Mail, type MailFacts, type MailKind, type MailState } from './mail.ts';

/** A literal, not a parameter: only so may a plan that serves every call use the index of what is pending. */
const PENDING = sql.lit('pending');

/**
 * Writes mails that gather news, or adds the news to those of their topics that are open. One that is new waits for its
 * distance from the one before. A mail whose sending has begun is not open: what comes then begins the next.
 */
export async function gatherMails(
  tx: Queryable,
  rows: readonly WholeRow<'mails'>[],
  intervalSeconds: number,
): Promise<readonly { readonly tenantId: string; readonly mailId: string; readonly dueAt: Temporal.Instant }[]> {
  const { rows: gathered } = await sql<{ tenant_id: string; mail_id: string; due_at: Temporal.Instant }>`
    insert into mails as m (
      tenant_id, mail_id, mode, kind, topic, is_open, dedupe_key, product_id, facts, state, tries_made, scheduled_at, due_at, created_at)
    select r.tenant_id, r.mail_id, r.mode, r.kind, r.topic, r.is_open, r.dedupe_key, r.product_id, r.facts, r.state, r.tries_made, first.at, first.at, r.created_at
    from ${recordset('mails', rows)} r
    cross join lateral (
      select greatest(r.scheduled_at, max(before.scheduled_at) + ${intervalSeconds} * interval '1 second') as at
      from mails before where before.tenant_id = r.tenant_id and before.topic = r.topic
    ) first
    on conflict (tenant_id, topic) where is_open do update set facts = jsonb_build_object(
      'counts', (
        select jsonb_object_agg(each.name, each.total) from (
          select name, sum(count::int) as total from (
            select * from jsonb_each_text(m.facts -> 'counts')
            union all select * from jsonb_each_text(excluded.facts -> 'counts')
          ) as every (name, count) group by name
        ) each),
      'entries', (
        select coalesce(jsonb_agg(kept.entry order by kept.position), '[]') from (
          select entry, position
          from jsonb_array_elements((m.facts -> 'entries') || (excluded.facts -> 'entries'))
            with ordinality as every (entry, position)
          order by position limit ${ENTRIES_MAX}
        ) kept))
    returning tenant_id, mail_id, due_at`.execute(tx);
  return gathered.map((row) => ({ tenantId: row.tenant_id, mailId: row.mail_id, dueAt: row.due_at }));
}

/** Writes mails that stand alone; those whose news were told before are left out. Returns whose were new. */
export async function insertMails(tx: Queryable, rows: readonly WholeRow<'mails'>[]): Promise<readonly string[]> {
  const { rows: inserted } = await sql<{ tenant_id: string }>`
    insert into mails select r.* from ${recordset('mails', rows)} r
    on conflict (tenant_id, dedupe_key) do nothing
    returning tenant_id`.execute(tx);
  return inserted.map((row) => row.tenant_id);
}

export async function selectDueMailIds(
  db: Queryable,
  tenantId: string,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('mails')
    .select('mail_id')
    .where('tenant_id', '=', tenantId)
    .where('state', '=', PENDING)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('mail_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.mail_id);
}

/** Closes a mail to further news and gives it as it stays; null where it does not wait any more. */
export async function closeMail(tx: Queryable, tenantId: string, mailId: string): Promise<Mail | null> {
  const row = await tx
    .updateTable('mails')
    .set({ is_open: false })
    .where('tenant_id', '=', tenantId)
    .where('mail_id', '=', mailId)
    .where('state', '=', PENDING)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : mailFromRow(row);
}

/** Writes what became of a try, unless the mail has ended otherwise. */
export async function recordTry(tx: Queryable, mail: Mail): Promise<void> {
  await tx
    .updateTable('mails')
    .set({
      state: mail.state,
      tries_made: mail.triesMade,
      due_at: mail.dueAt,
      sent_at: mail.sentAt,
      last_error: mail.lastError,
    })
    .where('tenant_id', '=', mail.tenantId)
    .where('mail_id', '=', mail.mailId)
    .where('state', '=', PENDING)
    .execute();
}

export async function selectNextMailAt(db: Queryable, tenantId: string): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('mails')
    .select('due_at')
    .where('tenant_id', '=', tenantId)
    .where('state', '=', PENDING)
    .orderBy('due_at')
    .orderBy('mail_id')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at ?? null;
}

interface MailFilter {
  readonly tenantId?: string | undefined;
  readonly state?: MailState | undefined;
  readonly kind?: MailKind | undefined;
}

/** Of all tenants, newest first; one row more than the limit. */
export async function selectMails(db: Queryable, filter: MailFilter, page: PageOptions): Promise<readonly Mail[]> {
  let query = db.selectFrom('mails').selectAll().$call(newestFirst('mail_id', page));
  if (filter.tenantId !== undefined) query = query.where('tenant_id', '=', filter.tenantId);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  return (await query.execute()).map(mailFromRow);
}

/** How many wait, and how many came to nothing. */
export async function countMails(db: Queryable): Promise<{ readonly pending: number; readonly failed: number }> {
  const { rows } = await sql<{ pending: number; failed: number }>`
    select (count(*) filter (where state = 'pending'))::int as pending,
      (count(*) filter (where state = 'failed'))::int as failed
    from mails where state in ('pending', 'failed')`.execute(db);
  return rows[0] ?? { pending: 0, failed: 0 };
}

function mailFromRow(row: Selectable<Tables['mails']>): Mail {
  return {
    tenantId: row.tenant_id,
    mailId: row.mail_id,
    mode: row.mode as Mode,
    kind: row.kind as MailKind,
    productId: row.product_id,
    facts: row.facts as MailFacts,
    state: row.state as MailState,
    triesMade: row.tries_made,
    dueAt: row.due_at,
    sentAt: row.sent_at,
    lastError: row.last_error,
    createdAt: row.created_at,
  };
}
