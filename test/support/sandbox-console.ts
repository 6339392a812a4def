import { openProviderAccount } from '../../src/provider-accounts/open-provider-account.ts';
import type { SandboxCredentials } from '../../src/providers/sandbox/sandbox-credentials.ts';
import { type Heard, merchantAt } from '../../src/providers/sandbox/server/merchant-fixture.ts';
import type { Installation } from './installation.ts';

/** The tenant at the provider's own console, past the gateway. */
export interface SandboxConsole {
  /** Reads a charge as the sandbox holds it. */
  charge(attemptId: string): Promise<Heard['body']>;
  /** Does something to a charge that nobody asked the gateway for. @throws where the sandbox refuses */
  act(attemptId: string, action: 'refunds' | 'captures' | 'void', body?: unknown): Promise<void>;
}

/** The credentials are read the way the gateway reads them. */
export async function openConsole({ tollgate, sandbox, database, tenant }: Installation): Promise<SandboxConsole> {
  const { tenantId } = tenant.tenant;
  const { payments, clock } = tollgate.gateway;
  const [account] = await database.run<{ id: string }>(
    'select provider_account_id as id from provider_accounts where tenant_id = $1',
    [tenantId],
  );
  if (account === undefined) throw new Error('The tenant has no account at the sandbox');
  const { call } = await openProviderAccount(payments, tenantId, account.id);
  const { secretKey, merchantCode } = call.credentials as SandboxCredentials;
  const merchant = merchantAt(sandbox.url, clock, secretKey, merchantCode);
  return {
    async charge(attemptId) {
      return (await merchant.say('GET', `/v1/charges/${attemptId}`)).body;
    },
    async act(attemptId, action, body = {}) {
      const answer = await merchant.say('POST', `/v1/console/charges/${attemptId}/${action}`, body);
      if (answer.status >= 300) throw new Error(`The console refused: ${JSON.stringify(answer)}`);
    },
  };
}
