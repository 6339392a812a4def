import { findKeyMaker } from '../access/find-key-maker.ts';
import { findAnswer, runOnce } from '../idempotency/run-once.ts';
import type { ApprovalRequested } from '../kernel/approval-requested.ts';
import { assert, present } from '../kernel/assert.ts';
import type { OperatorCaller, TenantCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Endpoint, Permission } from '../kernel/endpoint.ts';
import { newId } from '../kernel/id.ts';
import { type Sealer, SYSTEM } from '../keys/sealer.ts';
import { noteAct } from '../platform/act.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { BoundEndpoint, EndpointRequest, RouteAnswer } from '../platform/http/bind-endpoint.ts';
import { findTenant } from '../tenants/read-tenant.ts';
import { ACTS, checkMayChangeRules, OPERATOR_ACTS } from './act.ts';
import { APPROVAL_HOURS, type Approval, requestPlace, type StoredRequest } from './approval.ts';
import { insertApproval } from './store.ts';

export interface ApprovalContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Whether dangerous acts of those who run the installation wait: nobody's, people's, or keys' as well. */
  readonly operatorFourEyes: 'off' | 'people' | 'all';
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
  assert(caller.by === 'tenant' || caller.by === 'operator', `${endpoint.id} is no act`);
  const asker = askerOf(caller);
  if (caller.by === 'tenant') checkMayChangeRules(endpoint.id, caller, request.body);
  const look =
    caller.by === 'tenant'
      ? await tenantLook(context, endpoint.id, caller)
      : operatorLook(context, endpoint.id, caller);
  if (look === null) return bound.handle(request);
  const scope = { tenantId: asker.tenantId, mode: asker.mode, route: endpoint.id };
  // What was asked for under this key before is answered as it was then.
  if (idempotency !== null && (await findAnswer(context, scope, idempotency)).state !== 'none')
    return bound.handle(request);
  const shown = await look(request);
  if (shown === null) return bound.handle(request);
  const answer = await runOnce<ApprovalRequested>(context, scope, idempotency, async (tx) => {
    const approval = await newApproval(context, tx, { asker, endpoint, request, shown });
    await insertApproval(tx, approval);
    // What was done is that somebody was asked.
    noteAct({ targetId: approval.approvalId });
    await context.tellApprovers(tx, approval);
    const { approvalId, expiresAt } = approval;
    return { status: 202, body: { object: 'approval_requested', approvalId, expiresAt: expiresAt.toString() } };
  });
  return 'body' in answer ? { approval: answer.body } : answer;
}

/** Who asks, and whose second person it takes. Those who run the installation have no test mode. */
function askerOf(caller: TenantCaller | OperatorCaller): StoredRequest['caller'] {
  const { actor } = caller;
  return caller.by === 'tenant'
    ? { tenantId: caller.tenantId, mode: caller.mode, actor }
    : { tenantId: SYSTEM, mode: 'live', actor };
}

/** Finds out whether a request is dangerous and what is shown of it. */
type Look = (request: EndpointRequest) => Promise<StoredRequest['shown'] | null>;

/** null: the tenant asks for no second person here. */
async function tenantLook(
  { database }: ApprovalContext,
  endpointId: string,
  caller: TenantCaller,
): Promise<Look | null> {
  const act = present(ACTS[endpointId], `How ${endpointId} is shown`);
  // Read afresh: a second person who is asked for from now on is asked for now.
  const tenant = await findTenant(database, caller.tenantId);
  const { fourEyes } = tenant.settings;
  const concerned =
    fourEyes === 'all' || (fourEyes === 'people' && (caller.person !== null || act.ofEverybody === true));
  return concerned ? (request) => act.shownIfDangerous({ database, tenant }, { ...request, caller }) : null;
}

function operatorLook({ operatorFourEyes }: ApprovalContext, endpointId: string, caller: OperatorCaller): Look | null {
  const shown = present(OPERATOR_ACTS[endpointId], `How ${endpointId} is shown`);
  const concerned = operatorFourEyes === 'all' || (operatorFourEyes === 'people' && caller.person !== null);
  return concerned ? async (request) => shown(request) : null;
}

interface Asked {
  readonly asker: StoredRequest['caller'];
  readonly endpoint: Endpoint;
  readonly request: EndpointRequest;
  readonly shown: StoredRequest['shown'];
}

async function newApproval(
  { sealer, clock }: ApprovalContext,
  tx: Queryable,
  { asker, endpoint, request, shown }: Asked,
): Promise<Approval> {
  const { tenantId, mode, actor } = asker;
  const approvalId = newId('apr', clock);
  const now = clock.now();
  const { params, query, body, secure, remoteAddress } = request;
  const stored: StoredRequest = { caller: asker, params, query, body, secure, remoteAddress, shown };
  return {
    ...{ tenantId, approvalId, mode, act: endpoint.id, permission: neededFor(endpoint), state: 'requested' },
    requestSealed: await sealer.seal(requestPlace({ tenantId, approvalId }), JSON.stringify(stored)),
    requestedBy: actor,
    requestedFor: (await findKeyMaker(tx, actor)) ?? actor,
    requestedAt: now,
    expiresAt: now.add({ hours: APPROVAL_HOURS }),
    ...{ decidedBy: null, decidedAt: null, note: null },
    ...{ answerStatus: null, problemCode: null, subjectId: null, endedAt: null },
  };
}

function neededFor({ id, access }: Endpoint): Permission {
  assert(access.by === 'tenant' || access.by === 'operator', `${id} is no act`);
  return access.by === 'tenant' ? access.scope : access.permission;
}
