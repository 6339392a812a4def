/** What events are looked for by, as the API calls it. */
export const EVENT_FILTERS = ['type', 'paymentId', 'undelivered', 'since', 'until'] as const;
