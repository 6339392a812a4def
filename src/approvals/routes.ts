import type { OperatorCaller, TenantCaller } from '../kernel/caller.ts';
import { type PageOptions, pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type Approval, requestPlace, type StoredRequest, stateAt } from './approval.ts';
import { approve, ownerOf, reject } from './decide-approval.ts';
import type { RunContext } from './run-approved.ts';
import { selectApproval, selectApprovals } from './store.ts';

/** The approvals' endpoints, of tenants and of the installation, tied to their verbs. */
export function approvalRoutes(context: RunContext): readonly BoundEndpoint[] {
  const { list, read, approveOne, rejectOne } = approvalDesk(context);
  return [
    bindEndpoint(api.listApprovals, list),
    bindEndpoint(api.getApproval, read),
    bindEndpoint(api.approveRequest, approveOne),
    bindEndpoint(api.rejectRequest, rejectOne),
    bindEndpoint(api.listOperatorApprovals, list),
    bindEndpoint(api.getOperatorApproval, read),
    bindEndpoint(api.approveOperatorRequest, approveOne),
    bindEndpoint(api.rejectOperatorRequest, rejectOne),
  ];
}

interface Asked {
  readonly caller: TenantCaller | OperatorCaller;
  readonly params: { readonly id: string };
}
interface Deciding extends Asked {
  readonly body: { readonly note: string | null };
}
interface Listing extends Pick<Asked, 'caller'> {
  readonly query: PageOptions & { readonly state?: Approval['state'] | undefined };
}

/** The same for whoever asks: what they see and decide is their own. */
function approvalDesk(context: RunContext) {
  const db = context.database.query;
  return {
    async list({ caller, query }: Listing) {
      const approvals = await selectApprovals(db, ownerOf(caller), query, query.state);
      return { body: pageOf(await Promise.all(approvals.map((one) => approvalJson(context, one))), query.limit) };
    },
    async read({ caller, params }: Asked) {
      const approval = await selectApproval(db, ownerOf(caller), params.id);
      if (approval === null) throw new Problem('not_found', 'There is no such approval.');
      return { body: await approvalJson(context, approval) };
    },
    async approveOne({ caller, params, body }: Deciding) {
      const { approval, result } = await approve(context, caller, { ...body, approvalId: params.id });
      return { body: { ...(await approvalJson(context, approval)), result } };
    },
    async rejectOne({ caller, params, body }: Deciding) {
      return { body: await approvalJson(context, await reject(context, caller, { ...body, approvalId: params.id })) };
    },
  };
}

async function approvalJson({ sealer, clock }: RunContext, approval: Approval): Promise<api.ApprovalAnswer> {
  const text = String(await sealer.open(requestPlace(approval), approval.requestSealed));
  const { shown } = JSON.parse(text) as StoredRequest;
  const { mode, act, permission, requestedBy, decidedBy, note, answerStatus, problemCode, subjectId } = approval;
  return {
    id: approval.approvalId,
    object: 'approval',
    ...{ mode, act, permission, requestedBy, decidedBy, note, answerStatus, problemCode, subjectId },
    state: stateAt(approval, clock.now()),
    details: { ...shown },
    requestedAt: approval.requestedAt.toString(),
    expiresAt: approval.expiresAt.toString(),
    decidedAt: approval.decidedAt?.toString() ?? null,
    endedAt: approval.endedAt?.toString() ?? null,
  };
}
