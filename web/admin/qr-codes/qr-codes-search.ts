/** What QR codes are looked for by, as the API calls it. */
export const QR_CODE_FILTERS = ['status', 'kind', 'reference'] as const;
