import { type Heard, merchantAt } from '../../src/providers/sandbox/server/merchant-fixture.ts';
import type { Installation } from './installation.ts';
import { openSandboxAccount } from './sandbox-account.ts';

/** The tenant at the provider's own console, past the gateway. */
export interface SandboxConsole {
  /** Reads a charge as the sandbox holds it. */
  charge(attemptId: string): Promise<Heard['body']>;
  /** Does something to a charge that nobody asked the gateway for. @throws where the sandbox refuses */
  act(attemptId: string, action: 'refunds' | 'captures' | 'void', body?: unknown): Promise<void>;
}

export async function openConsole(installation: Installation): Promise<SandboxConsole> {
  const { secretKey, merchantCode } = await openSandboxAccount(installation);
  const merchant = merchantAt(installation.sandbox.url, installation.tollgate.gateway.clock, secretKey, merchantCode);
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
