import { pageOf } from '../kernel/page.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { closePeriod, type PeriodContext, reopenPeriod } from './close-period.ts';
import { periodJson, readPeriod, readPeriods } from './read-periods.ts';

/** The endpoints of the ledger's months. */
export function periodRoutes(context: PeriodContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listPeriods, async ({ caller, query: { cursor, limit, state } }) => {
      const periods = await readPeriods(db, context.clock, caller);
      const wanted = periods
        .toReversed()
        .filter((one) => (state === undefined || one.state === state) && (cursor === undefined || one.month < cursor));
      return {
        body: pageOf(
          wanted.slice(0, limit + 1).map((one) => periodJson(caller, one)),
          limit,
        ),
      };
    }),
    bindEndpoint(api.getPeriod, async ({ caller, params }) => ({
      body: await readPeriod(db, context.clock, caller, params.id),
    })),
    bindEndpoint(api.closePeriod, ({ caller, params, body, idempotency }) =>
      closePeriod(context, caller, { month: params.id, note: body.note }, idempotency),
    ),
    bindEndpoint(api.reopenPeriod, ({ caller, params, body, idempotency }) =>
      reopenPeriod(context, caller, { month: params.id, reason: body.reason }, idempotency),
    ),
  ];
}
