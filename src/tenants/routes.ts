import { pageOf } from '../kernel/page.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { createTenant, type TenantContext } from './create-tenant.ts';
import { findTenant, type ReadTenant } from './read-tenant.ts';
import type { TenantSettings } from './settings.ts';
import { selectTenants } from './store.ts';
import type { Tenant } from './tenant.ts';
import { updateTenantSettings } from './update-settings.ts';

export interface TenantRoutesContext extends TenantContext {
  readonly readTenant: ReadTenant;
}

/** The tenants' endpoints, tied to their verbs. */
export function tenantRoutes(context: TenantRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.createTenant, async ({ body }) => {
      const { tenant, ...secrets } = await createTenant(context, body);
      return { body: { ...tenantJson(tenant), ...secrets } };
    }),
    bindEndpoint(api.listTenants, async ({ query }) => {
      const rows = await selectTenants(context.database.query, query);
      return {
        body: pageOf(
          rows.map((tenant) => tenantJson(tenant)),
          query.limit,
        ),
      };
    }),
    // Read afresh: who has just changed them must not see what they were a second ago.
    bindEndpoint(api.getSettings, async ({ caller }) => ({
      body: (await findTenant(context.database, caller.tenantId)).settings,
    })),
    bindEndpoint(api.patchSettings, async ({ caller, body }) => {
      const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      const { settings } = await updateTenantSettings(context, caller.tenantId, changes as Partial<TenantSettings>);
      return { body: settings };
    }),
  ];
}

function tenantJson(tenant: Tenant): api.TenantAnswer {
  const { tenantId, createdAt, ...rest } = tenant;
  return { ...rest, id: tenantId, object: 'tenant', createdAt: createdAt.toString() };
}
