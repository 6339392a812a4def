import { findKeyMaker } from '../access/find-key-maker.ts';
import { findAnswer, runOnce } from '../idempotency/run-once.ts';
import type { ApprovalRequested } from '../kernel/approval-requested.ts';
import { assert } from '../kernel/assert.ts';
import { scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Permission } from '../kernel/endpoint.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { noteAct } from '../platform/act.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { BoundEndpoint, EndpointRequest, RouteAnswer } from '../platform/http/bind-endpoint.ts';
import { findTenant } from '../tenants/read-tenant.ts';
import { ACTS } from './act.ts';
import { APPROVAL_HOURS, type Approval, requestPlace, type StoredRequest } from './approval.ts';
import { insertApproval } from './store.ts';

export interface ApprovalContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Tells whoever looks after the tenant that something waits, in the caller's transaction. */
  readonly tellApprovers: (tx: Queryable, approval: Approval) => Promise<void>;
}

/** The same endpoints; those under four eyes store what they are asked for where a second person is needed. */
export function underFourEyes(context: ApprovalContext, endpoints: readonly BoundEndpoint[]): readonly BoundEndpoint[] {
  return endpoints.map((bound) => {
    if (bound.endpoint.fourEyes !== true) return bound;
    return { ...bound, handle: (request) => askOrRun(context, bound, request) };
  });
}

async function askOrRun(
  context: ApprovalContext,
  bound: BoundEndpoint,
  request: EndpointRequest,
): Promise<RouteAnswer> {
  const { endpoint } = bound;
  const { caller, idempotency } = request;
  const act = ACTS[endpoint.id];
  assert(act !== undefined && caller.by === 'tenant' && endpoint.access.by === 'tenant', `${endpoint.id} is no act`);
  // Read afresh: a second person who is asked for from now on is asked for now.
  const tenant = await findTenant(context.database, caller.tenantId);
  if (endpoint.id === 'updateSettings') checkMayChangeRules(caller, request.body);
  const { fourEyes } = tenant.settings;
  const concerned =
    fourEyes === 'all' || (fourEyes === 'people' && (caller.person !== null || act.ofEverybody === true));
  if (!concerned) return bound.handle(request);
  const scope = { tenantId: caller.tenantId, mode: caller.mode, route: endpoint.id };
  // What was asked for under this key before is answered as it was then.
  if (idempotency !== null && (await findAnswer(context, scope, idempotency)).state !== 'none')
    return bound.handle(request);
  const shown = await act.shownIfDangerous({ database: context.database, tenant }, { ...request, caller });
  if (shown === null) return bound.handle(request);
  const { scope: permission } = endpoint.access;
  const answer = await runOnce<ApprovalRequested>(context, scope, idempotency, async (tx) => {
    const approval = await newApproval(context, tx, { caller, act: endpoint.id, permission, request, shown });
    await insertApproval(tx, approval);
    // What was done is that somebody was asked.
    noteAct({ targetId: approval.approvalId });
    await context.tellApprovers(tx, approval);
    const { approvalId, expiresAt } = approval;
    return { status: 202, body: { object: 'approval_requested', approvalId, expiresAt: expiresAt.toString() } };
  });
  return 'body' in answer ? { approval: answer.body } : answer;
}

/** Who could switch the second person off would need none. @throws Problem forbidden */
function checkMayChangeRules({ scopes }: TenantCaller, body: unknown): void {
  const changed = ['fourEyes', 'refundApprovalAbove'].filter(
    (name) => (body as Readonly<Record<string, unknown>>)[name] !== undefined,
  );
  if (changed.length === 0 || scopeCovers(scopes, 'approval-rule:update')) return;
  throw new Problem('forbidden', 'This needs the scope approval-rule:update, which no wildcard covers.', {
    errors: changed.map((name) => ({
      pointer: `/${name}`,
      detail: 'Must be left out, or be sent by an administrator',
    })),
  });
}

interface Asked {
  readonly caller: TenantCaller;
  readonly act: string;
  readonly permission: Permission;
  readonly request: EndpointRequest;
  readonly shown: StoredRequest['shown'];
}

async function newApproval(
  { sealer, clock }: ApprovalContext,
  tx: Queryable,
  { caller, act, permission, request, shown }: Asked,
): Promise<Approval> {
  const { tenantId, mode, actor, scopes } = caller;
  const approvalId = newId('apr', clock);
  const now = clock.now();
  const { params, query, body, secure, remoteAddress } = request;
  const stored: StoredRequest = {
    caller: { tenantId, mode, actor, scopes },
    ...{ params, query, body, secure, remoteAddress, shown },
  };
  return {
    ...{ tenantId, approvalId, mode, act, permission, state: 'requested' },
    requestSealed: await sealer.seal(requestPlace({ tenantId, approvalId }), JSON.stringify(stored)),
    requestedBy: actor,
    requestedFor: (await findKeyMaker(tx, actor)) ?? actor,
    requestedAt: now,
    expiresAt: now.add({ hours: APPROVAL_HOURS }),
    ...{ decidedBy: null, decidedAt: null, note: null },
    ...{ answerStatus: null, problemCode: null, subjectId: null, endedAt: null },
  };
}
