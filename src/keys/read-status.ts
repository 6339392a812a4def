import type { Queryable } from '../platform/database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import type { MasterKeyUse, TenantKey, TokenKey } from './key-status.ts';
import type { MasterKeys } from './master-keys.ts';
import { selectMasterKeyUse, selectTotals, selectVersions } from './store.ts';

/** All there is to know of the keys without knowing one. */
export interface KeyStatus {
  readonly masterKeys: readonly (MasterKeyUse & { readonly primary: boolean; readonly loaded: boolean })[];
  readonly dataKeys: Awaited<ReturnType<typeof selectTotals>>;
  /** Of the tenant that was asked for. */
  readonly versions: readonly TenantKey[];
  readonly tokenKeys: readonly TokenKey[];
}

interface StatusContext {
  readonly db: Queryable;
  readonly masterKeys: MasterKeys;
  readonly listTokenKeys: () => Promise<readonly TokenKey[]>;
}

/** Which keys there are, what is under which of them, and what a rotation has left to do. */
export function readKeyStatus(context: StatusContext, tenantId: string | null): Promise<KeyStatus> {
  return forInstallation('keys', () => readStatus(context, tenantId));
}

async function readStatus(
  { db, masterKeys, listTokenKeys }: StatusContext,
  tenantId: string | null,
): Promise<KeyStatus> {
  const used = await selectMasterKeyUse(db);
  const loaded = new Set(masterKeys.all.map(({ id }) => id));
  const unused = masterKeys.all.filter(({ id }) => used.every((one) => one.id !== id));
  return {
    masterKeys: [...used, ...unused.map(({ id }) => ({ id, dataKeys: 0 }))].map((one) => ({
      ...one,
      primary: one.id === masterKeys.primary.id,
      loaded: loaded.has(one.id),
    })),
    dataKeys: await selectTotals(db),
    versions: tenantId === null ? [] : await selectVersions(db, tenantId),
    tokenKeys: await listTokenKeys(),
  };
}
