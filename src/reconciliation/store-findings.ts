import { type Selectable, sql } from 'kysely';
import { present } from '../kernel/assert.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { AccountPlace } from './context.ts';
import type { OperationNoun } from './exception.ts';
import type { BookedOperation } from './operation.ts';
import type { Payout } from './payout.ts';
import { payoutFromRow, payoutToRow } from './rows.ts';
import type { Owner } from './store-statements.ts';

interface MatchedLine {
  readonly lineId: string;
  readonly state: string;
  readonly operation: { readonly noun: OperationNoun; readonly id: string } | null;
}

/** What was made of lines; those that are settled already stay as they are. */
export async function updateMatches(
  tx: Queryable,
  { tenantId }: AccountPlace,
  lines: readonly MatchedLine[],
  now: Temporal.Instant,
): Promise<void> {
  if (lines.length === 0) return;
  await sql`
    update line_matches m
    set state = r.state, subject_noun = r.noun, subject_id = r.id, updated_at = ${now}
    from unnest(
      ${lines.map(({ lineId }) => lineId)}::text[], ${lines.map(({ state }) => state)}::text[],
      ${lines.map(({ operation }) => operation?.noun ?? null)}::text[],
      ${lines.map(({ operation }) => operation?.id ?? null)}::text[]) as r (line_id, state, noun, id)
    where m.tenant_id = ${tenantId} and m.line_id = r.line_id and m.state in ('waiting', 'deferred', 'open')
      and (m.state, m.subject_id) is distinct from (r.state, r.id)`.execute(tx);
}

/** Breaks ledger_transfers_posting_key where a line is booked already. */
export async function insertTransfers(tx: Queryable, rows: readonly WholeRow<'ledger_transfers'>[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into ledger_transfers select r.* from ${recordset('ledger_transfers', rows)} r`.execute(tx);
}

/** Operations as the statements confirm them now. */
export async function putSettlements(
  tx: Queryable,
  { tenantId, mode, providerAccountId }: AccountPlace,
  operations: readonly BookedOperation[],
  now: Temporal.Instant,
): Promise<void> {
  if (operations.length === 0) return;
  const rows = operations.map(({ noun, id, paymentId, currency, said }) => ({
    tenant_id: tenantId,
    subject_id: id,
    subject_noun: noun,
    mode,
    provider_account_id: providerAccountId,
    payment_id: paymentId,
    currency,
    gross: said.gross,
    fee: said.fee,
    net: said.net,
    statement_id: present(said.statementId, 'the statement of a settled operation'),
    settled_at: present(said.settledAt, 'the time of a settled operation'),
    confirmed: true,
    updated_at: now,
  }));
  await sql`
    insert into settlements as s select r.* from ${recordset('settlements', rows)} r
    on conflict on constraint settlements_pkey do update set
      gross = excluded.gross, fee = excluded.fee, net = excluded.net, statement_id = excluded.statement_id,
      settled_at = excluded.settled_at, confirmed = true, updated_at = excluded.updated_at
    where (s.gross, s.fee, s.net, s.confirmed) is distinct from (excluded.gross, excluded.fee, excluded.net, true)`.execute(
    tx,
  );
}

/** Operations that statements had confirmed and now contradict, or that failed after all. */
export async function withdrawSettlements(
  tx: Queryable,
  { tenantId }: AccountPlace,
  operationIds: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  if (operationIds.length === 0) return;
  await sql`
    update settlements set confirmed = false, updated_at = ${now}
    where tenant_id = ${tenantId} and subject_id = any(${operationIds}::text[]) and confirmed`.execute(tx);
}

/** Adds payouts, and marks those that came back. */
export async function putPayouts(tx: Queryable, payouts: readonly Payout[]): Promise<void> {
  if (payouts.length === 0) return;
  // One that was paid and came back within the same lines is written as it ended.
  const last = new Map(payouts.map((payout) => [payout.payoutId, payout]));
  await sql`
    insert into payouts select r.* from ${recordset('payouts', [...last.values()].map(payoutToRow))} r
    on conflict on constraint payouts_pkey do update set
      status = excluded.status, returned_at = excluded.returned_at, updated_at = excluded.updated_at`.execute(tx);
}

/** Events with their outbox rows, for the change that the same transaction writes. */
export async function insertEvents(
  tx: Queryable,
  events: readonly WholeRow<'events'>[],
  outbox: readonly WholeRow<'outbox'>[],
): Promise<void> {
  if (events.length === 0) return;
  await sql`
    with events_put as (insert into events select r.* from ${recordset('events', events)} r)
    insert into outbox select r.* from ${recordset('outbox', outbox)} r`.execute(tx);
}

/** Payouts of an account by the provider's names. */
export async function selectPayoutsByRef(
  tx: Queryable,
  { tenantId, providerAccountId }: AccountPlace,
  refs: readonly string[],
): Promise<readonly Payout[]> {
  const { rows } = await sql<Selectable<Tables['payouts']>>`
    select * from payouts
    where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId}
      and payout_ref = any(${refs}::text[])`.execute(tx);
  return rows.map(payoutFromRow);
}

export async function selectPayout(db: Queryable, owner: Owner, payoutId: string): Promise<Payout | null> {
  const row = await db
    .selectFrom('payouts')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('payout_id', '=', payoutId)
    .executeTakeFirst();
  return row === undefined ? null : payoutFromRow(row);
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectPayouts(
  db: Queryable,
  owner: Owner,
  filter: { readonly providerAccountId?: string | undefined; readonly currency?: string | undefined },
  page: PageOptions,
): Promise<readonly Payout[]> {
  let query = db
    .selectFrom('payouts')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('payout_id', page));
  if (filter.providerAccountId !== undefined) {
    query = query.where('provider_account_id', '=', filter.providerAccountId);
  }
  if (filter.currency !== undefined) query = query.where('currency', '=', filter.currency);
  return (await query.execute()).map(payoutFromRow);
}
