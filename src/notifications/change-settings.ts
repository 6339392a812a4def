import { scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { noteAct } from '../platform/act.ts';
import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { EndpointContext } from './change-endpoint.ts';
import type { NotificationSettings, StoredSettings } from './notification-settings.ts';
import { lockConfiguration, type Owner } from './store.ts';
import { releaseDeliveries } from './store-held.ts';
import { putSettings, type SettingsOwner, selectPaused, selectSettings } from './store-settings.ts';

export interface SettingsContext extends EndpointContext {
  readonly tenantClocks: TenantClocks;
  readonly wakeDelivery: () => void;
}

/** Settings as they are shown: with the address, which is sealed where it is kept. */
export interface ShownSettings {
  readonly stored: StoredSettings;
  readonly adminEmail: string | null;
}

/** null takes a product's own setting back; a tenant has to have one of each but the address. */
type SettingsChanges = { readonly [Name in keyof NotificationSettings]?: NotificationSettings[Name] | null } & {
  readonly adminEmail?: string | null;
};

/** One statement's worth of deliveries, well within its time limit. */
const RELEASED_MAX = 5_000;

/** Who may hold and let go of notifications, which is an administrator's business. @throws Problem forbidden */
export function checkMayPause({ scopes }: Pick<TenantCaller, 'scopes'>): void {
  if (scopeCovers(scopes, 'notification-settings:pause')) return;
  throw new Problem('forbidden', 'Pausing needs the scope notification-settings:pause, which no wildcard covers.', {
    errors: [{ pointer: '/paused', detail: 'Must be left out, or be sent by an administrator' }],
  });
}

/**
 * Changes the settings of a tenant or a product in one transaction. Where a pause ends, everything that it held is due at
 * once.
 */
export async function changeSettings(
  context: SettingsContext,
  owner: SettingsOwner,
  { adminEmail, ...changes }: SettingsChanges,
  actor: string,
): Promise<ShownSettings> {
  const { database, sealer, clock } = context;
  const dueAt = (await context.tenantClocks.fresh(owner.tenantId, owner.mode)).now();
  const adminEmailSealed = adminEmail == null ? null : await sealer.seal(emailPlace(owner), adminEmail);
  const stored = await database.transaction(async (tx) => {
    const changed = { at: clock.now(), by: actor };
    await lockConfiguration(tx, owner);
    const before = await selectSettings(tx, owner);
    const after = {
      ...before,
      ...changes,
      adminEmailSealed: adminEmail === undefined ? before.adminEmailSealed : adminEmailSealed,
      updatedAt: changed.at,
    } as StoredSettings;
    await putSettings(tx, after, changed);
    noteAct({ targetId: owner.productId ?? owner.tenantId, before: { ...before }, after: { ...after } });
    if (before.paused === true && after.paused !== true) await releaseHeld(context, tx, owner, dueAt);
    return after;
  });
  context.wakeDelivery();
  return showSettings(sealer, stored);
}

/** The settings of a tenant or a product as they were made there. */
export async function readSettings(
  { database, sealer }: EndpointContext,
  owner: SettingsOwner,
): Promise<ShownSettings> {
  return showSettings(sealer, await selectSettings(database.query, owner));
}

async function showSettings(sealer: Sealer, stored: StoredSettings): Promise<ShownSettings> {
  return { stored, adminEmail: await openEmail(sealer, stored) };
}

/** The address that stands in settings; null: none. */
export async function openEmail(sealer: Sealer, stored: StoredSettings): Promise<string | null> {
  const { adminEmailSealed: sealed } = stored;
  return sealed === null ? null : String(await sealer.open(emailPlace(stored), sealed));
}

/** Everything that is not paused any more, in pieces: while a tenant was paused a great deal may have come together. */
async function releaseHeld(
  { clock }: SettingsContext,
  tx: Queryable,
  owner: Owner,
  dueAt: Temporal.Instant,
): Promise<void> {
  const { tenantId } = owner;
  const all = await selectPaused(tx, owner);
  if (all.includes(null)) return;
  const paused = all.filter((productId) => productId !== null);
  const laneIds = new Set<string>();
  let after: string | null = null;
  do {
    const released: Awaited<ReturnType<typeof releaseDeliveries>> = await releaseDeliveries(tx, owner, {
      ...{ dueAt, paused, after },
      limit: RELEASED_MAX,
    });
    for (const laneId of released.laneIds) laneIds.add(laneId);
    after = released.last;
  } while (after !== null);
  const now = clock.now();
  await addLaneWork(
    tx,
    [...laneIds].map((laneId) => ({ kind: 'delivery', laneId, tenantId, dueAt: now })),
  );
}

function emailPlace({ tenantId, mode, productId }: SettingsOwner) {
  const row = `${mode} ${productId ?? ''}`;
  return { tenantId, table: 'notification_settings', column: 'admin_email_sealed', row };
}
