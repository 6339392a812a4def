import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import { TRANSFER_KINDS, type TransferKind } from './transfer.ts';

/** What a payment's own rows prove; the other kinds come from statements and from people. */
const KINDS_OF_PAYMENTS: readonly TransferKind[] = [
  'capture',
  'capture_failed',
  'refund',
  'refund_failed',
  'reversal',
  'dispute_withdrawn',
  'dispute_reinstated',
];

/** The payments of one statement: those after `after`, up to and with `upTo`; null: to the end. */
export interface PaymentRange {
  readonly tenantId: string;
  readonly after: string;
  readonly upTo: string | null;
}

/** What was found, cut to the limit, and how much there is of it. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** Plans are made for the range at hand: one for a small tenant would serve a large one badly. */
export async function preferFreshPlans(tx: Queryable): Promise<void> {
  await sql`set local plan_cache_mode = force_custom_plan`.execute(tx);
}

/** The next tenant that has anything to verify, in the order of ids; also one that the directory does not know. */
export async function selectNextTenant(tx: Queryable, after: string): Promise<string | null> {
  const { rows } = await sql<{ next: string | null }>`
    select least(
      (select min(tenant_id) from ledger_transfers where tenant_id > ${after}),
      (select min(tenant_id) from ledger_balances where tenant_id > ${after}),
      (select min(tenant_id) from payments where tenant_id > ${after})) as next`.execute(tx);
  return rows[0]?.next ?? null;
}

/** What transfers between the same two accounts add up to. */
export interface TransferSum {
  readonly mode: string;
  readonly currency: string;
  readonly provider_account_id: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly transfers: number;
  readonly amount: bigint;
  /** The last of all that were read, in the database's order of texts; the same on every row. */
  readonly last_transfer_id: string;
  /** Transfers that must name a payment and do not. */
  readonly lost: number;
  /** A hundred of them at most. */
  readonly lost_ids: readonly string[] | null;
}

/** Adds up the next transfers of a tenant in the order of ids; none are left where nothing comes back. */
export async function sumNextTransfers(
  tx: Queryable,
  tenantId: string,
  after: string,
  limit: number,
): Promise<readonly TransferSum[]> {
  const { rows } = await sql<TransferSum>`
    select mode, currency, provider_account_id, debit_account, credit_account,
      count(*)::int as transfers, sum(amount) as amount, max(max(transfer_id)) over () as last_transfer_id,
      (count(*) filter (where is_lost))::int as lost, (array_agg(transfer_id) filter (where is_lost))[1:100] as lost_ids
    from (
      select *, coalesce(payment_id, '') = '' and kind = any(${KINDS_OF_PAYMENTS}::text[]) as is_lost
      from ledger_transfers where tenant_id = ${tenantId} and transfer_id > ${after}
      order by transfer_id limit ${limit}
    ) t
    group by 1, 2, 3, 4, 5`.execute(tx);
  return rows;
}

export interface StoredBalance {
  readonly mode: string;
  readonly currency: string;
  readonly provider_account_id: string;
  readonly account: string;
  readonly debits: bigint;
  readonly credits: bigint;
}

