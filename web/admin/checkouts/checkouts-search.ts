/** What stored checkouts are looked for by, as the API calls it. */
export const CHECKOUT_FILTERS = ['status', 'reference'] as const;
