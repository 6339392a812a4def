import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';

/** A literal, not a parameter: only so may a plan that serves every call use the index of what is pending. */
const PENDING = sql.lit('pending');

export async function insertInboundEvent(
  db: Queryable,
  event: WholeRow<'inbound_events'>,
  outbox: readonly WholeRow<'outbox'>[],
): Promise<void> {
  await sql`
    with told as (insert into outbox select r.* from ${recordset('outbox', outbox)} r)
    insert into inbound_events select r.* from ${recordset('inbound_events', [event])} r`.execute(db);
}

/**
 * Claims facts and returns the keys that were new. Waits for a twin that is being stored right now; sorted, so that two
 * notifications with several facts never wait for each other crosswise.
 */
export async function claimFacts(
  tx: Queryable,
  facts: readonly WholeRow<'provider_facts'>[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ dedupe_key: string }>`
    insert into provider_facts select r.* from ${recordset('provider_facts', facts)} r
    order by r.dedupe_key
    on conflict do nothing
    returning dedupe_key`.execute(tx);
  return new Set(rows.map((row) => row.dedupe_key));
}

/** The content that came first under each of the keys. */
export async function selectFactHashes(
  tx: Queryable,
  account: { readonly tenantId: string; readonly providerAccountId: string },
  dedupeKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ dedupe_key: string; content_hash: string }>`
    select dedupe_key, content_hash from provider_facts
    where tenant_id = ${account.tenantId} and provider_account_id = ${account.providerAccountId}
      and dedupe_key = any(${dedupeKeys})`.execute(tx);
  return new Map(rows.map((row) => [row.dedupe_key, row.content_hash]));
}

export async function selectDueInbound(
  db: Queryable,
  tenantId: string,
  providerAccountId: string,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Selectable<Tables['inbound_events']>[]> {
  return db
    .selectFrom('inbound_events')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('state', '=', PENDING)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('inbound_event_id')
    .limit(limit)
    .execute();
}

export async function selectNextInboundAt(
  db: Queryable,
  tenantId: string,
  providerAccountId: string,
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('inbound_events')
    .select((row) => row.fn.min('due_at').as('next'))
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('state', '=', PENDING)
    .executeTakeFirst();
  return row?.next ?? null;
}

interface Processed {
  readonly state: 'pending' | 'applied' | 'quarantined' | 'unmatched' | 'failed';
  readonly outcome: string;
  readonly tries: number;
  readonly dueAt: Temporal.Instant | null;
  readonly processedAt: Temporal.Instant | null;
}

/** Records what came of a stored notification, where it is still pending. */
export async function updateProcessed(
  db: Queryable,
  event: { readonly tenant_id: string; readonly inbound_event_id: string },
  processed: Processed,
): Promise<void> {
  await db
    .updateTable('inbound_events')
    .set({
      state: processed.state,
      outcome: processed.outcome,
      tries: processed.tries,
      due_at: processed.dueAt,
      processed_at: processed.processedAt,
    })
    .where('tenant_id', '=', event.tenant_id)
    .where('inbound_event_id', '=', event.inbound_event_id)
    .where('state', '=', PENDING)
    .execute();
}
