import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { PaymentState } from './decision.ts';
import { captureFromRow, disputeFromRow, refundFromRow, reversalFromRow } from './operation-rows.ts';
import type { Payment } from './payment.ts';
import { attemptFromRow, paymentFromRow } from './rows.ts';
import type { OperationSubject, Subject } from './signal.ts';

/** A payment, and what a signal is about besides it. */
export interface StateWanted {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly subject: Subject;
}

/**
 * The states of any number of payments, in the order wanted; null where there is no such payment. Payments are read
 * before what hangs on them: a version then never goes with something older, and the compare-and-set sees the rest.
 */
export async function selectStates(
  db: Queryable,
  wanted: readonly StateWanted[],
): Promise<readonly (PaymentState | null)[]> {
  const payments = await selectPayments(db, wanted);
  const [attempts, captures, refunds, reversals, disputes] = await Promise.all([
    selectAttempts(db, wanted, payments),
    selectOperations(db, 'captures', wanted),
    selectOperations(db, 'refunds', wanted),
    selectOperations(db, 'reversals', wanted),
    selectOperations(db, 'disputes', wanted),
  ]);
  return wanted.map((_, index) => {
    const payment = payments.get(index);
    return payment === undefined
      ? null
      : {
          payment,
          attempt: mapped(attempts.get(index), attemptFromRow),
          capture: mapped(captures.get(index), captureFromRow),
          refund: mapped(refunds.get(index), refundFromRow),
          reversal: mapped(reversals.get(index), reversalFromRow),
          dispute: mapped(disputes.get(index), disputeFromRow),
        };
  });
}

function mapped<Row, One>(row: Row | undefined, read: (row: Row) => One): One | null {
  return row === undefined ? null : read(row);
}

/** Rows found, by the position of what wanted them. */
type Found<Table extends keyof Tables> = ReadonlyMap<number, Selectable<Tables[Table]>>;

async function selectPayments(db: Queryable, wanted: readonly StateWanted[]): Promise<ReadonlyMap<number, Payment>> {
  const { rows } = await sql<Selectable<Tables['payments']> & { position: bigint }>`
    select p.*, w.position
    from unnest(${wanted.map((one) => one.tenantId)}::text[], ${wanted.map((one) => one.paymentId)}::text[])
      with ordinality as w (tenant_id, payment_id, position)
    join payments p using (tenant_id, payment_id)`.execute(db);
  return new Map(rows.map((row) => [Number(row.position) - 1, paymentFromRow(row)]));
}

/** Attempts of the payments wanted: the one a signal names, or the payment's latest. */
async function selectAttempts(
  db: Queryable,
  wanted: readonly StateWanted[],
  payments: ReadonlyMap<number, Payment>,
): Promise<Found<'attempts'>> {
  const ids = wanted.map(({ subject }, index) => subject.attemptId ?? payments.get(index)?.lastAttemptId ?? null);
  if (ids.every((id) => id === null)) return new Map();
  const { rows } = await sql<Selectable<Tables['attempts']> & { position: bigint }>`
    select a.*, w.position
    from unnest(${wanted.map((one) => one.tenantId)}::text[], ${wanted.map((one) => one.paymentId)}::text[],
      ${ids}::text[]) with ordinality as w (tenant_id, payment_id, attempt_id, position)
    join attempts a on a.tenant_id = w.tenant_id and a.attempt_id = w.attempt_id and a.payment_id = w.payment_id`.execute(
    db,
  );
  return new Map(rows.map((row) => [Number(row.position) - 1, row]));
}

const OPERATIONS = {
  captures: { noun: 'capture', key: 'capture_id' },
  refunds: { noun: 'refund', key: 'refund_id' },
  reversals: { noun: 'reversal', key: 'reversal_id' },
  disputes: { noun: 'dispute', key: 'dispute_id' },
} as const satisfies Record<string, { readonly noun: OperationSubject['noun']; readonly key: string }>;

/** Operations of the payments wanted, by our id or the provider's name. */
async function selectOperations<Table extends keyof typeof OPERATIONS>(
  db: Queryable,
  table: Table,
  wanted: readonly StateWanted[],
): Promise<Found<Table>> {
  const { noun, key } = OPERATIONS[table];
  const about = wanted.map(({ subject }) => (subject.operation?.noun === noun ? subject.operation : null));
  if (about.every((one) => one === null)) return new Map();
  const id = sql.ref(`o.${key}`);
  // What is ours before the provider has named it (an automatic capture, a refund at a provider that keeps no ids of ours)
  // is meant by a report without an id of ours and with the same amount.
  const unnamed =
    table === 'captures' || table === 'refunds'
      ? sql`or (w.may_be_ours and w.id is null and o.provider_ref is null and o.attempt_id = w.attempt_id
          and o.amount = w.amount and o.status = ${sql.lit(table === 'captures' ? 'succeeded' : 'pending')})`
      : sql``;
  const { rows } = await sql<Selectable<Tables[Table]> & { position: bigint }>`
    select found.*, w.position
    from unnest(${wanted.map((one) => one.tenantId)}::text[], ${wanted.map((one) => one.paymentId)}::text[],
      ${wanted.map((one) => one.subject.attemptId)}::text[], ${about.map((one) => one?.id ?? null)}::text[],
      ${about.map((one) => one?.providerRef ?? null)}::text[], ${about.map((one) => one?.amount ?? null)}::bigint[],
      ${about.map((one) => one?.mayBeOurs ?? false)}::boolean[])
      with ordinality as w (tenant_id, payment_id, attempt_id, id, provider_ref, amount, may_be_ours, position)
    cross join lateral (
      select o.* from ${sql.table(table)} o
      where o.tenant_id = w.tenant_id and o.payment_id = w.payment_id
        and (${id} = w.id or o.provider_ref = w.provider_ref ${unnamed})
      order by ${id} = w.id desc nulls last, o.provider_ref = w.provider_ref desc nulls last
      limit 1
    ) found`.execute(db);
  return new Map(rows.map((row) => [Number(row.position) - 1, row]));
}
