import { outboxRow } from '../events/event.ts';
import { present } from '../kernel/assert.ts';
import { attemptRefOf } from '../payments/attempt.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { Dispute } from '../payments/dispute.ts';
import { readAttempt } from '../payments/read-payment.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { Refused } from '../providers/provider.ts';
import type { EvidenceAnswer } from '../providers/provider-evidence.ts';
import { afterSending, type Evidence, evidencePlace, outcomeOf } from './evidence.ts';
import { selectDispute, updateEvidence } from './store.ts';

/**
 * Sends committed evidence and records the answer. Its key is the evidence's id and its content is the stored text, so
 * sending it again, also after a crash, submits nothing twice. What the answer says of the dispute is applied first:
 * evidence that is recorded as answered is not asked about again.
 */
export async function dispatchEvidence(context: PaymentContext, evidence: Evidence): Promise<void> {
  const found = await selectDispute(context.database.query, evidence.tenantId, evidence.disputeId);
  const dispute = present(found, 'the dispute that evidence is for');
  const outcome = outcomeOf(await send(context, dispute, evidence), dispute);
  if (outcome.kind === 'submitted') {
    const { attemptId } = dispute;
    const { report } = outcome;
    await context.applySignal(dispute, 'provider_answer', { kind: 'dispute_reported', attemptId, report });
  }
  const next = afterSending(evidence, outcome, context.clock.now());
  if (next !== null) await record(context, next);
}

async function send(context: PaymentContext, dispute: Dispute, evidence: Evidence): Promise<EvidenceAnswer> {
  const { tenantId, evidenceId, providerAccountId } = evidence;
  const { attemptId, providerRef: disputeRef } = dispute;
  const { provider, call } = await openProviderAccount(context, tenantId, providerAccountId);
  const attempt = await readAttempt(context.database.query, tenantId, attemptId);
  const text = String(await context.sealer.open(evidencePlace(evidence), evidence.textSealed));
  const named = attempt === null ? { attemptId } : attemptRefOf(attempt);
  crashPoint('operation-unsent');
  const answer =
    (await provider.submitEvidence?.(call, { ...named, disputeRef, evidenceKey: evidenceId, text })) ?? UNSUPPORTED;
  crashPoint('operation-answered');
  return answer;
}

const UNSUPPORTED: Refused = {
  kind: 'refused',
  code: 'not_supported',
  message: 'This provider does not do that.',
};

async function record(context: PaymentContext, evidence: Evidence): Promise<void> {
  const { tenantId, providerAccountId, syncDueAt: dueAt } = evidence;
  const work = { tenantId, topic: 'sync', subjectId: providerAccountId, dueAt } as const;
  const rows = dueAt === null ? [] : [outboxRow(work, context.clock)];
  await updateEvidence(context.database.query, evidence, rows);
  context.handOver(rows);
}
