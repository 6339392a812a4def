import type { TestDatabase } from '../../test/support/database.ts';
import type { Database } from '../platform/database.ts';
import {
  captureRow,
  disputeRow,
  fresh,
  paymentRow,
  post,
  refundRow,
  reversalRow,
  tamper,
  transferOf,
  write,
} from './ledger-fixture.ts';
import { verifyLedger } from './verify-ledger.ts';

export interface Books {
  readonly rows: TestDatabase;
  readonly database: Database;
}

export type Booked = Awaited<ReturnType<typeof bookedTenant>>;

/** A tenant with a payment of every fate, booked as it must be. */
export async function bookedTenant({ rows, database }: Books) {
  const tenantId = fresh('ten');
  const payment = paymentRow(tenantId, { amount_captured: 6_000, amount_refunded: 1_000, amount_refund_pending: 500 });
  const capture = captureRow(payment, { amount: 6_000 });
  const refund = refundRow(payment);
  const failedRefund = refundRow(payment, { status: 'failed' });
  const neverRefund = refundRow(payment, { status: 'failed' });
  const pendingRefund = refundRow(payment, { amount: 500, status: 'pending' });
  const failedCapture = captureRow(payment, { status: 'failed' });
  const dispute = disputeRow(payment, { amount_withdrawn: 900, amount_reinstated: 300 });
  const duplicate = captureRow(payment, { duplicate: true, amount: 10_000 });
  const sentBack = refundRow(payment, { duplicate: true, amount: 10_000 });
  const undone = paymentRow(tenantId);
  const undoneCapture = captureRow(undone);
  const reversal = reversalRow(undone);
  await write(rows, {
    payments: [payment, undone],
    captures: [capture, failedCapture, duplicate, undoneCapture],
    refunds: [refund, failedRefund, neverRefund, pendingRefund, sentBack],
    reversals: [reversal],
    disputes: [dispute],
  });
  await post(database, [
    transferOf(capture, 'capture'),
    transferOf(failedCapture, 'capture'),
    transferOf(failedCapture, 'capture_failed'),
    transferOf(refund, 'refund'),
    transferOf(failedRefund, 'refund'),
    transferOf(failedRefund, 'refund_failed'),
    transferOf(duplicate, 'capture'),
    transferOf(sentBack, 'refund'),
    transferOf(dispute, 'dispute_withdrawn', { amount: 400n, step: 400n }),
    transferOf(dispute, 'dispute_withdrawn', { amount: 500n, step: 900n }),
    transferOf(dispute, 'dispute_reinstated', { amount: 300n, step: 300n }),
    transferOf(undoneCapture, 'capture'),
    transferOf(reversal, 'reversal'),
    transferOf(payment, 'payout', { providerAccountId: 'pa_1', amount: 2_000n, paymentId: null, subjectId: 'st_1' }),
  ]);
  return { tenantId, payment, capture, refund, failedRefund, neverRefund, pendingRefund, dispute, duplicate, reversal };
}

/** Takes a posting and what it did to the balances away, as if it had never been posted. */
export async function unpost({ rows }: Books, postingKey: string): Promise<void> {
  const sides = (['debit', 'credit'] as const).map(
    (side) => `update ledger_balances b set ${side}s = ${side}s - t.amount from ledger_transfers t
      where t.posting_key = '${postingKey}' and b.tenant_id = t.tenant_id and b.mode = t.mode
        and b.provider_account_id = t.provider_account_id and b.account = t.${side}_account
        and (b.stripe) = (select min(stripe) from ledger_balances m
          where (m.tenant_id, m.account) = (t.tenant_id, t.${side}_account))`,
  );
  await tamper(rows, `${sides.join('; ')}; delete from ledger_transfers where posting_key = '${postingKey}'`);
}

/** The id of a transfer by its posting key. */
export async function transferIdOf({ rows }: Books, posting: string): Promise<string> {
  const [row] = await rows.run<{ id: string }>(
    'select transfer_id as id from ledger_transfers where posting_key = $1',
    [posting],
  );
  return row?.id ?? 'none';
}

/** What verifying a tenant finds, flat. */
export async function findDifferences({ database }: Books, tenantId: string) {
  return (await verifyLedger(database.query, { tenantId })).differences.map(({ problem, at, expected, found: is }) => ({
    problem,
    ...at,
    expected,
    found: is,
  }));
}
