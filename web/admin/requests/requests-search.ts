/** What requests are looked for by, as the API calls it. */
export const REQUEST_FILTERS = [
  'refused',
  'status',
  'code',
  'method',
  'operation',
  'actor',
  'correlationId',
  'createdAfter',
  'createdBefore',
] as const;
