import { sql } from 'kysely';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Queryable } from '../platform/database.ts';
import { columnsBut, recordset, type WholeRow } from '../platform/recordset.ts';
import type { EventSubject } from '../providers/provider-webhook.ts';

/** A verified notification of one fact, as it is stored if nothing in it has come before. */
export interface News {
  readonly event: WholeRow<'inbound_events'>;
  readonly fact: WholeRow<'provider_facts'>;
  readonly nonce: WholeRow<'inbound_nonces'> | null;
  readonly about: EventSubject;
  /** What tells the worker of it. */
  readonly work: WholeRow<'outbox'>;
}

/** Null where something had come before: then nothing stands of it but, perhaps, its claim of the nonce. */
export type StoredNews = { readonly work: readonly WholeRow<'outbox'>[] } | null;

/**
 * Stores a notification together with those that arrive at the same time, of any accounts: claims of nonces and facts,
 * the notifications whose claims hold, one row of work for each account. A claim waits for a twin that is being stored
 * right now.
 */
export const storeNews = createBatcherPerDatabase(insertNews, { itemsMax: 100 });

async function insertNews(db: Queryable, news: readonly News[]): Promise<readonly StoredNews[]> {
  const tried = withOwnNonces(news);
  const work = oncePerAccount(tried);
  const { rows } = await sql<{ inbound_event_id: string }>`
    with given as (
      select * from unnest(
        ${tried.map(({ event }) => event.inbound_event_id)}::text[], ${tried.map(({ nonce }) => nonce?.nonce ?? null)}::text[],
        ${tried.map(({ about }) => about.attemptId ?? null)}::text[],
        ${tried.map(({ about }) => (about.attemptId === undefined ? about.providerRef : null))}::text[]
      ) as g (inbound_event_id, nonce, attempt_id, provider_ref)
    ), nonces as (
      insert into inbound_nonces select n.* from ${recordset(
        'inbound_nonces',
        tried.flatMap(({ nonce }) => nonce ?? []),
      )} n
      order by n.tenant_id, n.provider_account_id, n.nonce
      on conflict do nothing
      returning tenant_id, provider_account_id, nonce
    ), facts as (
      insert into provider_facts select f.* from ${recordset(
        'provider_facts',
        tried.map(({ fact }) => fact),
      )} f
      join given g using (inbound_event_id)
      where g.nonce is null or (f.tenant_id, f.provider_account_id, g.nonce) in (select * from nonces)
      order by f.tenant_id, f.provider_account_id, f.dedupe_key
      on conflict do nothing
      returning tenant_id, provider_account_id, inbound_event_id
    ), stored as (
      insert into inbound_events (${columnsBut('inbound_events', 'payment_id')}, payment_id)
      select ${columnsBut('inbound_events', 'payment_id', 'e')}, coalesce(
        (select a.payment_id from attempts a where a.tenant_id = e.tenant_id and a.attempt_id = g.attempt_id
          and a.provider_account_id = e.provider_account_id),
        (select a.payment_id from attempts a where a.tenant_id = e.tenant_id and a.provider_ref = g.provider_ref
          and a.provider_account_id = e.provider_account_id limit 1))
      from ${recordset(
        'inbound_events',
        tried.map(({ event }) => event),
      )} e
      join facts using (tenant_id, inbound_event_id)
      join given g using (inbound_event_id)
    ), told as (
      insert into outbox select o.* from ${recordset('outbox', [...work.values()])} o
      where (o.tenant_id, o.subject_id) in (select tenant_id, provider_account_id from facts)
    )
    select inbound_event_id from facts`.execute(db);
  const stored = new Set(rows.map((row) => row.inbound_event_id));
  return news.map(({ event }) => {
    if (!stored.has(event.inbound_event_id)) return null;
    const told = work.get(accountOf(event));
    work.delete(accountOf(event));
    return { work: told === undefined ? [] : [told] };
  });
}

/** Of two with one nonce only the first may use it; the statement could not tell whose claim held. */
function withOwnNonces(news: readonly News[]): readonly News[] {
  const seen = new Set<string>();
  return news.filter(({ event, nonce }) => {
    const key = nonce === null ? null : `${accountOf(event)} ${nonce.nonce}`;
    if (key === null) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** One row tells the worker of all that has come for an account, at the time of what is due first. */
function oncePerAccount(news: readonly News[]): Map<string, WholeRow<'outbox'>> {
  const work = new Map<string, WholeRow<'outbox'>>();
  for (const { event, work: row } of news) {
    const known = work.get(accountOf(event));
    if (known === undefined || isBefore(row, known)) work.set(accountOf(event), row);
  }
  return work;
}

function isBefore(one: WholeRow<'outbox'>, other: WholeRow<'outbox'>): boolean {
  return one.due_at !== null && other.due_at !== null && Temporal.Instant.compare(one.due_at, other.due_at) < 0;
}

function accountOf({ tenant_id, provider_account_id }: WholeRow<'inbound_events'>): string {
  return `${tenant_id} ${provider_account_id}`;
}
