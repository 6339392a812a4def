/** What deliveries that were given up are looked for by, as the API calls it. */
export const DEAD_LETTER_FILTERS = ['endpointId', 'eventType', 'createdAfter', 'createdBefore'] as const;
