import { inviteUser } from '../../src/access/invite-user.ts';
import { email as emailShape } from '../../src/access/shapes-people.ts';
import { readConfig } from '../../src/config.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { SYSTEM } from '../../src/keys/sealer.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import { withGateway } from '../../src/roles/borrow-gateway.ts';
import { findTenant } from '../../src/tenants/read-tenant.ts';

interface CreateOptions {
  readonly email: string;
  readonly role: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

/** `tollgate users create`: an invitation, since nobody but the person themselves may know how they sign in. */
export async function runCreateUser({ email, role, tenant, json = false }: CreateOptions): Promise<void> {
  if (!emailShape.safeParse(email).success)
    throw new Problem('validation_failed', '--email must be an e-mail address.');
  const invited = await withGateway(readConfig(), async ({ people, payments: { database } }) => {
    const tenantId = tenant === undefined ? SYSTEM : (await findTenant(database, tenant)).tenantId;
    const inviter = { tenantId, actor: 'command-line', permissions: null };
    return forTenants([tenantId], () => inviteUser(people, inviter, { email, role }));
  });
  if (json) return console.log(JSON.stringify(invited));
  console.log(`Bring this link to ${email}. It is good once, until ${invited.expiresAt}:`);
  console.log(`  ${invited.url}`);
}
