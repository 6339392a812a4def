import { pageOf } from '../kernel/page.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import {
  advanceTestClock,
  createTestClock,
  readTestClock,
  releaseTestClock,
  type TestClockContext,
  testClockJson,
} from './move-test-clock.ts';
import { selectTestClocks } from './store.ts';

/** The test clocks' endpoints, tied to their verbs. */
export function testClockRoutes(context: TestClockContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.createTestClock, ({ caller, body, idempotency }) =>
      createTestClock(context, caller, body, idempotency),
    ),
    bindEndpoint(api.advanceTestClock, ({ caller, params, body, idempotency }) =>
      advanceTestClock(context, caller, { ...body, id: params.id }, idempotency),
    ),
    bindEndpoint(api.releaseTestClock, ({ caller, params, idempotency }) =>
      releaseTestClock(context, caller, params.id, idempotency),
    ),
    bindEndpoint(api.getTestClock, async ({ caller, params }) => ({
      body: testClockJson(await readTestClock(context.database.query, caller, params.id)),
    })),
    bindEndpoint(api.listTestClocks, async ({ caller, query }) => {
      const rows = caller.mode === 'live' ? [] : await selectTestClocks(context.database.query, caller.tenantId, query);
      const page = pageOf(
        rows.map((one) => testClockJson(one)),
        query.limit,
      );
      return { body: page };
    }),
  ];
}
