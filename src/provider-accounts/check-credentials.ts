import { type AccountContext, openOwnAccount } from './open-provider-account.ts';
import { safeText, secretsIn } from './sanitize-call.ts';
import type { Owner } from './store.ts';

/** What came of trying an account's credentials. `not_sent` and `unknown` say nothing about them. */
interface CredentialsCheck {
  readonly outcome: 'accepted' | 'refused' | 'not_sent' | 'unknown';
  /** The provider's word for its refusal, or why there is no answer; without anything secret. */
  readonly code?: string;
  readonly message?: string;
}

/**
 * Asks the provider whether an account's credentials work, with a request that moves nothing. Writes nothing; no
 * transaction is open meanwhile.
 * @throws Problem not_found, no_provider_account (the provider has left this mode)
 */
export async function checkCredentials(
  context: AccountContext,
  owner: Owner,
  providerAccountId: string,
): Promise<CredentialsCheck> {
  const { provider, call } = await openOwnAccount(context, owner, providerAccountId);
  const answer = await provider.checkCredentials(call);
  const secrets = secretsIn(call.credentials, call.previousCredentials);
  switch (answer.kind) {
    case 'accepted':
      return { outcome: 'accepted' };
    case 'refused':
      return {
        outcome: 'refused',
        code: safeText(answer.code, secrets),
        message: safeText(answer.message, secrets),
      };
    case 'not_sent':
    case 'unknown':
      return { outcome: answer.kind, message: safeText(answer.reason, secrets) };
  }
}
