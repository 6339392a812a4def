import type { Mode } from '../kernel/caller.ts';

/** A host of a tenant's own, at which its shoppers pay. */
export interface Domain {
  readonly tenantId: string;
  readonly domainId: string;
  readonly mode: Mode;
  /** Canonical: lower case, ASCII (IDNA), no trailing dot. */
  readonly domain: string;
  /** What the TXT record must say. */
  readonly challenge: string;
  readonly status: DomainStatus;
  readonly problem: DomainProblem | null;
  /** Definite looks in a row that found no proof, while it was verified. */
  readonly absences: number;
  readonly verifiedAt: Temporal.Instant | null;
  readonly checkedAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export type DomainStatus = 'pending' | 'verified' | 'lapsed' | 'removed';
export type DomainProblem = 'no_record' | 'wrong_record' | 'dns_failed' | 'taken';

export const DOMAIN_TRANSITIONS: Readonly<Record<DomainStatus, readonly DomainStatus[]>> = {
  pending: ['verified', 'removed'],
  verified: ['lapsed', 'removed'],
  lapsed: ['verified', 'removed'],
  removed: [],
};

/** What DNS said about the record: its texts, that there is none, or nothing that could be relied on. */
export type TxtAnswer =
  | { readonly kind: 'found'; readonly texts: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' };

/** One name server that lags behind must not take a shop's page away. */
const ABSENCES_MAX = 3;

/**
 * The domain after a look at its record; `taken` is decided where others are known. A question that failed changes nothing:
 * an outage of DNS is no loss of the proof.
 */
export function afterLook(domain: Domain, answer: TxtAnswer, now: Temporal.Instant): Domain {
  const looked = { ...domain, checkedAt: now, updatedAt: now };
  if (answer.kind === 'failed') return { ...looked, problem: 'dns_failed' };
  if (isProven(domain, answer)) {
    const verifiedAt = domain.status === 'verified' ? domain.verifiedAt : now;
    return { ...looked, status: 'verified', verifiedAt, problem: null, absences: 0 };
  }
  const problem = answer.kind === 'absent' ? 'no_record' : 'wrong_record';
  if (domain.status !== 'verified') return { ...looked, problem };
  const absences = domain.absences + 1;
  return { ...looked, problem, absences, status: absences >= ABSENCES_MAX ? 'lapsed' : 'verified' };
}

/** Whether the record says what it must; other records of the same name do no harm. */
export function isProven({ challenge }: Pick<Domain, 'challenge'>, answer: TxtAnswer): boolean {
  return answer.kind === 'found' && answer.texts.includes(challenge);
}

/** When to look again by ourselves, or null: no more. A claim is looked at for a week; a proven one for ever. */
export function nextLookAt({ status, problem, createdAt, updatedAt }: Domain): Temporal.Instant | null {
  if (status === 'removed') return null;
  if (status === 'verified') return updatedAt.add(problem === null ? { hours: 24 } : { hours: 1 });
  const age = updatedAt.since(createdAt).total('hours');
  if (status === 'lapsed') return age > 24 * 30 ? null : updatedAt.add({ hours: 24 });
  if (age > 24 * 7) return null;
  return updatedAt.add(age < 1 ? { minutes: 1 } : { hours: 1 });
}
