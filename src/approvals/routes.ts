import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type Approval, requestPlace, type StoredRequest, stateAt } from './approval.ts';
import { approve, reject } from './decide-approval.ts';
import type { RunContext } from './run-approved.ts';
import { selectApproval, selectApprovals } from './store.ts';

/** The approvals' endpoints, tied to their verbs. */
export function approvalRoutes(context: RunContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listApprovals, async ({ caller, query }) => {
      const approvals = await selectApprovals(db, caller, query, query.state);
      return { body: pageOf(await Promise.all(approvals.map((one) => approvalJson(context, one))), query.limit) };
    }),
    bindEndpoint(api.getApproval, async ({ caller, params }) => {
      const approval = await selectApproval(db, caller, params.id);
      if (approval === null) throw new Problem('not_found', 'There is no such approval.');
      return { body: await approvalJson(context, approval) };
    }),
    bindEndpoint(api.approveRequest, async ({ caller, params, body }) => {
      const { approval, result } = await approve(context, caller, { ...body, approvalId: params.id });
      return { body: { ...(await approvalJson(context, approval)), result } };
    }),
    bindEndpoint(api.rejectRequest, async ({ caller, params, body }) => ({
      body: await approvalJson(context, await reject(context, caller, { ...body, approvalId: params.id })),
    })),
  ];
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
