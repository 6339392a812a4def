import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api-health.ts';
import { readHealth } from './read-health.ts';
import { selectEndpoint } from './store.ts';

interface HealthRoutesContext {
  readonly database: Database;
  readonly clock: Clock;
}

/** What shows how endpoints fare. */
export function healthRoutes({ database, clock }: HealthRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getWebhookEndpointHealth, async ({ caller, params }) => {
      const endpoint = await selectEndpoint(database.query, caller, params.id);
      if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
      return { body: await readHealth(database.query, clock, endpoint) };
    }),
  ];
}
