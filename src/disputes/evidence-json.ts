import { z } from 'zod';
import { instant } from '../kernel/shapes.ts';
import type { Evidence } from './evidence.ts';

export const evidenceObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('dispute_evidence'),
    disputeId: z.string(),
    status: z.enum(['pending', 'submitted', 'refused']).meta({
      description:
        'pending: the provider has not answered yet, and is asked again by itself; refused: see failureCode, and submit ' +
        'anew.',
    }),
    failureCode: z.string().nullable().meta({ description: "The provider's word for why it refused." }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'DisputeEvidence', description: 'What was answered to a dispute. Its text is sealed and never shown.' });
export type EvidenceObject = z.infer<typeof evidenceObject>;

/** Evidence as other programs see it. */
export function evidenceJson(evidence: Evidence): EvidenceObject {
  const { status } = evidence;
  return {
    id: evidence.evidenceId,
    object: 'dispute_evidence',
    disputeId: evidence.disputeId,
    status: status === 'submitted' || status === 'refused' ? status : 'pending',
    failureCode: evidence.failureCode,
    createdAt: evidence.createdAt.toString(),
    updatedAt: evidence.updatedAt.toString(),
  };
}
