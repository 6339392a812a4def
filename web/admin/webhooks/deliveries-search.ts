/** What deliveries are looked for by, as the API calls it. */
export const DELIVERY_FILTERS = ['status', 'trigger', 'statusCode', 'endpointId', 'paymentId'] as const;
