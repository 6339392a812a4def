/** What disputes are looked for by, as the API calls it. */
export const DISPUTE_FILTERS = ['status', 'paymentId', 'evidenceDueBefore'] as const;
