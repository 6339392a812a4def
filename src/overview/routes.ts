import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type OverviewContext, readOverview, readWholeOverview } from './read-overview.ts';

/** What the first screen of the panel shows. */
export function overviewRoutes(context: OverviewContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getOverview, async ({ caller, query }) => ({ body: await readOverview(context, caller, query) })),
    bindEndpoint(api.getOverviewAsOperator, async ({ query: { mode, ...asked } }) => ({
      body: await readWholeOverview(context, mode, asked),
    })),
  ];
}
