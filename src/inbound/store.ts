import { type RawBuilder, type Selectable, sql } from 'kysely';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Queryable } from '../platform/database.ts';
import { columnsBut, recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { EventSubject } from '../providers/provider-webhook.ts';
import { type InboundState, statesBefore } from './inbound-event.ts';

/** A literal, not a parameter: only so may a plan that serves every call use the index of what is pending. */
const PENDING = sql.lit('pending');

interface Account {
  readonly tenantId: string;
  readonly providerAccountId: string;
}

/** The payment that a verified subject is of, as far as this account has it now. */
function paymentOf(row: 'r' | 'e', about: EventSubject | null): RawBuilder<unknown> {
  const named =
    about?.attemptId === undefined
      ? sql`provider_ref = ${about?.providerRef ?? null}`
      : sql`attempt_id = ${about.attemptId}`;
  const of = sql.table(row);
  return sql`(
    select payment_id from attempts
    where tenant_id = ${of}.tenant_id and provider_account_id = ${of}.provider_account_id and ${named} limit 1)`;
}

/** Keeps notifications with the work they cause. `about`: what they are about, where that is verified. */
export async function insertInboundEvents(
  db: Queryable,
  events: readonly WholeRow<'inbound_events'>[],
  about: EventSubject | null,
  outbox: readonly WholeRow<'outbox'>[],
): Promise<void> {
  await sql`
    with told as (insert into outbox select o.* from ${recordset('outbox', outbox)} o)
    insert into inbound_events (${columnsBut('inbound_events', 'payment_id')}, payment_id)
    select ${columnsBut('inbound_events', 'payment_id', 'r')}, ${paymentOf('r', about)}
    from ${recordset('inbound_events', events)} r`.execute(db);
}

/**
 * Writes what a second look made of a notification that was refused, with the work it causes. Returns false and writes
 * nothing where somebody else was faster.
 */
export async function updateTaken(
  tx: Queryable,
  event: WholeRow<'inbound_events'>,
  was: { readonly verdict: string; readonly about: EventSubject | null },
  outbox: readonly WholeRow<'outbox'>[],
): Promise<boolean> {
  const { rows } = await sql`
    with taken as (
      update inbound_events e set verdict = r.verdict, state = r.state, facts = r.facts, due_at = r.due_at,
        payment_id = ${paymentOf('e', was.about)}
      from ${recordset('inbound_events', [event])} r
      where e.tenant_id = ${event.tenant_id} and e.inbound_event_id = ${event.inbound_event_id}
        and e.verdict = ${was.verdict} and e.state is null
      returning e.tenant_id
    ), told as (insert into outbox select o.* from ${recordset('outbox', outbox)} o join taken using (tenant_id))
    select 1 from taken`.execute(tx);
  return rows.length > 0;
}

/** Puts facts that were set aside before the worker again. Returns false where they no longer are. */
export async function updateReplayed(
  db: Queryable,
  event: { readonly tenantId: string; readonly inboundEventId: string },
  now: Temporal.Instant,
  outbox: WholeRow<'outbox'>,
): Promise<boolean> {
  const { rows } = await sql`
    with replayed as (
      update inbound_events
      set state = 'pending', due_at = ${now}::timestamptz, tries = 0, outcome = null, processed_at = null
      where tenant_id = ${event.tenantId} and inbound_event_id = ${event.inboundEventId}
        and state = any(${statesBefore('pending')})
      returning tenant_id
    ), told as (insert into outbox select o.* from ${recordset('outbox', [outbox])} o join replayed using (tenant_id))
    select 1 from replayed`.execute(db);
  return rows.length > 0;
}

interface Resolution {
  readonly note: string;
  readonly actor: string;
  readonly at: Temporal.Instant;
}

/** Settles what was set aside. Returns false where it no longer is. */
export async function updateResolved(
  db: Queryable,
  event: { readonly tenantId: string; readonly inboundEventId: string },
  { note, actor, at }: Resolution,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('inbound_events')
    .set({ state: 'resolved', resolved_note: note, resolved_by: actor, resolved_at: at })
    .where('tenant_id', '=', event.tenantId)
    .where('inbound_event_id', '=', event.inboundEventId)
    .where('state', 'in', statesBefore('resolved'))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/**
 * Claims a nonce of an account for a content. Waits for a twin that is being stored right now. Whether it was free, has
 * come with the same content before, or with other.
 */
export async function claimNonce(tx: Queryable, claim: WholeRow<'inbound_nonces'>): Promise<'free' | 'same' | 'other'> {
  const { rows: claimed } = await sql`
    insert into inbound_nonces select n.* from ${recordset('inbound_nonces', [claim])} n
    on conflict do nothing
    returning nonce`.execute(tx);
  if (claimed.length > 0) return 'free';
  // A second statement, because the first one's snapshot may be older than the twin.
  const first = await tx
    .selectFrom('inbound_nonces')
    .select('content_hash')
    .where('tenant_id', '=', claim.tenant_id)
    .where('provider_account_id', '=', claim.provider_account_id)
    .where('nonce', '=', claim.nonce)
    .executeTakeFirst();
  return first?.content_hash === claim.content_hash ? 'same' : 'other';
}

/** The content that a nonce of an account has come with; null where it has not come, or long ago. Claims nothing. */
export async function selectNonceContent(
  db: Queryable,
  { tenantId, providerAccountId }: Account,
  nonce: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('inbound_nonces')
    .select('content_hash')
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('nonce', '=', nonce)
    .executeTakeFirst();
  return row?.content_hash ?? null;
}

/** Forgets the nonces of an account from before an instant, a bounded number at a time. */
export async function deleteOldNonces(db: Queryable, account: Account, before: Temporal.Instant): Promise<void> {
  await sql`
    delete from inbound_nonces where (tenant_id, provider_account_id, nonce) in (
      select tenant_id, provider_account_id, nonce from inbound_nonces
      where tenant_id = ${account.tenantId} and provider_account_id = ${account.providerAccountId}
        and received_at < ${before}
      order by received_at limit 1000)`.execute(db);
}

/** Whose attempt it is, and at which account; null also where two tenants have it, which would prove neither. */
export async function selectAttemptOwner(
  db: Queryable,
  attemptId: string,
): Promise<{ readonly tenantId: string; readonly providerAccountId: string; readonly provider: string } | null> {
  const rows = await db
    .selectFrom('attempts')
    .select(['tenant_id as tenantId', 'provider_account_id as providerAccountId', 'provider'])
    .where('attempt_id', '=', attemptId)
    .limit(2)
    .execute();
  return rows.length === 1 ? (rows[0] ?? null) : null;
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

/** What came first under a key. */
export interface KnownFact {
  readonly contentHash: string;
  readonly verdict: string | null;
}

/** The content that came first under each of the keys, and what was made of the notification that brought it. */
export async function selectKnownFacts(
  tx: Queryable,
  account: Account,
  dedupeKeys: readonly string[],
): Promise<ReadonlyMap<string, KnownFact>> {
  const { rows } = await sql<{ dedupe_key: string; content_hash: string; verdict: string | null }>`
    select f.dedupe_key, f.content_hash, e.verdict from provider_facts f
    left join inbound_events e on e.tenant_id = f.tenant_id and e.inbound_event_id = f.inbound_event_id
    where f.tenant_id = ${account.tenantId} and f.provider_account_id = ${account.providerAccountId}
      and f.dedupe_key = any(${dedupeKeys})`.execute(tx);
  return new Map(rows.map((row) => [row.dedupe_key, { contentHash: row.content_hash, verdict: row.verdict }]));
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
  readonly state: InboundState;
  readonly outcome: string;
  /** null: nothing new is known of it. */
  readonly paymentId: string | null;
  readonly tries: number;
  readonly dueAt: Temporal.Instant | null;
  readonly processedAt: Temporal.Instant | null;
}

interface ProcessedOf {
  readonly event: { readonly tenant_id: string; readonly inbound_event_id: string };
  readonly processed: Processed;
}

/** Records what came of stored notifications, where they are still pending. */
async function updateProcessedAll(db: Queryable, all: readonly ProcessedOf[]): Promise<readonly undefined[]> {
  const of = <Column>(read: (one: Processed) => Column) => all.map(({ processed }) => read(processed));
  await sql`
    update inbound_events e
    set state = r.state, outcome = r.outcome, payment_id = coalesce(r.payment_id, e.payment_id), tries = r.tries,
      due_at = r.due_at, processed_at = r.processed_at
    from unnest(
      ${all.map(({ event }) => event.tenant_id)}::text[], ${all.map(({ event }) => event.inbound_event_id)}::text[],
      ${of((one) => one.state)}::text[], ${of((one) => one.outcome)}::text[], ${of((one) => one.paymentId)}::text[],
      ${of((one) => one.tries)}::int[], ${of((one) => one.dueAt)}::timestamptz[],
      ${of((one) => one.processedAt)}::timestamptz[]
    ) as r (tenant_id, inbound_event_id, state, outcome, payment_id, tries, due_at, processed_at)
    where e.tenant_id = r.tenant_id and e.inbound_event_id = r.inbound_event_id and e.state = ${PENDING}`.execute(db);
  return all.map(() => undefined);
}

const putProcessed = createBatcherPerDatabase(updateProcessedAll, { itemsMax: 100 });

/** Records what came of a stored notification, together with what came of others at the same time. */
export async function updateProcessed(db: Queryable, event: ProcessedOf['event'], processed: Processed): Promise<void> {
  await putProcessed(db, { event, processed });
}
