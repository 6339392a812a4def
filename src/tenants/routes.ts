import { mayAllThatKeysMay } from '../access/grant.ts';
import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import * as api from './api.ts';
import { changeStanding } from './change-standing.ts';
import { createChildTenant } from './create-child.ts';
import { createTenant, type TenantContext } from './create-tenant.ts';
import { findTenant, type ReadTenant } from './read-tenant.ts';
import { type RemoveContext, removeTenant } from './remove-tenant.ts';
import { rotateAppSecretIn } from './rotate-secret.ts';
import { type SettingsJsonContext, settingsJson } from './settings-json.ts';
import { selectTenant, selectTenants } from './store.ts';
import type { Tenant } from './tenant.ts';
import { updateTenantSettings } from './update-settings.ts';

export interface TenantRoutesContext extends TenantContext, SettingsJsonContext, RemoveContext {
  readonly readTenant: ReadTenant;
}

/** The tenants' endpoints, tied to their verbs. */
export function tenantRoutes(context: TenantRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.createTenant, async ({ body }) => {
      const { tenant, ...secrets } = await createTenant(context, body);
      return { body: { ...tenantJson(tenant), ...secrets } };
    }),
    bindEndpoint(api.removeTenant, async ({ params, body }) => ({
      body: tenantJson(await removeTenant(context, { tenantId: params.id, appName: body.appName })),
    })),
    bindEndpoint(api.listTenants, async ({ query }) => {
      const tenants = await selectTenants(context.database.query, query, query);
      return { body: pageOf(tenants.map(tenantJson), query.limit) };
    }),
    bindEndpoint(api.getTenant, async ({ params }) => {
      const tenant = await selectTenant(context.database.query, params.id);
      if (tenant === null) throw new Problem('not_found', 'There is no such tenant.');
      return { body: tenantJson(tenant) };
    }),
    bindEndpoint(api.updateTenant, async ({ params, body }) => {
      const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      return { body: tenantJson(await changeStanding(context, params.id, change)) };
    }),
    ...ownRoutes(context),
    // Read afresh: who has just changed them must not see what they were a second ago.
    bindEndpoint(api.getSettings, async ({ caller }) => ({
      body: settingsJson(context, await findTenant(context.database, caller.tenantId)),
    })),
    bindEndpoint(api.patchSettings, async ({ caller, body: { version, ...patch } }) => ({
      body: settingsJson(context, await updateTenantSettings(context, caller.tenantId, { patch, version })),
    })),
  ];
}

/** What a tenant does about its own children and its own secret. */
function ownRoutes(context: TenantRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.createChildTenant, async ({ caller, body }) => {
      const { tenant, ...secrets } = await createChildTenant(context, caller.tenantId, body);
      return { body: { ...tenantJson(tenant), ...secrets } };
    }),
    bindEndpoint(api.listChildTenants, async ({ caller, query }) => {
      const own = { parentTenantId: caller.tenantId };
      const children = () => selectTenants(context.database.query, query, own);
      const tenants = await forInstallation('directory', children);
      return { body: pageOf(tenants.map(tenantJson), query.limit) };
    }),
    bindEndpoint(api.rotateOwnAppSecret, async ({ caller, body, idempotency }) => {
      refuseLesser(caller);
      const { tenantId, mode } = caller;
      const { appName } = await findTenant(context.database, tenantId);
      return runOnce(context, { tenantId, mode, route: 'rotateAppSecret' }, idempotency, async (tx) => {
        const appSecret = await rotateAppSecretIn(context, tx, { tenantId, mode, overlapSeconds: body.overlapSeconds });
        return { status: 200, body: { mode, appName, appSecret } };
      });
    }),
  ];
}

/** An app secret opens all that a back end can do: who may do less would get more by it. */
function refuseLesser({ scopes }: TenantCaller): void {
  if (mayAllThatKeysMay(scopes)) return;
  throw new Problem('forbidden', 'The app secret may do what you may not. Ask somebody who may do all of it.');
}

function tenantJson(tenant: Tenant): api.TenantAnswer {
  const { tenantId, createdAt, settingsVersion: _version, logo: _logo, ...rest } = tenant;
  return { ...rest, id: tenantId, object: 'tenant', createdAt: createdAt.toString() };
}
