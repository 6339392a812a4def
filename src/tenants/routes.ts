import { pageOf } from '../kernel/page.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { createTenant, type TenantContext } from './create-tenant.ts';
import { findTenant, type ReadTenant } from './read-tenant.ts';
import { type SettingsJsonContext, settingsJson } from './settings-json.ts';
import { selectTenants } from './store.ts';
import type { Tenant } from './tenant.ts';
import { updateTenantSettings } from './update-settings.ts';

export interface TenantRoutesContext extends TenantContext, SettingsJsonContext {
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
      body: settingsJson(context, await findTenant(context.database, caller.tenantId)),
    })),
    bindEndpoint(api.patchSettings, async ({ caller, body: { version, ...patch } }) => ({
      body: settingsJson(context, await updateTenantSettings(context, caller.tenantId, { patch, version })),
    })),
  ];
}

function tenantJson(tenant: Tenant): api.TenantAnswer {
  const { tenantId, createdAt, settingsVersion: _version, logo: _logo, ...rest } = tenant;
  return { ...rest, id: tenantId, object: 'tenant', createdAt: createdAt.toString() };
}
