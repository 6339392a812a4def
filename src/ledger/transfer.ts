import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { LedgerAccount } from './ledger-account.ts';

/** Which account each kind of transfer debits and which it credits. */
export const TRANSFER_KINDS = {
  capture: { debit: 'provider_receivable', credit: 'sales' },
  capture_failed: { debit: 'sales', credit: 'provider_receivable' },
  refund: { debit: 'refunds', credit: 'provider_receivable' },
  refund_failed: { debit: 'provider_receivable', credit: 'refunds' },
  reversal: { debit: 'sales', credit: 'provider_receivable' },
  dispute_withdrawn: { debit: 'disputed_funds', credit: 'provider_receivable' },
  dispute_reinstated: { debit: 'provider_receivable', credit: 'disputed_funds' },
  fee: { debit: 'fees', credit: 'provider_receivable' },
  fee_returned: { debit: 'provider_receivable', credit: 'fees' },
  payout: { debit: 'bank_clearing', credit: 'provider_receivable' },
  payout_returned: { debit: 'provider_receivable', credit: 'bank_clearing' },
  reserve_held: { debit: 'reserve', credit: 'provider_receivable' },
  reserve_released: { debit: 'provider_receivable', credit: 'reserve' },
} as const satisfies Readonly<Record<string, { readonly debit: LedgerAccount; readonly credit: LedgerAccount }>>;
export type TransferKind = keyof typeof TRANSFER_KINDS;

/** One movement of money to post. */
export interface NewTransfer {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly currency: string;
  readonly providerAccountId: string;
  readonly kind: TransferKind;
  /** Minor units, above 0. */
  readonly amount: bigint;
  readonly paymentId: string | null;
  /** The capture, refund, reversal, dispute or statement line behind it. */
  readonly subjectId: string;
  /** Tells movements of the same kind and subject apart; for disputes, the total so far. */
  readonly step?: bigint;
  /** The money of a second success: suspense stands in for sales and refunds. */
  readonly duplicate?: boolean;
}

/** The immutable row of a transfer. Its posting key makes a second posting of the same movement fail. */
export function transferRow(transfer: NewTransfer, clock: Clock): WholeRow<'ledger_transfers'> {
  const { debit, credit } = TRANSFER_KINDS[transfer.kind];
  const step = transfer.step === undefined ? '' : `:${transfer.step}`;
  // Read once: a list finds a period by the ids, so an id must not begin with another time than its row's.
  const now = clock.now();
  return {
    tenant_id: transfer.tenantId,
    transfer_id: newId('tr', { now: () => now }),
    mode: transfer.mode,
    currency: transfer.currency,
    provider_account_id: transfer.providerAccountId,
    kind: transfer.kind,
    debit_account: accountOf(debit, transfer),
    credit_account: accountOf(credit, transfer),
    amount: transfer.amount,
    payment_id: transfer.paymentId,
    subject_id: transfer.subjectId,
    posting_key: `${transfer.subjectId}:${transfer.kind}${step}`,
    created_at: now,
  };
}

function accountOf(account: LedgerAccount, { duplicate = false }: NewTransfer): LedgerAccount {
  return duplicate && (account === 'sales' || account === 'refunds') ? 'suspense' : account;
}
