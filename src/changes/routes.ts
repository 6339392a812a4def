import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type ChangeFeedContext, createChangeFeed } from './change-feed.ts';

/** What tells the panel that something has changed. */
export function changeRoutes(context: ChangeFeedContext): readonly BoundEndpoint[] {
  const feed = createChangeFeed(context);
  return [bindEndpoint(api.streamChanges, async ({ caller }) => ({ stream: await feed.follow(caller) }))];
}
