import type { Clock } from '../kernel/clock.ts';
import { newSecret } from '../kernel/id.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { type PanelAddress, panelLink } from './panel-address.ts';
import { hashSecret } from './secret-hash.ts';
import { insertSetupLink } from './store-invitations.ts';
import { hasMemberWith } from './store-memberships.ts';

/** Time to open a browser; whoever reads the terminal's history later finds nothing. */
const LIFETIME = { minutes: 30 };

/**
 * The address where the first owner makes an account: good once, for half an hour, and only while there is no owner.
 * @returns null where there is one
 */
export async function createSetupLink(db: Queryable, clock: Clock, panel: PanelAddress): Promise<string | null> {
  if (await forTenants([SYSTEM], () => hasMemberWith(db, SYSTEM, 'owner'))) return null;
  const token = `setup_${newSecret()}`;
  const createdAt = clock.now();
  await insertSetupLink(db, { tokenHash: hashSecret(token), createdAt, expiresAt: createdAt.add(LIFETIME) });
  return panelLink(panel, 'setup', token);
}
