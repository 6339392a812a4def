/** What entries of the ledger are looked for by, as the API calls it. */
export const ENTRY_FILTERS = [
  'account',
  'kind',
  'currency',
  'providerAccountId',
  'paymentId',
  'createdAfter',
  'createdBefore',
] as const;

export const STATEMENT_FILTERS = ['status', 'providerAccountId'] as const;
export const LINE_FILTERS = ['state'] as const;
export const EXCEPTION_FILTERS = ['state', 'kind', 'providerAccountId', 'paymentId'] as const;
export const PAYOUT_FILTERS = ['providerAccountId', 'currency'] as const;
export const PERIOD_FILTERS = ['state'] as const;