export async function selectStoredBalances(tx: Queryable, tenantId: string): Promise<readonly StoredBalance[]> {
  const { rows } = await sql<StoredBalance>`
    select mode, currency, provider_account_id, account, sum(debits) as debits, sum(credits) as credits
    from ledger_balances where tenant_id = ${tenantId} group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(tx);
  return rows;
}

/**
 * Where the range that begins after a payment ends: with so many payments, or with so many transfers, since those may
 * name any payment; null: with the last.
 */
export async function selectRangeEnd(
  tx: Queryable,
  tenantId: string,
  after: string,
  limit: number,
): Promise<string | null> {
  const { rows } = await sql<{ end: string | null }>`
    select least(
      (select payment_id from payments where tenant_id = ${tenantId} and payment_id > ${after}
        order by payment_id offset ${limit - 1} limit 1),
      (select payment_id from ledger_transfers where tenant_id = ${tenantId} and payment_id > ${after}
        order by payment_id offset ${limit - 1} limit 1)) as end`.execute(tx);
  return rows[0]?.end ?? null;
}

/** A movement that should have been posted and was not, or the other way round, or with another amount. */
export interface PostingDifference {
  readonly payment_id: string;
  readonly subject_id: string;
  readonly kind: string;
  /** Mode, currency, provider account, debited and credited account. */
  readonly place: string;
  readonly is_expected: boolean;
  readonly expected: bigint;
  readonly posted: bigint;
  readonly transfers: number;
  readonly transfer_ids: readonly string[];
}

/**
 * Compares what a payment's rows say with what was posted, by payment, subject, kind and accounts. A failure that never
 * had been a success needs no posting; with one of the two it needs the other.
 */
export async function comparePostings(
  tx: Queryable,
  range: PaymentRange,
  limit: number,
): Promise<Found<PostingDifference>> {
  const { rows } = await sql<PostingDifference & { readonly total: number }>`
    with operations as (${operationsIn(range)}),
    posted as (
      select payment_id, subject_id, kind,
        concat_ws(' ', mode, currency, provider_account_id, debit_account, credit_account) as place,
        sum(amount) as amount, count(*)::int as transfers, array_agg(transfer_id) as transfer_ids
      from ledger_transfers
      where ${within(range)} and kind = any(${KINDS_OF_PAYMENTS}::text[])
      group by 1, 2, 3, 4
    ),
    chart as (select * from unnest(${chart('kind')}::text[], ${chart('debit')}::text[], ${chart('credit')}::text[])
      as c (kind, debit, credit)),
    due as (
      select payment_id, subject_id, posting.kind, mode, currency, provider_account_id, duplicate, amount,
        status = 'failed' as failed
      from operations, lateral (values (noun), (noun || '_failed')) as posting (kind)
      where status = 'failed' or (status = 'succeeded' and posting.kind = noun)
      union all
      select payment_id, dispute_id, moved.kind, mode, currency, provider_account_id, false, moved.amount, false
      from disputes, lateral (values
        ('dispute_withdrawn', amount_withdrawn), ('dispute_reinstated', amount_reinstated)) as moved (kind, amount)
      where ${within(range)} and moved.amount > 0
    ),
    -- A reversal that failed has no kind to take it back with: the join leaves that one out.
    expected as (
      select payment_id, subject_id, kind, amount, failed, concat_ws(' ', mode, currency, provider_account_id,
        case when duplicate and debit in ('sales', 'refunds') then 'suspense' else debit end,
        case when duplicate and credit in ('sales', 'refunds') then 'suspense' else credit end) as place
      from due join chart using (kind)
      where not (failed and kind = 'reversal')
    ),
    compared as (
      select payment_id, subject_id, kind, place, e.amount as expected, p.amount as posted, p.transfers,
        p.transfer_ids, e.failed and count(p.amount) over (partition by payment_id, subject_id) = 0 as is_excused
      from expected e full join posted p using (payment_id, subject_id, kind, place)
    )
    select payment_id, subject_id, kind, place, expected is not null as is_expected, coalesce(expected, 0) as expected,
      coalesce(posted, 0) as posted, coalesce(transfers, 0) as transfers,
      coalesce(transfer_ids[1:10], '{}') as transfer_ids, (count(*) over ())::int as total
    from compared
    where (expected is distinct from posted and is_excused is not true)
      or (transfers > 1 and kind not like 'dispute%')
    order by payment_id, subject_id, kind, place
    limit ${limit}`.execute(tx);
  return { rows, total: rows[0]?.total ?? 0 };
}

export interface PaymentDifference {
  readonly payment_id: string;
  readonly mode: string;
  readonly currency: string;
  readonly what: string;
  readonly expected: bigint;
  readonly found: bigint;
}

/** Compares the amounts a payment carries with what its captures, refunds and reversals add up to. */
export async function comparePayments(
  tx: Queryable,
  range: PaymentRange,
  limit: number,
): Promise<Found<PaymentDifference>> {
  const { rows } = await sql<PaymentDifference & { readonly total: number }>`
    with operations as (${operationsIn(range)}),
    sums as (
      select payment_id,
        sum(case noun when 'capture' then amount when 'reversal' then -amount end)
          filter (where status = 'succeeded' and not duplicate) as captured,
        sum(amount) filter (where noun = 'capture' and status = 'pending' and not duplicate) as capture_pending,
        sum(amount) filter (where noun = 'refund' and status = 'succeeded' and not duplicate) as refunded,
        sum(amount) filter (where noun = 'refund' and status = 'pending' and not duplicate) as refund_pending,
        sum(amount) filter (where noun = 'capture' and status = 'succeeded' and duplicate) as duplicate,
        sum(amount) filter (where noun = 'refund' and status <> 'failed' and duplicate) as duplicate_refunded,
        min(mode || currency) as mode_currency_min, max(mode || currency) as mode_currency_max
      from operations group by payment_id
    )
    select p.payment_id, p.mode, p.currency, c.what, c.expected, c.found, (count(*) over ())::int as total
    from payments p left join sums s using (payment_id)
    cross join lateral (values
      ('amountCaptured', coalesce(s.captured, 0), p.amount_captured::numeric),
      ('amountCapturePending', coalesce(s.capture_pending, 0), p.amount_capture_pending),
      ('amountRefunded', coalesce(s.refunded, 0), p.amount_refunded),
      ('amountRefundPending', coalesce(s.refund_pending, 0), p.amount_refund_pending),
      ('duplicateRefunded', least(coalesce(s.duplicate_refunded, 0), coalesce(s.duplicate, 0)),
        coalesce(s.duplicate_refunded, 0)),
      ('operationsInAnotherModeOrCurrency', 0,
        (p.mode || p.currency <> s.mode_currency_min or p.mode || p.currency <> s.mode_currency_max)::int)
    ) as c (what, expected, found)
    where ${within(range, 'p')} and c.expected <> c.found
    order by 1, 4
    limit ${limit}`.execute(tx);
  return { rows, total: rows[0]?.total ?? 0 };
}

function operationsIn(range: PaymentRange): RawBuilder<unknown> {
  const columns = sql`status, mode, currency, provider_account_id, amount`;
  return sql`
    select payment_id, capture_id as subject_id, 'capture' as noun, ${columns}, duplicate
    from captures where ${within(range)}
    union all
    select payment_id, refund_id, 'refund', ${columns}, duplicate from refunds where ${within(range)}
    union all
    select payment_id, reversal_id, 'reversal', ${columns}, false from reversals where ${within(range)}`;
}

function within({ tenantId, after, upTo }: PaymentRange, alias?: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(alias === undefined ? name : `${alias}.${name}`);
  const end = upTo === null ? sql`` : sql` and ${column('payment_id')} <= ${upTo}`;
  return sql<boolean>`${column('tenant_id')} = ${tenantId} and ${column('payment_id')} > ${after}${end}`;
}

/** One column of the chart of what each kind debits and credits. */
function chart(column: 'kind' | 'debit' | 'credit'): readonly string[] {
  return KINDS_OF_PAYMENTS.map((kind) => (column === 'kind' ? kind : TRANSFER_KINDS[kind][column]));
}
