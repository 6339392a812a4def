import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';

export const getWaysIn = endpoint({
  id: 'getWaysIn',
  method: 'GET',
  path: '/api/v1/session/ways-in',
  summary: 'See how people sign in here',
  description: 'What the page to sign in at offers besides a password. It says nothing about anybody.',
  tag: 'Signing in',
  access: { by: 'browser' },
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z
      .strictObject({
        passkeys: z
          .boolean()
          .meta({ description: 'false: the panel is at an IP address, for which browsers make none.' }),
        oidc: z.boolean().meta({ description: 'Whether an identity provider is set up.' }),
      })
      .meta({ id: 'WaysIn' }),
    description: 'The ways in.',
  },
  problems: [],
});
