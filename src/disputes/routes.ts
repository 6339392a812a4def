import { pageOf } from '../kernel/page.ts';
import type { PaymentContext } from '../payments/context.ts';
import { disputeJson } from '../payments/operation-json.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { evidenceJson } from './evidence-json.ts';
import { readDispute } from './read-dispute.ts';
import { selectDisputes, selectEvidenceOf } from './store.ts';
import { submitEvidence } from './submit-evidence.ts';

/** The disputes' endpoints, tied to their verbs. */
export function disputeRoutes(context: PaymentContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listDisputes, async ({ caller, query }) => {
      const { evidenceDueBefore: before, ...filter } = query;
      const evidenceDueBefore = before === undefined ? undefined : Temporal.Instant.from(before);
      const disputes = await selectDisputes(db, caller, { ...filter, evidenceDueBefore }, query);
      return { body: pageOf(disputes.map(disputeJson), query.limit) };
    }),
    bindEndpoint(api.getDispute, async ({ caller, params }) => ({
      body: disputeJson(await readDispute(db, caller, params.id)),
    })),
    bindEndpoint(api.submitEvidence, ({ caller, params, body, idempotency }) =>
      submitEvidence(context, caller, { disputeId: params.id, text: body.text }, idempotency),
    ),
    bindEndpoint(api.listEvidence, async ({ caller, params, query }) => {
      const evidence = await selectEvidenceOf(db, await readDispute(db, caller, params.id), query);
      return { body: pageOf(evidence.map(evidenceJson), query.limit) };
    }),
  ];
}
