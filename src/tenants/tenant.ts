import type { TenantSettings } from './settings.ts';

/** A merchant or product application, or the parent that acts for several. */
export interface Tenant {
  readonly tenantId: string;
  readonly parentTenantId: string | null;
  readonly name: string;
  readonly appName: string;
  readonly currency: string;
  readonly status: 'active' | 'suspended';
  readonly settings: TenantSettings;
  readonly createdAt: Temporal.Instant;
}
