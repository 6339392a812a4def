import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { TestDatabase } from '../../test/support/database.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';
import { recordset } from '../platform/recordset.ts';
import { type NewTransfer, transferRow } from './transfer.ts';

type Row = Readonly<Record<string, unknown>>;
type MoneyTable = 'payments' | 'captures' | 'refunds' | 'reversals' | 'disputes';

const AT = '2026-01-01T00:00:00Z';

/** A name nobody else uses: a tenant of one test, or one of its objects. */
export function fresh(prefix: string): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`;
}

/** An authorized payment over 100.00 EUR, nothing captured. */
export function paymentRow(tenantId: string, fields: Row = {}): Row {
  const id = fresh('pay');
  return {
    tenant_id: tenantId,
    payment_id: id,
    mode: 'test',
    reference: id,
    amount: 10_000,
    currency: 'EUR',
    capture_method: 'manual',
    status: 'authorized',
    late: false,
    version: 1,
    amount_authorized: 10_000,
    amount_captured: 0,
    amount_capture_pending: 0,
    amount_refunded: 0,
    amount_refund_pending: 0,
    captures_closed: false,
    duplicate_payment: false,
    attempts_max: 3,
    attempts_declined: 0,
    request_shipping: false,
    metadata: {},
    return_style: 'plain',
    holds_limits: false,
    expires_at: AT,
    created_at: AT,
    updated_at: AT,
    ...fields,
  };
}

function operationRow(payment: Row, fields: Row): Row {
  return {
    tenant_id: payment.tenant_id,
    payment_id: payment.payment_id,
    attempt_id: 'att_1',
    provider_account_id: 'pa_1',
    mode: payment.mode,
    amount: 1_000,
    currency: payment.currency,
    made_by: 'tenant',
    status: 'succeeded',
    dispatch: 'acknowledged',
    sync_tries: 0,
    created_at: AT,
    updated_at: AT,
    ...fields,
  };
}

export function captureRow(payment: Row, fields: Row = {}): Row {
  return operationRow(payment, { capture_id: fresh('cap'), final: false, duplicate: false, ...fields });
}

export function refundRow(payment: Row, fields: Row = {}): Row {
  return operationRow(payment, { refund_id: fresh('re'), reason: 'Sent back', duplicate: false, ...fields });
}

export function reversalRow(payment: Row, fields: Row = {}): Row {
  return operationRow(payment, { reversal_id: fresh('rev'), reason: 'Not acknowledged', ...fields });
}

export function disputeRow(payment: Row, fields: Row = {}): Row {
  const {
    made_by: _madeBy,
    dispatch: _dispatch,
    sync_tries: _tries,
    ...row
  } = operationRow(payment, {
    dispute_id: fresh('dp'),
    provider_ref: fresh('ref'),
    reason: 'not_received',
    status: 'opened',
    amount_withdrawn: 0,
    amount_reinstated: 0,
    reported_at: AT,
  });
  return { ...row, ...fields };
}

/** Inserts rows of several tables, and changes payments, in one statement; what it breaks is what the database says. */
export async function write(
  database: TestDatabase,
  rows: Readonly<Partial<Record<MoneyTable, readonly Row[]>>>,
  change?: { readonly payment: Row; readonly set: string },
): Promise<void> {
  const tables = Object.entries(rows);
  const parts = tables.map(
    ([table], at) =>
      `i${at} as (insert into ${table} select * from json_populate_recordset(null::${table}, $${at + 1}))`,
  );
  if (change !== undefined) {
    const { tenant_id: tenant, payment_id: id } = change.payment;
    parts.push(`u as (update payments set ${change.set} where tenant_id = '${tenant}' and payment_id = '${id}')`);
  }
  await database.run(
    `with ${parts.join(', ')} select`,
    tables.map(([, values]) => JSON.stringify(values)),
  );
}

/** Runs statements past every trigger, as only the superuser of a broken installation could. */
export async function tamper(database: TestDatabase, statements: string): Promise<void> {
  await database.run(`begin; set local session_replication_role = replica; ${statements}; commit`);
}

/** Posts transfers in one statement, without a retry, so that a deadlock is seen. */
export async function post(database: Database, transfers: readonly NewTransfer[]): Promise<void> {
  const rows = transfers.map((transfer) => transferRow(transfer, systemClock));
  await sql`insert into ledger_transfers select r.* from ${recordset('ledger_transfers', rows)} r`.execute(
    database.query,
  );
}

/** A transfer of 10.00 EUR for an operation of a payment. */
export function transferOf(operation: Row, kind: NewTransfer['kind'], fields: Partial<NewTransfer> = {}): NewTransfer {
  const { capture_id, refund_id, reversal_id, dispute_id, ...row } = operation;
  return {
    tenantId: String(row.tenant_id),
    mode: 'test',
    currency: String(row.currency),
    providerAccountId: String(row.provider_account_id),
    kind,
    amount: BigInt(String(row.amount)),
    paymentId: String(row.payment_id),
    subjectId: String(capture_id ?? refund_id ?? reversal_id ?? dispute_id),
    ...(row.duplicate === true ? { duplicate: true } : {}),
    ...fields,
  };
}
