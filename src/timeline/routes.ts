import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { readTimeline } from './read-timeline.ts';

/** The timeline's endpoint; everything it shows is written by what happens. */
export function timelineRoutes(database: Database): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getPaymentTimeline, async ({ caller, params, query }) => ({
      body: await readTimeline(database.query, caller, params.id, query),
    })),
  ];
}
