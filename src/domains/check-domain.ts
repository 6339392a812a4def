import { recordOwnAct } from '../audit/record-own-act.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { type ClaimedLane, releaseLane } from '../platform/lanes.ts';
import { alsoForTenants, forInstallation } from '../platform/tenant-scope.ts';
import type { DomainContext } from './claim-domain.ts';
import { findDomain } from './claim-domain.ts';
import { afterLook, type Domain, isProven, nextLookAt, type TxtAnswer } from './domain.ts';
import {
  countDomains,
  deleteHolder,
  insertHolder,
  lockClaims,
  lockName,
  type Owner,
  selectDomain,
  selectHolder,
  updateDomain,
} from './store.ts';

/** The time of the questions, and to spare. */
export const DOMAIN_LEASE_MS = 30_000;
/** Each new one makes the proxy order a certificate, of which its authority gives a few a week. */
const PROVEN_PER_DAY_MAX = 10;

/** The name of the record that proves a domain. */
export function recordName(domain: string): string {
  return `_tollgate-verification.${domain}`;
}

/**
 * Looks at a claim's record. Phases: ask DNS; write what follows from it, in one transaction for the name, whoever's it is.
 * A host that somebody else has proven changes hands only where their proof is gone.
 * @throws Problem not_found, too_many_requests (proven today)
 */
export async function checkDomain(context: DomainContext, owner: Owner, domainId: string): Promise<Domain> {
  const { domain } = await findDomain(context.database.query, owner, domainId);
  const answer = await context.resolveTxt(recordName(domain));
  const looked = await context.database.transaction(async (tx) => {
    await lockClaims(tx, owner);
    await lockName(tx, domain);
    return writeLook(context, tx, await findDomain(tx, owner, domainId), answer);
  });
  context.hosts.changed(domain);
  return looked;
}

async function writeLook({ clock }: DomainContext, tx: Queryable, before: Domain, answer: TxtAnswer): Promise<Domain> {
  const now = clock.now();
  const looked = afterLook(before, answer, now);
  const after = looked.status === 'verified' && (await isTaken(tx, before, answer, now)) ? taken(before, now) : looked;
  if (after.status === 'verified' && before.status !== 'verified') {
    const { provenSince } = await countDomains(tx, before, now.subtract({ hours: 24 }));
    if (provenSince >= PROVEN_PER_DAY_MAX) {
      throw new Problem('too_many_requests', `At most ${PROVEN_PER_DAY_MAX} domains are proven within a day.`, {
        retryAfterSeconds: 3_600,
      });
    }
    await insertHolder(tx, after, now);
  }
  if (after.status !== 'verified' && before.status === 'verified') {
    await deleteHolder(tx, before);
    recordLoss(tx, before, now);
  }
  await updateDomain(tx, after);
  return after;
}

/** Whether somebody else holds the host and can still prove it; one who cannot any more loses it here. */
async function isTaken(tx: Queryable, claim: Domain, answer: TxtAnswer, now: Temporal.Instant): Promise<boolean> {
  const holder = await forInstallation('directory', () => selectHolder(tx, claim.domain));
  if (holder === null || (holder.tenantId === claim.tenantId && holder.domainId === claim.domainId)) return false;
  return alsoForTenants([holder.tenantId], async () => {
    const held = await selectDomain(tx, holder.tenantId, holder.domainId);
    if (held !== null && isProven(held, answer)) return true;
    await deleteHolder(tx, holder);
    if (held !== null) {
      await updateDomain(tx, { ...held, status: 'lapsed', problem: 'wrong_record', updatedAt: now });
      recordLoss(tx, held, now);
    }
    return false;
  });
}

/** Nobody asked for it: what the host serves ends by itself. */
function recordLoss(tx: Queryable, { tenantId, mode, domainId: id }: Domain, now: Temporal.Instant): void {
  recordOwnAct(tx, now, { tenantId, mode, action: 'domain.lost', target: { type: 'domain', id } });
}

function taken(before: Domain, now: Temporal.Instant): Domain {
  return { ...before, problem: 'taken', checkedAt: now, updatedAt: now };
}

/** Looks at the claim of a lane, and says when to look again. */
export async function domainLane(context: DomainContext, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  const found = await selectDomain(database.query, lane.tenantId, lane.laneId);
  if (found === null || found.status === 'removed') return releaseLane(database.query, lane, null, clock.now());
  const next = await checkDomain(context, found, found.domainId).then(nextLookAt, (error: unknown) => {
    if (error instanceof Problem && error.code === 'not_found') return null;
    if (error instanceof Problem && error.code === 'too_many_requests') return clock.now().add({ hours: 1 });
    throw error;
  });
  await releaseLane(database.query, lane, next, clock.now());
}
