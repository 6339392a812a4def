import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type LogInContext, logInTenant } from './log-in-tenant.ts';

/** The front door for app name and secret. */
export function accessRoutes(context: LogInContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.logIn, async ({ body, secure, remoteAddress }) => ({
      body: await logInTenant(context, body, { secure, remoteAddress }),
    })),
  ];
}
