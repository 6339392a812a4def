import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { AttemptState } from '../payments/attempt.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { OperationNoun } from './exception.ts';
import type { StatementLine, UnsettledState } from './line.ts';
import type { BookedOperation } from './operation.ts';
import { lineFromRow } from './rows.ts';
import type { AccountKey } from './store-accounts.ts';

/**
 * Lines of an account in one of the unsettled states, in the order of ids, from after one. State and limit are part
 * of the text: a plan for any of them would read all settled lines, of which there are ever more.
 */
export async function selectUnsettledLines(
  tx: Queryable,
  { tenantId, providerAccountId }: AccountKey,
  state: UnsettledState,
  range: { readonly after: string; readonly limit: number },
): Promise<readonly StatementLine[]> {
  const { rows } = await sql<Selectable<Tables['statement_lines']>>`
    select l.* from (
      select tenant_id, line_id from line_matches
      where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId}
        and state = ${sql.lit(state)} and line_id > ${range.after}
      order by line_id limit ${sql.lit(range.limit)}
    ) m
    join statement_lines l on l.tenant_id = m.tenant_id and l.line_id = m.line_id
    order by l.line_id`.execute(tx);
  return rows.map(lineFromRow);
}

/** Which operation a line may be about, by what it names. */
export interface Naming {
  readonly line_id: string;
  readonly noun: OperationNoun;
  readonly id: string;
  readonly named_by: 'id' | 'ref' | 'attempt';
}

const TABLES = { capture: 'captures', refund: 'refunds', reversal: 'reversals', dispute: 'disputes' } as const;
const IDS = { capture: 'capture_id', refund: 'refund_id', reversal: 'reversal_id', dispute: 'dispute_id' } as const;

/** A refund may be what we know as a reversal, and a correction be one of anything. */
const KINDS: Readonly<Record<OperationNoun, readonly string[]>> = {
  capture: ['charge', 'adjustment'],
  refund: ['refund', 'adjustment'],
  reversal: ['refund', 'adjustment'],
  dispute: ['dispute', 'dispute_reversal', 'adjustment'],
};

/**
 * The operations of the account that lines name: by our id, by the provider's, or by the attempt they are of. Every way
 * is a look into an index, so that the work grows with the lines and not with the payments.
 */
export async function selectNamings(
  tx: Queryable,
  { tenantId, providerAccountId }: AccountKey,
  lineIds: readonly string[],
): Promise<readonly Naming[]> {
  const ways = (Object.keys(TABLES) as OperationNoun[]).flatMap((noun) => {
    const [table, id] = [sql.table(TABLES[noun]), sql.ref(`o.${IDS[noun]}`)];
    const select = sql`select w.line_id, ${noun}::text as noun, ${id} as id`;
    const own = sql`o.tenant_id = ${tenantId} and o.provider_account_id = ${providerAccountId}
      and w.kind = any(${KINDS[noun]}::text[])`;
    return [
      sql`${select}, 'id' as named_by from wanted w join ${table} o on ${own} and ${id} = w.operation_id`,
      sql`${select}, 'ref' from wanted w join ${table} o on ${own} and o.provider_ref = w.operation_ref`,
      sql`${select}, 'attempt' from attempts_named w join ${table} o
        on ${own} and o.payment_id = w.payment_id and o.attempt_id = w.attempt_id`,
    ];
  });
  const { rows } = await sql<Naming>`
    with ${wanted(tenantId, lineIds)}, ${attemptsNamed(tenantId, providerAccountId)}
    select distinct line_id, noun, id, named_by from (${sql.join(ways, sql` union all `)}) as every_way
    order by line_id, id`.execute(tx);
  return rows;
}

export interface NamedAttempt {
  readonly line_id: string;
  readonly state: AttemptState;
}

/** Where the attempts stand that lines name. */
export async function selectNamedAttempts(
  tx: Queryable,
  { tenantId, providerAccountId }: AccountKey,
  lineIds: readonly string[],
): Promise<readonly NamedAttempt[]> {
  const { rows } = await sql<NamedAttempt>`
    with ${wanted(tenantId, lineIds)}, ${attemptsNamed(tenantId, providerAccountId)}
    select line_id, state from attempts_named order by line_id, attempt_id`.execute(tx);
  return rows;
}

function wanted(tenantId: string, lineIds: readonly string[]): RawBuilder<unknown> {
  return sql`wanted as materialized (
    select l.line_id, l.kind, l.attempt_id, l.provider_ref, l.operation_id, l.operation_ref
    from unnest(${lineIds}::text[]) as u (line_id)
    join statement_lines l on l.tenant_id = ${tenantId} and l.line_id = u.line_id
  )`;
}

/** An attempt by our name goes before one by the provider's. */
function attemptsNamed(tenantId: string, providerAccountId: string): RawBuilder<unknown> {
  return sql`attempts_named as materialized (
    select w.line_id, w.kind, a.attempt_id, a.payment_id, a.state
    from wanted w join attempts a on a.tenant_id = ${tenantId} and a.attempt_id = w.attempt_id
    where a.provider_account_id = ${providerAccountId}
    union
    select w.line_id, w.kind, a.attempt_id, a.payment_id, a.state
    from wanted w join attempts a on a.tenant_id = ${tenantId} and a.provider_account_id = ${providerAccountId}
      and a.provider_ref = w.provider_ref
    where w.attempt_id is null
  )`;
}

