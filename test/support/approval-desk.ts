import { createApiKey } from '../../src/access/api-key.ts';
import { BY_NAME_ONLY } from '../../src/kernel/caller.ts';
import type { Installation } from './installation.ts';
import { type Merchant, merchantOf } from './merchant.ts';

interface Waiting {
  /** May do everything in the tenant that a key can be given. */
  readonly approver: Merchant;
  readonly tenantId: string;
  readonly approvalId: string;
}

/** A tenant of its own that asks for a second person, and a rotation of its app secret that waits for one. */
export async function askForApproval(tollgate: Installation): Promise<Waiting> {
  const { approver, tenantId } = await tenantUnderFourEyes(tollgate);
  const asked = await approver.send('POST', '/app-secret/rotate', { body: {} });
  return { approver, tenantId, approvalId: asked.body.approvalId };
}

/** A tenant where refunds above 10.00 EUR, and all else that is dangerous, need a second person, programs' as well. */
export async function tenantUnderFourEyes(tollgate: Installation): Promise<Omit<Waiting, 'approvalId'>> {
  const { tenantId } = (await tollgate.createTenant()).tenant;
  const { database, clock } = tollgate.tollgate.gateway.payments;
  const scopes = ['*', ...BY_NAME_ONLY] as const;
  const key = await createApiKey(database.query, clock, { tenantId, mode: 'test', name: 'All', scopes });
  const approver = merchantOf(tollgate.apiUrl, key);
  await approver.send('PATCH', '/settings', { body: { fourEyes: 'all', refundApprovalAbove: { EUR: 1000 } } });
  return { approver, tenantId };
}
