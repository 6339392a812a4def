/** Screens of a tenant. */
export const notifyRoutes = [] as const;

/** Screens of the whole installation. */
export const operatorNotifyRoutes = [] as const;
