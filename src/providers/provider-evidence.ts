/** What the contract in provider.ts says of a merchant's answer to a dispute. */
import type { AttemptRef, DisputeReport, NotSent, Refused, Unknown } from './provider.ts';

export interface EvidenceInput extends AttemptRef {
  readonly disputeRef: string;
  /** Equal for the same evidence; a repeat with it submits nothing twice. */
  readonly evidenceKey: string;
  /** The merchant's account of what happened. */
  readonly text: string;
}

export type EvidenceAnswer =
  | { readonly kind: 'answered'; readonly dispute: DisputeReport }
  | Refused
  | NotSent
  | Unknown;
