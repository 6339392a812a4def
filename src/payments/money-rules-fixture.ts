import { assert } from '../kernel/assert.ts';
import { LEDGER_ACCOUNTS, type LedgerAccount } from '../ledger/ledger-account.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { type Attempt, isOpen } from './attempt.ts';
import type { Capture } from './capture.ts';
import type { Dispute } from './dispute.ts';
import type { Operation, OperationStatus } from './operation.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';
import type { Reversal } from './reversal.ts';

/** Everything kept of one payment. Rows are found, changed and never lost, as in the database. */
export interface Kept {
  payment: Payment;
  readonly attempts: Map<string, Attempt>;
  readonly captures: Map<string, Capture>;
  readonly refunds: Map<string, Refund>;
  readonly reversals: Map<string, Reversal>;
  readonly disputes: Map<string, Dispute>;
  readonly transfers: WholeRow<'ledger_transfers'>[];
  /** What was told, in order: the event's type and what it is about. */
  readonly told: { readonly type: string; readonly about: string }[];
}

/** The assertions of apply-signal.ts and the CHECKs on a payment's row. */
export function checkPayment(payment: Payment): void {
  const { amount, amountAuthorized, amountCaptured, amountCapturePending, amountRefunded, amountRefundPending } =
    payment;
  const amounts = [amountAuthorized, amountCaptured, amountCapturePending, amountRefunded, amountRefundPending];
  assert(
    amounts.every((one) => one >= 0n),
    'payments: no amount is negative',
  );
  assert(amountAuthorized <= amount, 'payments_authorized_check');
  assert(amountCaptured + amountCapturePending <= amountAuthorized, 'payments_captured_check');
  assert(amountRefunded + amountRefundPending <= amountCaptured, 'payments_refunded_check');
  assert((payment.status === 'processing') === (payment.openAttemptId !== null), 'payments_open_attempt_check');
  assert(payment.status !== 'succeeded' || amountCaptured > 0n, 'payments_succeeded_check');
  assert(
    payment.reversalId === null || (amountRefunded === 0n && amountRefundPending === 0n),
    'payments_reversal_check',
  );
  assert(
    payment.status !== 'reversed' || (payment.reversalId !== null && amountCaptured === 0n),
    'payments_reversed_check',
  );
}

/** The CHECKs and unique keys on what hangs on a payment, and that its amounts are what its operations add up to. */
export function checkRows(kept: Kept): void {
  const { payment, attempts, reversals, disputes } = kept;
  checkOneOpen(kept);
  for (const one of attempts.values()) {
    const mayWait = isOpen(one) || (one.state === 'authorized' && one.releaseRequestedAt !== null);
    assert(one.syncDueAt === null || mayWait, 'attempts_sync_check');
    assert(one.state !== 'completing' || one.completionSealed !== null, 'attempts_completing_check');
    const mayHold = one.state === 'completing' || one.state === 'pending' || one.state === 'unknown';
    assert(one.completionSealed === null || mayHold, 'attempts_completion_check');
    assert(one.failedOverTo === null || !(isOpen(one) || one.state === 'declined'), 'attempts_failed_over_check');
  }
  const open = payment.openAttemptId;
  assert(open === null || openAttempts(kept).some(({ attemptId }) => attemptId === open), 'the open attempt is open');
  for (const rows of [kept.captures, kept.refunds, kept.reversals]) {
    const all: readonly Operation[] = [...rows.values()];
    for (const one of all) {
      assert(one.amount > 0n, 'amount_check');
      assert(one.syncDueAt === null || one.status === 'pending', 'sync_check');
    }
    checkNames(all);
  }
  checkNames([...disputes.values()]);
  for (const one of disputes.values()) {
    const { amount, amountReinstated, amountWithdrawn } = one;
    assert(amount > 0n, 'disputes_amount_check');
    assert(amountReinstated >= 0n && amountReinstated <= amountWithdrawn, 'disputes_money_check');
  }
  const standing = [...reversals.values()].filter(({ status }) => status !== 'failed');
  assert(standing.length <= 1, 'reversals_standing_key');
  assert((standing[0]?.reversalId ?? null) === payment.reversalId, 'the standing reversal is the one named');
  checkAmounts(kept);
}

function checkNames(rows: readonly (Operation | Dispute)[]): void {
  const names = rows.map(({ providerRef }) => providerRef).filter((name) => name !== null);
  assert(new Set(names).size === names.length, 'provider_ref_key');
}

