import { runOnce } from '../idempotency/run-once.ts';
import { pageOf } from '../kernel/page.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { checkDomain, recordName } from './check-domain.ts';
import { claimDomain, type DomainContext, findDomain, removeDomain } from './claim-domain.ts';
import type { Domain } from './domain.ts';
import { selectDomains } from './store.ts';

/** The endpoints of tenants' own domains. */
export function domainRoutes(context: DomainContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.createDomain, ({ caller: { tenantId, mode }, body, idempotency }) =>
      runOnce(context, { tenantId, mode, route: 'createDomain' }, idempotency, async (tx) => ({
        status: 201,
        body: domainJson(await claimDomain(context, tx, { tenantId, mode }, body.domain)),
      })),
    ),
    bindEndpoint(api.listDomains, async ({ caller, query }) => {
      const rows = await selectDomains(db, caller, query);
      return { body: pageOf(rows.map(domainJson), query.limit) };
    }),
    bindEndpoint(api.getDomain, async ({ caller, params }) => ({
      body: domainJson(await findDomain(db, caller, params.id)),
    })),
    bindEndpoint(api.checkDomain, async ({ caller, params }) => ({
      body: domainJson(await checkDomain(context, caller, params.id)),
    })),
    bindEndpoint(api.deleteDomain, async ({ caller, params }) => ({
      body: domainJson(await removeDomain(context, caller, params.id)),
    })),
  ];
}

function domainJson(domain: Domain): api.DomainAnswer {
  return {
    id: domain.domainId,
    object: 'domain',
    mode: domain.mode,
    domain: domain.domain,
    status: domain.status === 'removed' ? 'pending' : domain.status,
    problem: domain.problem,
    record: { type: 'TXT', name: recordName(domain.domain), value: domain.challenge },
    verifiedAt: domain.verifiedAt?.toString() ?? null,
    checkedAt: domain.checkedAt?.toString() ?? null,
    createdAt: domain.createdAt.toString(),
    updatedAt: domain.updatedAt.toString(),
  };
}
