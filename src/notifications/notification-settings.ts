import type { Mode } from '../kernel/caller.ts';

/** What is set for all of a tenant's notifications of a mode. */
export interface NotificationSettings {
  /** Off: events become no deliveries. They stay listed and can be sent later. */
  readonly enabled: boolean;
  /** On: nothing is sent and nothing is dropped. */
  readonly paused: boolean;
  /** Types chosen for an additional endpoint go to the main one as well. */
  readonly additionalTypesAlsoToMain: boolean;
}

/** What is set for a product; null: as the tenant has it. */
export type ProductSettings = { readonly [Name in keyof NotificationSettings]: NotificationSettings[Name] | null };

/** One row: a tenant's own, or with a product that of the product. */
export type StoredSettings = {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly adminEmailSealed: Uint8Array | null;
  readonly updatedAt: Temporal.Instant | null;
} & (({ readonly productId: null } & NotificationSettings) | ({ readonly productId: string } & ProductSettings));

export const PLAIN_NOTIFICATIONS: NotificationSettings = {
  enabled: true,
  paused: false,
  additionalTypesAlsoToMain: false,
};

export const INHERITED: ProductSettings = { enabled: null, paused: null, additionalTypesAlsoToMain: null };

/** Where a setting can be made, the strongest first; `default`: nowhere. */
export type SettingLevel = 'payment' | 'product' | 'tenant' | 'default';

/** A setting that counts, and where it was made. */
export interface Won<Value> {
  readonly value: Value;
  readonly level: SettingLevel;
}

export type WonSettings = { readonly [Name in keyof NotificationSettings]: Won<NotificationSettings[Name]> };

/**
 * The settings that count for payments of a product: the product's own where it has some, else the tenant's. A pause is
 * different: the tenant's holds everything, so that no product escapes from it.
 */
export function wonSettings(tenant: NotificationSettings, product: ProductSettings | null): WonSettings {
  const pausedByProduct = product?.paused === true && !tenant.paused;
  return {
    enabled: won(tenant.enabled, product?.enabled ?? null),
    paused: pausedByProduct ? { value: true, level: 'product' } : { value: tenant.paused, level: 'tenant' },
    additionalTypesAlsoToMain: won(tenant.additionalTypesAlsoToMain, product?.additionalTypesAlsoToMain ?? null),
  };
}

function won(ofTenant: boolean, ofProduct: boolean | null): Won<boolean> {
  return ofProduct === null ? { value: ofTenant, level: 'tenant' } : { value: ofProduct, level: 'product' };
}
