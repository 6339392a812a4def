import type { CaseCheck, CaseFinding, CaseVerdict, EvidenceStep } from '../../provider-certification.ts';

/** What a case found so far. */
export class Findings {
  readonly caseId: string;
  readonly checks: CaseCheck[] = [];
  readonly evidence: EvidenceStep[] = [];

  constructor(caseId: string) {
    this.caseId = caseId;
  }

  /** Notes whether a fact holds, and what was found where it does not. */
  expect(fact: string, holds: boolean, found: string): boolean {
    this.checks.push({ fact, holds, found: holds ? '' : found });
    return holds;
  }

  /** The case cannot go on. @throws Halt */
  halt(verdict: Exclude<CaseVerdict, 'passed' | 'failed'>, reason: string): never {
    throw new Halt(verdict, reason);
  }

  /** The partner's contract has nothing that this case could prove. @throws Halt */
  doesNotApply(reason: string): never {
    throw new Halt('not_run', reason, false);
  }

  /** What the case comes to; a check that failed outweighs whatever kept the case from going on. */
  finish(halt: Halt | null): CaseFinding {
    const { checks, evidence } = this;
    const seen = { applies: halt?.applies ?? true, checks, evidence };
    const failed = checks.filter(({ holds }) => !holds);
    if (failed.length > 0) {
      return { verdict: 'failed', reason: failed.map(({ found }) => found).join(' '), ...seen };
    }
    if (halt !== null) return { verdict: halt.verdict, reason: halt.message, ...seen };
    if (checks.length === 0) return { verdict: 'not_run', reason: 'Nothing could be checked.', ...seen };
    const many = checks.length === 1 ? 'The one check holds.' : `All ${checks.length} checks hold.`;
    return { verdict: 'passed', reason: many, ...seen };
  }
}

/** Ends a case early. */
export class Halt extends Error {
  override readonly name = 'Halt';
  readonly verdict: Exclude<CaseVerdict, 'passed' | 'failed'>;

  readonly applies: boolean;

  constructor(verdict: Exclude<CaseVerdict, 'passed' | 'failed'>, reason: string, applies = true) {
    super(reason);
    this.verdict = verdict;
    this.applies = applies;
  }
}
