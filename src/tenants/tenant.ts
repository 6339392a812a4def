import type { TenantSettings } from './settings.ts';

/** A merchant or product application, or the parent that acts for several. */
export interface Tenant {
  readonly tenantId: string;
  readonly parentTenantId: string | null;
  readonly name: string;
  readonly appName: string;
  readonly currency: string;
  /** `suspended`: its credentials open nothing; `removed`: what it sealed cannot be opened by anybody either. */
  readonly status: 'active' | 'suspended' | 'removed';
  /** Whether it may create tenants that it acts for; the operator's to say. */
  readonly mayHaveChildren: boolean;
  readonly settings: TenantSettings;
  /** Counts the changes of settings and logo, from 1. */
  readonly settingsVersion: number;
  readonly logo: TenantLogo | null;
  readonly createdAt: Temporal.Instant;
}

/** The picture beside a tenant's name, by which it is found: slice logos has the image. */
export interface TenantLogo {
  /** SHA-256 of the image, in hex. */
  readonly hash: string;
  /** In pixels of the image; pages show it smaller. */
  readonly width: number;
  readonly height: number;
}

/** Where the image is served, below any host of the checkout. Another image has another address. */
export function logoPath(tenantId: string, { hash }: TenantLogo): string {
  return `/c/assets/logo/${tenantId}/${hash}.png`;
}
