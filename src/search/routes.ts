import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type SearchContext, searchInstallation, searchObjects } from './search-objects.ts';

/** What finds things by what people know of them. */
export function searchRoutes(context: SearchContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.searchObjects, async ({ caller, query }) => ({
      body: { data: [...(await searchObjects(context, caller, query.q))] },
    })),
    bindEndpoint(api.searchInstallation, async ({ query }) => ({
      body: { data: [...(await searchInstallation(context, query.q))] },
    })),
  ];
}
