/** The ways to say who calls, by the names that operations use. */
export const SECURITY_SCHEMES = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'sk_test_… or sk_live_…',
    description: 'A tenant’s API key.',
  },
  accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From POST /api/v1/tenants/login.' },
  basic: { type: 'http', scheme: 'basic', description: 'App name and app secret.' },
  operatorKey: { type: 'http', scheme: 'bearer', description: 'The key of the installation’s operator.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-tollgate',
    description: 'Somebody who has signed in at the panel.',
  },
};
