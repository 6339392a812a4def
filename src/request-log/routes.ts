import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type RequestLogContext, readRequests } from './read-requests.ts';

/** What tenants see of their own requests. */
export function requestLogRoutes(context: RequestLogContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getRequestLog, async ({ caller, query }) => ({
      body: await readRequests(context, caller, query),
    })),
  ];
}
