/**
 * What a tenant's money can be, for each mode, currency and provider account. The tenants own their provider accounts,
 * so these say what a provider owes its tenant and why; the installation holds no funds.
 */
export const LEDGER_ACCOUNTS = [
  /** What the provider owes the tenant. */
  'provider_receivable',
  'sales',
  'refunds',
  'fees',
  /** Taken by the provider while a payer disputes, and not given back. */
  'disputed_funds',
  /** Paid out by the provider, on its way to or at the tenant's bank. */
  'bank_clearing',
  'reserve',
  /** Received without being owed: a second success of one payment, until it is refunded. */
  'suspense',
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** The side on which an account grows; its balance is that side minus the other. */
export const NORMAL_SIDE: Readonly<Record<LedgerAccount, 'debit' | 'credit'>> = {
  provider_receivable: 'debit',
  sales: 'credit',
  refunds: 'debit',
  fees: 'debit',
  disputed_funds: 'debit',
  bank_clearing: 'debit',
  reserve: 'debit',
  suspense: 'credit',
};
