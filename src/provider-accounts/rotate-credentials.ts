import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { credentialsPlace, type ProviderAccount, previousCredentialsPlace } from './account.ts';
import { lockAccount, saveAccount } from './change-provider-account.ts';
import { inputSchema, openCredentials, parseCredentials, wrongCredentials } from './credentials.ts';
import type { AccountContext } from './open-provider-account.ts';
import type { Owner } from './store.ts';

/**
 * Replaces an account's credentials. Requests go out with the new ones, within a second of the commit; notifications
 * signed with the old ones are taken until the overlap ends, in seconds from now. Those of a rotation before, if its
 * overlap still runs, are given up. Runs in the caller's transaction.
 * @throws Problem not_found, validation_failed (credentials)
 */
export async function rotateCredentials(
  { registry, sealer, clock }: Pick<AccountContext, 'registry' | 'sealer' | 'clock'>,
  tx: Queryable,
  owner: Owner,
  input: { readonly providerAccountId: string; readonly credentials: unknown; readonly overlapSeconds: number },
): Promise<ProviderAccount> {
  const account = await lockAccount(tx, owner, input.providerAccountId);
  const provider = registry.get(account.provider)?.provider;
  if (provider === undefined) throw new Problem('not_found', 'The provider of this account is not served any more.');
  const credentials = parseCredentials(provider, owner.mode, input.credentials);
  const current = await openCredentials(sealer, account);
  refuseOtherAccount(provider, current, credentials);
  const until = clock.now().add({ seconds: input.overlapSeconds });
  const sealed = await sealer.seal(previousCredentialsPlace(account), JSON.stringify(current));
  const credentialsSealed = await sealer.seal(credentialsPlace(account), JSON.stringify(credentials));
  return saveAccount({ clock }, tx, { ...account, credentialsSealed, previousCredentials: { sealed, until } });
}

/**
 * A required field that is no secret says which account at the provider it is. Open payments could not be found under
 * another, and what cannot be found would be begun once more there.
 */
function refuseOtherAccount(
  provider: PaymentProvider,
  current: Readonly<Record<string, unknown>>,
  next: Readonly<Record<string, unknown>>,
): void {
  const { properties = {}, required = [] } = inputSchema(provider.credentials);
  const moved = required.filter(
    (name) => properties[name]?.['x-secret'] !== true && !isDeepStrictEqual(current[name], asStored(next[name])),
  );
  if (moved.length === 0) return;
  const detail = 'Must stay as it is: another account at the provider is another provider account';
  throw wrongCredentials(moved.map((name) => ({ pointer: `/credentials/${name}`, detail })));
}

function asStored(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
