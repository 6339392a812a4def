import { outboxRow } from '../events/event.ts';
import { runOnceInTwoPhases } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { violatedConstraint } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { dispatchEvidence } from './dispatch-evidence.ts';
import { type Evidence, evidencePlace, newEvidence, whyNoEvidence } from './evidence.ts';
import { type EvidenceObject, evidenceJson } from './evidence-json.ts';
import { readDispute } from './read-dispute.ts';
import { insertEvidence, selectEvidence } from './store.ts';

interface EvidenceRequest {
  readonly disputeId: string;
  /** The merchant's account of what happened. */
  readonly text: string;
}

/**
 * Answers a dispute. Phases: commit the sealed text; call the provider, key = evidence id; apply its answer. What is in
 * doubt stays pending and is sent again by the sync worker; until it is answered, other evidence is refused.
 * @throws Problem not_found, state_conflict, not_supported_by_provider, idempotency_key_reused, idempotency_in_progress
 */
export async function submitEvidence(
  context: PaymentContext,
  caller: TenantCaller,
  request: EvidenceRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<EvidenceObject>> {
  const { tenantId, mode } = await readDispute(context.database.query, caller, request.disputeId);
  const scope = { tenantId, mode, route: 'submitEvidence' };
  return runOnceInTwoPhases<EvidenceObject, Evidence>(context, scope, idempotency, {
    plan: () => planEvidence(context, caller, request),
    resourceId: ({ evidenceId }) => evidenceId,
    async intend(evidence, key) {
      await commitIntent(context, evidence, key);
      return true;
    },
    carryOut: (evidence) => dispatchEvidence(context, evidence),
    async answer(evidenceId) {
      const stored = present(await selectEvidence(context.database.query, tenantId, evidenceId), 'the evidence');
      return stored.status === 'dispatched' ? null : { status: 201, body: evidenceJson(stored) };
    },
  });
}

async function planEvidence(
  context: PaymentContext,
  caller: TenantCaller,
  request: EvidenceRequest,
): Promise<Evidence> {
  const dispute = await readDispute(context.database.query, caller, request.disputeId);
  const { tenantId, providerAccountId } = dispute;
  const now = context.clock.now();
  const refusal = whyNoEvidence(dispute, now);
  if (refusal !== null) throw new Problem('state_conflict', refusal);
  const { provider } = await openProviderAccount(context, tenantId, providerAccountId);
  if (!provider.capabilities.evidence) {
    throw new Problem('not_supported_by_provider', 'This provider takes no evidence here; use its own console.');
  }
  const evidenceId = newId('ev', context.clock);
  const textSealed = await context.sealer.seal(evidencePlace({ tenantId, evidenceId }), request.text);
  return newEvidence(dispute, { evidenceId, textSealed }, now);
}

/** Whatever was decided about the dispute meanwhile, the provider has the last word. */
async function commitIntent(
  context: PaymentContext,
  evidence: Evidence,
  key: WholeRow<'idempotency_keys'> | null,
): Promise<void> {
  const { tenantId, providerAccountId, syncDueAt } = evidence;
  const work = { tenantId, topic: 'sync', subjectId: providerAccountId, dueAt: syncDueAt } as const;
  const row = outboxRow(work, context.clock);
  try {
    await context.database.transaction((tx) => insertEvidence(tx, { evidence, work: row, key }));
  } catch (error) {
    if (violatedConstraint(error) !== 'dispute_evidence_open_key') throw error;
    throw new Problem('state_conflict', 'Other evidence for this dispute is still on its way to the provider.', {
      cause: error,
    });
  }
  context.handOver([row]);
}
