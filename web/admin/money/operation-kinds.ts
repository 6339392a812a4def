/** What captures, refunds and reversals are looked for by, as the API calls it. */
export const OPERATION_FILTERS = ['status', 'paymentId', 'providerRef', 'createdAfter', 'createdBefore'] as const;
export type OperationFilterName = (typeof OPERATION_FILTERS)[number];

/** What deadlines are looked for by. */
export const DEADLINE_FILTERS = ['status', 'paymentId', 'endpointId'] as const;
