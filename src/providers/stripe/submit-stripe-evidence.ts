import type { EvidenceAnswer, EvidenceInput } from '../provider-evidence.ts';
import { refused, unknown } from '../read-answer.ts';
import { askStripe, isAboutKey, type StripeAddress, stripePath } from './stripe-client.ts';
import type { StripeCall } from './stripe-credentials.ts';
import { attemptIdOf, disputeReport } from './stripe-reports.ts';
import { wireDispute } from './stripe-wire.ts';

/** Stripe's own limit for one text of evidence. https://docs.stripe.com/api/disputes/update */
const TEXT_LENGTH_MAX = 20_000;

/**
 * Hands in evidence. Phases: read the dispute, which must be of this attempt; where it carries this evidence's key, it
 * was handed in before; else write text and key and submit. What a bank has once been given is not given again.
 */
export async function submitStripeEvidence(
  address: StripeAddress,
  call: StripeCall,
  input: EvidenceInput,
): Promise<EvidenceAnswer> {
  const { attemptId, disputeRef, evidenceKey, text } = input;
  if (text.length > TEXT_LENGTH_MAX) return refused('evidence_too_long', 'Stripe takes 20000 characters of evidence');
  const path = stripePath('disputes', disputeRef);
  const asked = await askStripe(address, call, { method: 'GET', path, form: EXPANDED });
  if (asked.kind === 'declined') return unknown('a question was answered with a decline');
  if (asked.kind === 'unknown') return { kind: 'not_sent', reason: `the dispute could not be read: ${asked.reason}` };
  if (asked.kind === 'refused' && isAboutKey(asked)) return { kind: 'not_sent', reason: asked.code };
  if (asked.kind !== 'ok') return asked;
  const before = wireDispute.safeParse(asked.body);
  if (!before.success || before.data.id !== disputeRef)
    return { kind: 'not_sent', reason: 'the answer is no such dispute' };
  const { payment_intent: intent, evidence_details: details, metadata } = before.data;
  if (typeof intent !== 'object' || intent === null || attemptIdOf(intent) !== attemptId) {
    return refused('other_attempt', 'The dispute is about another payment');
  }
  if (details.submission_count > 0) {
    return metadata?.evidence_key === evidenceKey
      ? answerOf(asked.body, input, asked.at)
      : refused('evidence_already_submitted', 'Evidence has been submitted for this dispute');
  }
  const reply = await askStripe(address, call, {
    method: 'POST',
    path,
    idempotencyKey: evidenceKey,
    form: {
      'evidence[uncategorized_text]': text,
      'metadata[evidence_key]': evidenceKey,
      submit: 'true',
      ...EXPANDED,
    },
  });
  if (reply.kind === 'declined') return unknown('the answer is a decline');
  return reply.kind === 'ok' ? answerOf(reply.body, input, reply.at) : reply;
}

const EXPANDED = { 'expand[]': 'payment_intent' };

/** Counts only if it is this dispute, and Stripe says that this evidence was submitted. */
function answerOf(body: unknown, { disputeRef, evidenceKey }: EvidenceInput, at: Temporal.Instant): EvidenceAnswer {
  const parsed = wireDispute.safeParse(body);
  if (!parsed.success || parsed.data.id !== disputeRef) return unknown('the answer is no such dispute');
  const { metadata, evidence_details: details } = parsed.data;
  if (metadata?.evidence_key !== evidenceKey || details.submission_count === 0) {
    return unknown('the answer takes no notice of the evidence');
  }
  const dispute = disputeReport(parsed.data, at);
  return dispute === null ? unknown('the answer contradicts itself') : { kind: 'answered', dispute };
}
