/** What payments are looked for by, as the API calls it. */
export const PAYMENT_FILTERS = ['status', 'reference', 'orderId', 'createdAfter', 'createdBefore'] as const;
