import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
import { findEndpoint } from '../notifications/find-endpoint.ts';
import type { Queryable } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint, type EndpointRequest } from '../platform/http/bind-endpoint.ts';
import type { AckDeadline } from './ack-deadline.ts';
import { type AckFuse, newFuse } from './ack-fuse.ts';
import * as api from './api.ts';
import type { FiringContext } from './fire-deadline.ts';
import { declareEpoch } from './keep-epoch.ts';
import { resetFuse } from './reset-fuse.ts';
import { dismissByPerson, fireByPerson } from './settle-by-person.ts';
import { countDeadlines, selectDeadline, selectDeadlines, selectSteps } from './store.ts';
import { selectSwitches } from './store-circumstances.ts';
import { selectFuse } from './store-fuses.ts';
import { switchReversals } from './switch-reversals.ts';

/** What tenants see and decide of deadlines, and what the operator may stop. */
export function acknowledgmentRoutes(context: FiringContext): readonly BoundEndpoint[] {
  return [...deadlineRoutes(context), ...fuseRoutes(context), ...switchRoutes(context)];
}

function deadlineRoutes(context: FiringContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listAckDeadlines, async ({ caller, query }) => {
      const rows = await selectDeadlines(db, caller, query, query);
      return { body: pageOf(rows.map(deadlineJson), query.limit) };
    }),
    bindEndpoint(api.getAckDeadline, async ({ caller, params }) => {
      const deadline = await selectDeadline(db, caller, params.id);
      if (deadline === null) throw new Problem('not_found', 'There is no such deadline.');
      const steps = await selectSteps(db, caller.tenantId, params.id);
      return { body: { ...deadlineJson(deadline), steps: steps.map(stepJson) } };
    }),
    bindEndpoint(api.fireAckDeadline, (request) => settle(context, request, 'fireAckDeadline', fireByPerson)),
    bindEndpoint(api.dismissAckDeadline, (request) => settle(context, request, 'dismissAckDeadline', dismissByPerson)),
  ];
}

type Settling = Pick<EndpointRequest, 'idempotency'> & {
  readonly caller: TenantCaller;
  readonly params: { readonly id: string };
};

async function settle(
  context: FiringContext,
  { caller, params, idempotency }: Settling,
  route: string,
  verb: typeof fireByPerson,
) {
  const { tenantId, mode, actor } = caller;
  const decision = { owner: { tenantId, mode }, deadlineId: params.id, by: actor };
  return runOnce(context, { tenantId, mode, route }, idempotency, async (tx) => ({
    status: 200,
    body: deadlineJson(await verb(context, tx, decision)),
  }));
}

function fuseRoutes(context: FiringContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.getAckFuse, async ({ caller, params }) => {
      const endpoint = await findEndpoint(db, caller, params.id);
      return { body: fuseJson((await selectFuse(db, endpoint)) ?? newFuse(endpoint, endpoint.createdAt)) };
    }),
    bindEndpoint(api.resetAckFuse, ({ caller: { tenantId, mode }, params, idempotency }) =>
      runOnce(context, { tenantId, mode, route: 'resetAckFuse' }, idempotency, async (tx: Queryable) => {
        const endpoint = await findEndpoint(tx, { tenantId, mode }, params.id);
        return { status: 200, body: fuseJson(await resetFuse({ ...context, tx }, endpoint)) };
      }),
    ),
  ];
}

function switchRoutes(context: FiringContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getAckReversals, async () => ({ body: await readReversals(context.database.query) })),
    bindEndpoint(api.switchAckReversals, async ({ caller, body }) => {
      if (body.tenantId !== undefined) await context.readTenant(body.tenantId);
      const { enabled, reason, tenantId = SYSTEM } = body;
      const changedAt = context.clock.now();
      await switchReversals(context, { tenantId, enabled, reason, changedBy: caller.actor, changedAt });
      return { body: await readReversals(context.database.query) };
    }),
    bindEndpoint(api.declareRestored, async ({ body }) => {
      const { epoch, startedAt } = await declareEpoch(context, body.reason);
      return { body: { epoch, startedAt: startedAt.toString() } };
    }),
  ];
}

async function readReversals(db: Queryable): Promise<api.AckReversalsAnswer> {
  const switches = await selectSwitches(db);
  return {
    enabled: switches.every(({ tenantId, enabled }) => tenantId !== SYSTEM || enabled),
    switches: switches.map(({ tenantId, enabled, reason, changedBy, changedAt }) => ({
      ...{ tenantId: tenantId === SYSTEM ? null : tenantId, enabled, reason, changedBy },
      changedAt: changedAt.toString(),
    })),
    waiting: await countDeadlines(db, 'left to a person'),
  };
}

function deadlineJson(deadline: AckDeadline): api.AckDeadlineAnswer {
  const { paymentId, endpointId, deliveryId, eventId, mode, state, dispatches } = deadline;
  const { cause, statusCode, reason, operation, operationId } = deadline;
  return {
    id: deadline.deadlineId,
    object: 'ack_deadline',
    ...{ mode, paymentId, endpointId, deliveryId, eventId, status: state },
    armedAt: deadline.armedAt.toString(),
    deadlineAt: deadline.deadlineAt.toString(),
    ...{ dispatches, cause, statusCode, reason, operation, operationId },
    lateAcknowledgedAt: deadline.lateAcknowledgedAt?.toString() ?? null,
    endedAt: deadline.endedAt?.toString() ?? null,
    createdAt: deadline.createdAt.toString(),
    updatedAt: deadline.updatedAt.toString(),
  };
}

function stepJson({ number, state, note, at }: Awaited<ReturnType<typeof selectSteps>>[number]) {
  return { number, status: state as AckDeadline['state'], note, at: at.toString() };
}

function fuseJson({ endpointId, mode, state, reason, openedAt, recent }: AckFuse): api.AckFuseAnswer {
  return {
    object: 'ack_fuse',
    ...{ endpointId, mode, status: state, reason, openedAt: openedAt?.toString() ?? null },
    counted: recent.length,
    acknowledged: recent.replaceAll('-', '').length,
  };
}
