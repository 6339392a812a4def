import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { type Database, type Queryable, violatedConstraint } from '../platform/database.ts';
import { canonicalDomain } from '../platform/host-name.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { ResolveTxt } from '../platform/txt-records.ts';
import type { Domain } from './domain.ts';
import type { HostDirectory } from './find-host.ts';
import {
  countDomains,
  deleteHolder,
  insertDomain,
  lockClaims,
  lockName,
  type Owner,
  selectDomain,
  updateDomain,
} from './store.ts';

export interface DomainContext {
  readonly database: Database;
  /** For kept answers. */
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly resolveTxt: ResolveTxt;
  /** The installation's own hosts, which no tenant may claim. */
  readonly ownHosts: ReadonlySet<string>;
  readonly hosts: HostDirectory;
}

/** Claims of a tenant and mode at a time. */
const CLAIMS_MAX = 50;

/**
 * Claims a host for a tenant in the caller's transaction. Nothing is served there before its record proves that it is the
 * tenant's; several tenants may claim the same one until then.
 * @throws Problem validation_failed, state_conflict (claimed already, or too many)
 */
export async function claimDomain(context: DomainContext, tx: Queryable, owner: Owner, text: string): Promise<Domain> {
  const { clock, ownHosts } = context;
  const read = canonicalDomain(text);
  if (!read.ok) throw domainRefusal(read.rule);
  const { domain } = read;
  if ([...ownHosts].some((own) => domain === own || domain.endsWith(`.${own}`) || own.endsWith(`.${domain}`))) {
    throw domainRefusal('Must not be a host of this installation, nor lie above or below one');
  }
  await lockClaims(tx, owner);
  const { claimed } = await countDomains(tx, owner, clock.now());
  if (claimed >= CLAIMS_MAX) throw new Problem('state_conflict', `A tenant has at most ${CLAIMS_MAX} domains.`);
  const now = clock.now();
  const claim: Domain = {
    ...{ tenantId: owner.tenantId, mode: owner.mode, domainId: newId('dom', clock), domain },
    challenge: `tollgate-${randomBytes(16).toString('hex')}`,
    ...{ status: 'pending', problem: null, absences: 0, verifiedAt: null, checkedAt: null },
    ...{ createdAt: now, updatedAt: now },
  };
  await insertDomain(tx, claim).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'domains_claim_key') throw error;
    throw new Problem('state_conflict', 'You have claimed this domain already.');
  });
  const { tenantId, domainId: laneId } = claim;
  await addLaneWork(tx, [{ kind: 'domain', laneId, tenantId, dueAt: now.add({ minutes: 1 }) }]);
  return claim;
}

/** Gives a claim up; what was served there ends at once. @throws Problem not_found */
export async function removeDomain(context: DomainContext, owner: Owner, domainId: string): Promise<Domain> {
  const { domain } = await findDomain(context.database.query, owner, domainId);
  const before = await context.database.transaction(async (tx) => {
    await lockName(tx, domain);
    const found = await findDomain(tx, owner, domainId);
    await deleteHolder(tx, found);
    await updateDomain(tx, { ...found, status: 'removed', updatedAt: context.clock.now() });
    return found;
  });
  context.hosts.changed(domain);
  return before;
}

/** A claim of the tenant and mode that was not given up. @throws Problem not_found */
export async function findDomain(db: Queryable, owner: Owner, domainId: string): Promise<Domain> {
  const found = await selectDomain(db, owner.tenantId, domainId);
  if (found === null || found.mode !== owner.mode || found.status === 'removed') {
    throw new Problem('not_found', 'There is no such domain.');
  }
  return found;
}

function domainRefusal(detail: string): Problem {
  return new Problem('validation_failed', 'Some fields break a rule', { errors: [{ pointer: '/domain', detail }] });
}
