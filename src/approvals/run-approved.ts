import { operatorRightsNow, tenantRightsNow } from '../access/rights-now.ts';
import { recordApproved } from '../audit/record-acts.ts';
import { type OperatorCaller, scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { BoundEndpoint, RouteAnswer } from '../platform/http/bind-endpoint.ts';
import { requestFingerprint } from '../platform/http/fingerprint.ts';
import type { Logger } from '../platform/log.ts';
import { checkMayChangeRules } from './act.ts';
import { type Approval, requestPlace, type StoredRequest } from './approval.ts';
import type { ApprovalContext } from './ask-approval.ts';
import { endApproval } from './store.ts';

export interface RunContext extends Pick<ApprovalContext, 'database' | 'sealer' | 'clock'> {
  readonly log: Logger;
  /** The endpoints under four eyes as they are without. */
  readonly acts: readonly BoundEndpoint[];
}

/**
 * Runs what was approved as if its requester had called now, with an entry of its own in the record, and notes how it ended.
 * The approval's id is the idempotency key:
 * run again after a crash it is done once. What cannot be told yet (the provider is away) stays approved and is run again.
 * Returns what the verb answered; null where it refused, or where that is not known yet.
 */
export async function runApproved(context: RunContext, approval: Approval): Promise<unknown> {
  const { database, clock } = context;
  const end = (outcome: Parameters<typeof endApproval>[2]) =>
    endApproval(database.query, approval, outcome, clock.now());
  try {
    const answer = await callVerb(context, approval);
    const body = bodyOf(answer.answer);
    await end({ answerStatus: answer.status, problemCode: null, subjectId: subjectOf(body) });
    return body;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const mayPass = error.status >= 500 || error.status === 429 || error.code === 'idempotency_in_progress';
    if (!mayPass) await end({ answerStatus: error.status, problemCode: error.code, subjectId: null });
    return null;
  }
}

async function callVerb(
  context: RunContext,
  approval: Approval,
): Promise<{ readonly answer: RouteAnswer; readonly status: number }> {
  const { sealer, clock, acts, log } = context;
  const bound = acts.find(({ endpoint }) => endpoint.id === approval.act);
  // By a newer program that runs over the same database: it will be run by that one.
  if (bound === undefined) throw new Problem('unavailable', 'This program does not know what was approved.');
  const text = String(await sealer.open(requestPlace(approval), approval.requestSealed));
  const { shown: _shown, caller: _asker, ...request } = JSON.parse(text) as StoredRequest;
  const caller = await callerNow(context, approval);
  if (caller.by === 'tenant') checkMayChangeRules(approval.act, caller, request.body);
  const { endpoint } = bound;
  const fingerprint = requestFingerprint(endpoint.method, endpoint.path, approval.approvalId);
  const run = () =>
    bound.handle({
      ...request,
      caller,
      file: new Uint8Array(),
      idempotency: endpoint.idempotency === 'none' ? null : { key: `approval ${approval.approvalId}`, fingerprint },
      correlationId: approval.approvalId,
      receivedAt: clock.now(),
      host: null,
      log,
    });
  const { approvalId, decidedBy } = approval;
  const approved = { ...request, caller, approvalId, approvedBy: decidedBy ?? '' };
  return { answer: await recordApproved(context, endpoint, approved, run), status: endpoint.answer.status };
}

/**
 * Who asked, with the rights that they have now: a day may have passed, and what they may not do any more is not done in
 * their name. @throws Problem forbidden
 */
async function callerNow(
  { database, clock }: RunContext,
  { tenantId, mode, requestedBy: actor, permission }: Approval,
): Promise<TenantCaller | OperatorCaller> {
  const now = clock.now();
  if (tenantId === SYSTEM) {
    const permissions = await operatorRightsNow(database.query, actor, now);
    if (permissions?.includes(permission)) return { by: 'operator', actor, permissions, person: null };
  } else {
    const scopes = await tenantRightsNow(database.query, { actor, tenantId, mode }, now);
    if (scopes !== null && scopeCovers(scopes, permission))
      return { by: 'tenant', tenantId, mode, scopes, actor, person: null };
  }
  throw new Problem('forbidden', `Whoever asked for it may not do it any more: it needs ${permission}.`);
}

function bodyOf(answer: RouteAnswer): unknown {
  if ('json' in answer) return JSON.parse(answer.json);
  return 'body' in answer ? answer.body : null;
}

function subjectOf(body: unknown): string | null {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
  return typeof id === 'string' ? id : null;
}
