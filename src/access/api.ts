import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';

export const logIn = endpoint({
  id: 'logIn',
  method: 'POST',
  path: '/api/v1/tenants/login',
  summary: 'Exchange app name and secret for an access token',
  description: 'The secret decides the mode: appSecret for test, liveAppSecret for live.',
  tag: 'Access',
  access: { by: 'anyone' },
  idempotency: 'none',
  audit: 'counted',
  secretsInBody: true,
  body: z
    .strictObject({ appName: z.string().min(1).max(63), appSecret: z.string().min(1).max(128) })
    .meta({ id: 'LogIn' }),
  answer: {
    status: 200,
    schema: z
      .strictObject({
        accessToken: z.string(),
        tokenType: z.literal('Bearer'),
        expiresIn: z.int().meta({ description: 'Seconds.' }),
        tenantId: z.string(),
        mode: z.enum(['live', 'test']),
      })
      .meta({ id: 'AccessToken' }),
    description: 'A token for the Authorization header.',
  },
  problems: ['unauthenticated', 'https_required'],
});
