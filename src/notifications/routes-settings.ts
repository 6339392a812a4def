import { sentMembers } from '../kernel/sent-members.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { findProduct } from '../products/find-product.ts';
import * as api from './api-settings.ts';
import {
  changeSettings,
  checkMayPause,
  readSettings,
  type SettingsContext,
  type ShownSettings,
} from './change-settings.ts';

export interface SettingsRoutesContext extends SettingsContext {
  /** @throws Problem not_found */
  readonly readTenant: (tenantId: string) => Promise<unknown>;
  readonly egressAddresses: { readonly live: readonly string[]; readonly test: readonly string[] };
}

/** Whether, to whom and for whom notifications go at all. */
export function settingsRoutes(context: SettingsRoutesContext): readonly BoundEndpoint[] {
  return [...tenantRoutes(context), ...productRoutes(context), ...operatorRoutes(context), egressRoute(context)];
}

function tenantRoutes(context: SettingsRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getNotificationSettings, async ({ caller: { tenantId, mode } }) => ({
      body: tenantJson(await readSettings(context, { tenantId, mode, productId: null })),
    })),
    bindEndpoint(api.updateNotificationSettings, async ({ caller, body }) => {
      if (body.paused !== undefined) checkMayPause(caller);
      const { tenantId, mode, actor } = caller;
      return {
        body: tenantJson(await changeSettings(context, { tenantId, mode, productId: null }, sentMembers(body), actor)),
      };
    }),
  ];
}

function productRoutes(context: SettingsRoutesContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.getProductNotificationSettings, async ({ caller, params }) => {
      const { tenantId, mode, productId } = await findProduct(db, caller, params.id);
      return { body: productJson(await readSettings(context, { tenantId, mode, productId }), productId) };
    }),
    bindEndpoint(api.updateProductNotificationSettings, async ({ caller, params, body }) => {
      const { tenantId, mode, productId } = await findProduct(db, caller, params.id);
      if (body.paused !== undefined) checkMayPause(caller);
      const changed = await changeSettings(context, { tenantId, mode, productId }, sentMembers(body), caller.actor);
      return { body: productJson(changed, productId) };
    }),
  ];
}

function operatorRoutes(context: SettingsRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getNotificationSettingsAsOperator, async ({ query: { tenantId, mode } }) => {
      await context.readTenant(tenantId);
      return { body: tenantJson(await readSettings(context, { tenantId, mode, productId: null })) };
    }),
    bindEndpoint(api.updateNotificationSettingsAsOperator, async ({ caller, query: { tenantId, mode }, body }) => {
      await context.readTenant(tenantId);
      const owner = { tenantId, mode, productId: null };
      return { body: tenantJson(await changeSettings(context, owner, sentMembers(body), caller.actor)) };
    }),
  ];
}

function egressRoute({ egressAddresses: { live, test } }: SettingsRoutesContext): BoundEndpoint {
  return bindEndpoint(api.listEgressAddresses, async () => ({ body: { live: [...live], test: [...test] } }));
}

function tenantJson({ stored, adminEmail }: ShownSettings): api.TenantSettingsAnswer {
  return {
    object: 'notification_settings',
    mode: stored.mode,
    enabled: stored.enabled ?? true,
    paused: stored.paused ?? false,
    adminEmail,
    additionalTypesAlsoToMain: stored.additionalTypesAlsoToMain ?? false,
    updatedAt: stored.updatedAt?.toString() ?? null,
  };
}

function productJson({ stored, adminEmail }: ShownSettings, productId: string): api.ProductSettingsAnswer {
  return {
    object: 'notification_settings',
    mode: stored.mode,
    productId,
    enabled: stored.enabled,
    paused: stored.paused,
    adminEmail,
    additionalTypesAlsoToMain: stored.additionalTypesAlsoToMain,
    updatedAt: stored.updatedAt?.toString() ?? null,
  };
}
