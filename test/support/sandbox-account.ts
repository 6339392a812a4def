import { forTenants } from '../../src/platform/tenant-scope.ts';
import { openProviderAccount } from '../../src/provider-accounts/open-provider-account.ts';
import type { SandboxCredentials } from '../../src/providers/sandbox/sandbox-credentials.ts';
import type { Installation } from './installation.ts';

/** The tenant's account at the sandbox, with its credentials read the way the gateway reads them. */
export async function openSandboxAccount({
  tollgate,
  database,
  tenant,
}: Pick<Installation, 'tollgate' | 'database' | 'tenant'>): Promise<
  { readonly providerAccountId: string } & SandboxCredentials
> {
  const { tenantId } = tenant.tenant;
  const [account] = await database.run<{ id: string }>(
    'select provider_account_id as id from provider_accounts where tenant_id = $1',
    [tenantId],
  );
  if (account === undefined) throw new Error('The tenant has no account at the sandbox');
  const { call } = await forTenants([tenantId], () =>
    openProviderAccount(tollgate.gateway.payments, tenantId, account.id),
  );
  return { providerAccountId: account.id, ...(call.credentials as SandboxCredentials) };
}
