/** The filters of the list of tenants, as the address and the API call them. */
export const TENANT_FILTERS = ['q', 'status', 'parentTenantId'] as const;
