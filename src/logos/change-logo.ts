import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';
import { changeLogo } from '../tenants/change-logo.ts';
import type { TenantLogo } from '../tenants/tenant.ts';
import { redrawImage } from './redraw-image.ts';
import { deleteLogosBut, insertLogo } from './store.ts';

export interface LogoContext {
  readonly database: Database;
  readonly clock: Clock;
}

/**
 * Makes an image the tenant's logo. Phases: draw it anew, no transaction open; store it and name it the tenant's. The
 * one before stays until the next change, since pages that name it are still being loaded.
 * @throws Problem validation_failed, unsupported_media_type, too_many_requests, not_found
 */
export async function saveLogo(
  { database, clock }: LogoContext,
  tenantId: string,
  file: Uint8Array,
): Promise<TenantLogo> {
  const { bytes, width, height } = await redrawImage(file);
  const logo = { hash: createHash('sha256').update(bytes).digest('hex'), width, height };
  const now = clock.now();
  await database.transaction(async (tx) => {
    const before = await changeLogo(tx, tenantId, logo, now);
    await insertLogo(tx, { tenant_id: tenantId, hash: logo.hash, image: Buffer.from(bytes), created_at: now });
    await deleteLogosBut(tx, tenantId, [logo.hash, ...(before === null ? [] : [before.hash])]);
  });
  return logo;
}

/** Takes the logo away, and deletes every image of the tenant. Nothing happens where there is none. @throws Problem not_found */
export async function removeLogo({ database, clock }: LogoContext, tenantId: string): Promise<void> {
  await database.transaction(async (tx) => {
    await changeLogo(tx, tenantId, null, clock.now());
    await deleteLogosBut(tx, tenantId, []);
  });
}
