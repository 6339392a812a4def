import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import { noteAct } from '../platform/act.ts';
import type { Database } from '../platform/database.ts';
import { checkSettings } from './check-settings.ts';
import { type MergePatch, patchSettings } from './patch-settings.ts';
import { lockTenant, updateSettings } from './store.ts';
import type { Tenant } from './tenant.ts';

interface SettingsChange {
  readonly patch: MergePatch;
  /** The version the change was thought up against; undefined: whatever stands. */
  readonly version?: number | undefined;
}

/**
 * Merges a patch into a tenant's settings. Changes come one after the other, so that two of different members both stay.
 * @throws Problem not_found, state_conflict (another version), validation_failed
 */
export async function updateTenantSettings(
  {
    database,
    clock,
    retentionDaysMax,
  }: { readonly database: Database; readonly clock: Clock; readonly retentionDaysMax: number },
  tenantId: string,
  { patch, version }: SettingsChange,
): Promise<Tenant> {
  return database.transaction(async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (tenant === null) throw new Problem('not_found', 'There is no such tenant.');
    if (version !== undefined && version !== tenant.settingsVersion) {
      throw new Problem('state_conflict', 'The settings have been changed since they were read. Read them again.', {
        members: { version: tenant.settingsVersion },
      });
    }
    const changed = patchedTenant(tenant, patch, retentionDaysMax);
    await updateSettings(tx, changed, clock.now());
    noteAct({ targetId: tenantId, before: { ...tenant.settings }, after: { ...changed.settings } });
    return { ...changed, settingsVersion: tenant.settingsVersion + 1 };
  });
}

/** The tenant as it would be after a patch; nothing is stored. @throws Problem validation_failed */
export function patchedTenant(tenant: Tenant, patch: MergePatch, retentionDaysMax: number): Tenant {
  const given = new Set(Object.keys(patch).filter((name) => patch[name] !== undefined));
  const settings = checkSettings(patchSettings(tenant.settings, patch), { pointer: '', given, retentionDaysMax });
  return { ...tenant, settings };
}
