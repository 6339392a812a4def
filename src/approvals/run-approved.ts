import type { TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { BoundEndpoint, RouteAnswer } from '../platform/http/bind-endpoint.ts';
import { requestFingerprint } from '../platform/http/fingerprint.ts';
import type { Logger } from '../platform/log.ts';
import { type Approval, requestPlace, type StoredRequest } from './approval.ts';
import type { ApprovalContext } from './ask-approval.ts';
import { endApproval } from './store.ts';

export interface RunContext extends Pick<ApprovalContext, 'database' | 'sealer' | 'clock'> {
  readonly log: Logger;
  /** The endpoints under four eyes as they are without. */
  readonly acts: readonly BoundEndpoint[];
}

/**
 * Runs what was approved as if its requester had called, and notes how it ended. The approval's id is the idempotency key:
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
  { sealer, clock, acts, log }: RunContext,
  approval: Approval,
): Promise<{ readonly answer: RouteAnswer; readonly status: number }> {
  const bound = acts.find(({ endpoint }) => endpoint.id === approval.act);
  // By a newer program that runs over the same database: it will be run by that one.
  if (bound === undefined) throw new Problem('unavailable', 'This program does not know what was approved.');
  const text = String(await sealer.open(requestPlace(approval), approval.requestSealed));
  const { shown: _shown, caller: stored, ...request } = JSON.parse(text) as StoredRequest;
  const caller: TenantCaller = { by: 'tenant', ...stored, person: null };
  const { endpoint } = bound;
  const fingerprint = requestFingerprint(endpoint.method, endpoint.path, approval.approvalId);
  const answer = await bound.handle({
    ...request,
    caller,
    file: new Uint8Array(),
    idempotency: endpoint.idempotency === 'none' ? null : { key: `approval ${approval.approvalId}`, fingerprint },
    correlationId: approval.approvalId,
    receivedAt: clock.now(),
    host: null,
    log,
  });
  return { answer, status: endpoint.answer.status };
}

function bodyOf(answer: RouteAnswer): unknown {
  if ('json' in answer) return JSON.parse(answer.json);
  return 'body' in answer ? answer.body : null;
}

function subjectOf(body: unknown): string | null {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
  return typeof id === 'string' ? id : null;
}
