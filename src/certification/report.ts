import { z } from 'zod';
import { amount, currency, instant } from '../kernel/shapes.ts';

/** The report of a certification, as JSON. Its shape grows; what is there keeps its meaning under a version. */

const evidenceSignature = z.strictObject({
  verdict: z.enum(['ours', 'valid', 'invalid', 'missing', 'ambiguous', 'no_key']),
  signedText: z.string().nullable(),
  separator: z.string(),
  received: z.string().nullable(),
  expected: z.string().nullable(),
  because: z.string().nullable(),
});

const evidenceMessage = z.strictObject({
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  signature: evidenceSignature.nullable(),
});

const evidenceStep = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('exchange'),
    title: z.string(),
    at: instant,
    method: z.string(),
    url: z.string(),
    request: evidenceMessage,
    answer: z.strictObject({ ...evidenceMessage.shape, status: z.int() }).nullable(),
    outcome: z.string(),
    durationMs: z.int(),
  }),
  z.strictObject({
    kind: z.literal('notification'),
    title: z.string(),
    at: instant,
    request: evidenceMessage,
    outcome: z.string(),
  }),
  z.strictObject({ kind: z.literal('note'), at: instant, title: z.string() }),
]);

export const caseReport = z.strictObject({
  id: z.string(),
  title: z.string(),
  requirements: z.array(z.string()),
  does: z.string(),
  expects: z.string(),
  verdict: z.enum(['passed', 'failed', 'needs_person', 'not_run']),
  /** false: what the provider promises leaves nothing for this case to prove. */
  applies: z.boolean(),
  reason: z.string(),
  checks: z.array(z.strictObject({ fact: z.string(), holds: z.boolean(), found: z.string() })),
  startedAt: instant,
  durationMs: z.int(),
  evidence: z.array(evidenceStep),
});

export const certificationReport = z.strictObject({
  object: z.literal('certification_report'),
  version: z.literal(1),
  /** `passed`: every case that applies did. `incomplete`: none failed, and some that apply came to no verdict. */
  result: z.enum(['passed', 'failed', 'incomplete']),
  startedAt: instant,
  endedAt: instant,
  target: z.strictObject({
    provider: z.string(),
    name: z.string(),
    providerAccountId: z.string().nullable(),
    mode: z.enum(['live', 'test']),
    facts: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    amount,
    currency,
    notificationUrl: z.string().nullable(),
  }),
  /** How many cases the provider has, and how many of them this run chose. */
  casesKnown: z.int(),
  casesChosen: z.int(),
  cases: z.array(caseReport),
});

export type CertificationReport = z.output<typeof certificationReport>;
export type CaseReport = CertificationReport['cases'][number];
export type EvidenceReport = CaseReport['evidence'][number];
export type MessageReport = z.output<typeof evidenceMessage>;
export type SignatureReport = z.output<typeof evidenceSignature>;

/** What a list of cases comes to. Nothing defaults to yes: an empty list is incomplete. */
export function resultOf(cases: readonly Pick<CaseReport, 'verdict' | 'applies'>[]): CertificationReport['result'] {
  if (cases.some(({ verdict }) => verdict === 'failed')) return 'failed';
  const applying = cases.filter(({ applies }) => applies);
  return applying.length > 0 && applying.every(({ verdict }) => verdict === 'passed') ? 'passed' : 'incomplete';
}

/** How many cases came to each verdict. */
export function countVerdicts(cases: readonly CaseReport[]): Readonly<Record<CaseReport['verdict'], number>> {
  const count = (wanted: CaseReport['verdict']) => cases.filter(({ verdict }) => verdict === wanted).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    needs_person: count('needs_person'),
    not_run: count('not_run'),
  };
}
