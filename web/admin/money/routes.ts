/** Screens of a tenant. */
export const moneyRoutes = [] as const;

/** Screens of the whole installation. */
export const operatorMoneyRoutes = [] as const;
