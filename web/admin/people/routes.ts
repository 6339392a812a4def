/** Screens of a tenant. */
export const peopleRoutes = [] as const;

/** Screens of the whole installation. */
export const operatorPeopleRoutes = [] as const;