interface OperationRow {
  readonly noun: OperationNoun;
  readonly id: string;
  readonly payment_id: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly status: BookedOperation['status'];
  readonly is_silent_pair: boolean;
  readonly lines: number;
  readonly main: number;
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly statement_id: string | null;
  readonly settled_at: Temporal.Instant | null;
}

/** Operations of an account by their ids, with the sums of the lines that count for them. */
export async function selectOperations(
  tx: Queryable,
  { tenantId, providerAccountId }: AccountKey,
  ids: readonly string[],
): Promise<readonly BookedOperation[]> {
  const named = sql`from unnest(${ids}::text[]) as u (id)`;
  const own = sql`o.tenant_id = ${tenantId} and o.provider_account_id = ${providerAccountId}`;
  const { rows } = await sql<OperationRow>`
    with operations as materialized (
      select 'capture' as noun, o.capture_id as id, o.payment_id, o.currency, o.amount, o.status
      ${named} join captures o on ${own} and o.capture_id = u.id
      union all select 'refund', o.refund_id, o.payment_id, o.currency, -o.amount, o.status
      ${named} join refunds o on ${own} and o.refund_id = u.id
      union all select 'reversal', o.reversal_id, o.payment_id, o.currency, -o.amount, o.status
      ${named} join reversals o on ${own} and o.reversal_id = u.id
      union all select 'dispute', o.dispute_id, o.payment_id, o.currency, o.amount_reinstated - o.amount_withdrawn,
        'succeeded'
      ${named} join disputes o on ${own} and o.dispute_id = u.id
    )
    select o.*, ${isSilentPair(tenantId)} as is_silent_pair, s.*
    from operations o cross join lateral (${sumsOf(tenantId, sql.ref('o.id'))}) s
    order by o.id`.execute(tx);
  return rows.map(operationFromRow);
}

/** A reversed capture and its reversal, as long as no statement has said anything of either. */
function isSilentPair(tenantId: string): RawBuilder<unknown> {
  return sql`coalesce(o.noun in ('capture', 'reversal') and exists (
      select from reversals v
      where v.tenant_id = ${tenantId} and v.payment_id = o.payment_id and v.status = 'succeeded'
    ) and not exists (
      select from (
        select c.capture_id as id from captures c where c.tenant_id = ${tenantId} and c.payment_id = o.payment_id
        union all
        select v.reversal_id from reversals v where v.tenant_id = ${tenantId} and v.payment_id = o.payment_id
      ) pair
      join line_matches m on m.tenant_id = ${tenantId} and m.subject_id = pair.id and m.state = 'matched'
    ), false)`;
}

function sumsOf(tenantId: string, id: RawBuilder<unknown> | ReturnType<typeof sql.ref>): RawBuilder<unknown> {
  return sql`
    select count(*)::int as lines, (count(*) filter (where l.kind <> 'adjustment'))::int as main,
      coalesce(sum(l.gross), 0)::bigint as gross, coalesce(sum(l.fee), 0)::bigint as fee,
      coalesce(sum(l.net), 0)::bigint as net,
      (array_agg(l.statement_id order by l.occurred_at desc, l.line_id desc))[1] as statement_id,
      (array_agg(coalesce(l.available_at, l.occurred_at) order by l.occurred_at desc, l.line_id desc))[1] as settled_at
    from line_matches m
    join statement_lines l on l.tenant_id = m.tenant_id and l.line_id = m.line_id
    where m.tenant_id = ${tenantId} and m.subject_id = ${id} and m.state = 'matched'`;
}

function operationFromRow(row: OperationRow): BookedOperation {
  const { noun, id, currency, amount, status, lines, main, gross, fee, net } = row;
  return {
    ...{ noun, id, currency, amount, status },
    paymentId: row.payment_id,
    isSilentPair: row.is_silent_pair,
    said: { lines, main, gross, fee, net, statementId: row.statement_id, settledAt: row.settled_at },
  };
}

/** What of the ledger comes next to be looked for on statements. */
export interface CheckedStretch {
  /** Operations of the account in it. */
  readonly subjectIds: readonly string[];
  /** The last transfer of the stretch; null: there is none. */
  readonly lastTransferId: string | null;
}

/**
 * The operations behind the next transfers of the ledger, which begin with their time, so that each is looked for once
 * and the work grows with what is new. Transfers of the tenant's other accounts are passed by.
 */
export async function selectNextMovements(
  tx: Queryable,
  { tenantId, mode, providerAccountId }: AccountKey & { readonly mode: string },
  range: { readonly after: string; readonly before: string; readonly limit: number },
): Promise<CheckedStretch> {
  const { rows } = await sql<{ last_id: string | null; subject_ids: string[] | null }>`
    select max(transfer_id) as last_id,
      array_agg(distinct subject_id) filter (
        where provider_account_id = ${providerAccountId} and kind = any(${MOVEMENTS}::text[])) as subject_ids
    from (
      select transfer_id, subject_id, provider_account_id, kind from ledger_transfers
      where tenant_id = ${tenantId} and mode = ${mode}
        and transfer_id > ${range.after} and transfer_id < ${range.before}
      order by transfer_id limit ${range.limit}
    ) t`.execute(tx);
  return { subjectIds: rows[0]?.subject_ids ?? [], lastTransferId: rows[0]?.last_id ?? null };
}

/** Kinds of transfers behind which stands an operation that statements list. */
export const MOVEMENTS: readonly string[] = [
  'capture',
  'capture_failed',
  'refund',
  'refund_failed',
  'reversal',
  'dispute_withdrawn',
  'dispute_reinstated',
];
