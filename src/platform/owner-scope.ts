/**
 * Has the rest of a transaction of the tables' owner read and write the rows of all tenants: for migrating and copying.
 * For the role that the gateway runs as it means nothing.
 */
export const OWNER_SCOPE = `select set_config('tollgate.tenants', '*owner', true)`;
