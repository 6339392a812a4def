/** Screens of a tenant. */
export const setupRoutes = [] as const;

/** Screens of the whole installation. */
export const operatorSetupRoutes = [] as const;
