/** What notifications of providers are looked for by, as the API calls it. */
export const INBOUND_FILTERS = [
  'verdict',
  'state',
  'providerAccountId',
  'paymentId',
  'createdAfter',
  'createdBefore',
] as const;
