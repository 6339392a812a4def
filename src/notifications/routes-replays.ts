import type { z } from 'zod';
import { runOnce } from '../idempotency/run-once.ts';
import { instantOfId } from '../kernel/id.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api-replays.ts';
import type { KeptSince } from './event-expired.ts';
import type { Replay } from './replay.ts';
import type { ReplayContext } from './replay-lane.ts';
import { cancelReplay, previewReplay, type ReplayWish, startReplay } from './start-replay.ts';
import { type ReplayedEvent, selectFirstReplayed, selectReplay, selectReplays } from './store-replays.ts';

type ReplayRoutesContext = Omit<ReplayContext, 'resendGuard' | 'wakeDelivery'> & {
  readonly sealer: Sealer;
  readonly wakeReplay: () => void;
  readonly keptSince: KeptSince;
};

/** What sends many events again. */
export function replayRoutes(context: ReplayRoutesContext): readonly BoundEndpoint[] {
  const { clock, tenantClocks } = context;
  const db = context.database.query;
  return [
    bindEndpoint(api.replayWebhookEndpoint, async ({ caller: { tenantId, mode }, params, body, idempotency }) => {
      const owner = { tenantId, mode };
      const now = (await tenantClocks.of(tenantId, mode)).now();
      const wish = { ...wishOf(body, now), keptSince: await context.keptSince(tenantId) };
      const preview = (on: Queryable) => previewReplay(on, clock, owner, params.id, wish);
      if (body.dryRun) {
        const replay = await preview(db);
        return { body: previewJson(replay, await selectFirstReplayed(db, replay, api.PREVIEWED_EVENTS_MAX)) };
      }
      const scope = { ...owner, route: 'replayWebhookEndpoint' };
      const answer = await runOnce<api.ReplayAnswer | api.ReplayPreview>(context, scope, idempotency, async (tx) => {
        const replay = await preview(tx);
        await startReplay(tx, clock, replay);
        return { status: 202, body: replayJson(replay) };
      });
      context.wakeReplay();
      return answer;
    }),
    bindEndpoint(api.listReplays, async ({ caller, query }) => {
      const rows = await selectReplays(db, caller, query);
      return { body: pageOf(rows.map(replayJson), query.limit) };
    }),
    bindEndpoint(api.getReplay, async ({ caller, params }) => {
      const replay = await selectReplay(db, caller, params.id);
      if (replay === null) throw new Problem('not_found', 'There is no such replay.');
      return { body: replayJson(replay) };
    }),
    bindEndpoint(api.cancelReplay, ({ caller: { tenantId, mode }, params, idempotency }) =>
      runOnce(context, { tenantId, mode, route: 'cancelReplay' }, idempotency, async (tx) => ({
        status: 200,
        body: replayJson(await cancelReplay(tx, clock, { tenantId, mode }, params.id)),
      })),
    ),
  ];
}

type ReplayBody = z.output<NonNullable<(typeof api.replayWebhookEndpoint)['body']>>;

/** @throws Problem validation_failed where the period is none */
function wishOf(
  { since, until, eventTypes, status, ratePerSecond }: ReplayBody,
  now: Temporal.Instant,
): Omit<ReplayWish, 'keptSince'> {
  const from = Temporal.Instant.from(since);
  const wanted = until === undefined ? now : Temporal.Instant.from(until);
  const to = Temporal.Instant.compare(wanted, now) > 0 ? now : wanted;
  if (Temporal.Instant.compare(from, to) >= 0) {
    const detail = 'Must be before until, and in the past';
    throw new Problem('validation_failed', 'The period is empty.', { errors: [{ pointer: '/since', detail }] });
  }
  return { since: from, until: to, eventTypes, statuses: [status].flat(), ratePerSecond };
}

function fieldsOf({ mode, endpointId, selection, ratePerSecond, eventsSelected }: Replay) {
  return {
    object: 'replay' as const,
    ...{ mode, endpointId },
    since: selection.since.toString(),
    until: selection.until.toString(),
    eventTypes: [...selection.eventTypes],
    status: [...selection.statuses],
    ...{ ratePerSecond, eventsSelected },
  };
}

function previewJson(replay: Replay, events: readonly ReplayedEvent[]): api.ReplayPreview {
  const first = events.map(({ eventId, type, paymentId }) => {
    return { id: eventId, type, paymentId, createdAt: instantOfId(eventId).toString() };
  });
  return { id: null, ...fieldsOf(replay), events: first };
}

function replayJson(replay: Replay): api.ReplayAnswer {
  return {
    id: replay.replayId,
    ...fieldsOf(replay),
    state: replay.status,
    deliveriesMade: replay.deliveriesMade,
    stopReason: replay.stopReason,
    createdAt: replay.createdAt.toString(),
    updatedAt: replay.updatedAt.toString(),
    endedAt: replay.endedAt?.toString() ?? null,
  };
}