function checkAmounts({ payment, captures, refunds, reversals }: Kept): void {
  const [taken, back] = [[...captures.values()], [...refunds.values()]];
  const own = (one: { readonly duplicate: boolean }) => !one.duplicate;
  const captured = sumOf(taken.filter(own), 'succeeded') - sumOf([...reversals.values()], 'succeeded');
  assert(payment.amountCaptured === captured, 'amountCaptured is what captures and reversals add up to');
  assert(payment.amountCapturePending === sumOf(taken.filter(own), 'pending'), 'amountCapturePending adds up');
  assert(payment.amountRefunded === sumOf(back.filter(own), 'succeeded'), 'amountRefunded adds up');
  assert(payment.amountRefundPending === sumOf(back.filter(own), 'pending'), 'amountRefundPending adds up');
  const [double, doubleBack] = [taken, back].map((rows) => rows.filter((one) => one.duplicate));
  const returning = sumOf(doubleBack ?? [], 'succeeded') + sumOf(doubleBack ?? [], 'pending');
  assert(returning <= sumOf(double ?? [], 'succeeded'), 'no more double money goes back than came');
  const moved = taken.filter(({ status }) => status !== 'failed');
  const moneyOf = new Set(moved.filter(own).map(({ attemptId }) => attemptId));
  assert(
    moved.every((one) => !one.duplicate || !moneyOf.has(one.attemptId)),
    'the money of one attempt is the payment’s or double, not both',
  );
}

/** Every posting once, nothing made or lost, and what the provider owes is what the operations say. */
export function checkLedger(kept: Kept): void {
  const keys = kept.transfers.map((row) => row.posting_key);
  assert(new Set(keys).size === keys.length, 'ledger_transfers_posting_key');
  for (const row of kept.transfers) {
    assert(row.amount > 0n && row.debit_account !== row.credit_account, 'ledger_transfers checks');
    assert(row.currency === kept.payment.currency, 'one payment, one currency');
  }
  const [taken, back] = [[...kept.captures.values()], [...kept.refunds.values()]];
  const own = (one: { readonly duplicate: boolean }) => !one.duplicate;
  const double = (one: { readonly duplicate: boolean }) => one.duplicate;
  const reversed = sumOf([...kept.reversals.values()], 'succeeded');
  const disputed = [...kept.disputes.values()].reduce(
    (sum, one) => sum + one.amountWithdrawn - one.amountReinstated,
    0n,
  );
  const expected: Readonly<Record<LedgerAccount, bigint>> = {
    provider_receivable: sumOf(taken, 'succeeded') - sumOf(back, 'succeeded') - reversed - disputed,
    sales: reversed - sumOf(taken.filter(own), 'succeeded'),
    refunds: sumOf(back.filter(own), 'succeeded'),
    suspense: sumOf(back.filter(double), 'succeeded') - sumOf(taken.filter(double), 'succeeded'),
    disputed_funds: disputed,
    fees: 0n,
    bank_clearing: 0n,
    reserve: 0n,
  };
  let sum = 0n;
  for (const account of LEDGER_ACCOUNTS) {
    const balance = balanceOf(kept, account);
    assert(balance === expected[account], `${account} holds ${balance} instead of ${expected[account]}`);
    sum += balance;
  }
  assert(sum === 0n, 'debits equal credits');
}

function sumOf(rows: readonly Operation[], status: OperationStatus): bigint {
  return rows.reduce((sum, one) => sum + (one.status === status ? one.amount : 0n), 0n);
}

/** What an account holds of this payment: debits less credits. */
function balanceOf({ transfers }: Pick<Kept, 'transfers'>, account: LedgerAccount): bigint {
  const sign = (row: WholeRow<'ledger_transfers'>): bigint => {
    return (row.debit_account === account ? row.amount : 0n) - (row.credit_account === account ? row.amount : 0n);
  };
  return transfers.reduce((sum, row) => sum + sign(row), 0n);
}

/** The unique index, which looks at every row as it is written. */
export function checkOneOpen(kept: Pick<Kept, 'attempts'>): void {
  assert(openAttempts(kept).length <= 1, 'attempts_open_key');
}

/** The attempts whose outcome is still to come. */
function openAttempts({ attempts }: Pick<Kept, 'attempts'>): readonly Attempt[] {
  return [...attempts.values()].filter(isOpen);
}
