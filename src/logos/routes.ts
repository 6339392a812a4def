import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { logoPath } from '../tenants/tenant.ts';
import * as api from './api.ts';
import { type LogoContext, removeLogo, saveLogo } from './change-logo.ts';

interface LogoRoutesContext extends LogoContext {
  readonly checkoutUrl: string;
}

/** The endpoints of logos, tied to their verbs. */
export function logoRoutes(context: LogoRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.putLogo, async ({ caller: { tenantId }, file }) => {
      const logo = await saveLogo(context, tenantId, file);
      const { width, height } = logo;
      const url = context.checkoutUrl + logoPath(tenantId, logo);
      return { body: { object: 'logo' as const, url, width, height } };
    }),
    bindEndpoint(api.deleteLogo, async ({ caller }) => {
      await removeLogo(context, caller.tenantId);
      return { body: undefined };
    }),
  ];
}
