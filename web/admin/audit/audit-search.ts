/** The filters of the record, as the address and the API call them. */
export const AUDIT_FILTERS = ['actor', 'action', 'targetId', 'class', 'outcome', 'since', 'until'] as const;
export type AuditFilter = (typeof AUDIT_FILTERS)[number];
export const OPERATOR_AUDIT_FILTERS = ['tenantId', ...AUDIT_FILTERS] as const;
