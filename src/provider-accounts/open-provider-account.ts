import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { admitTenant, forInstallation, forTenants } from '../platform/tenant-scope.ts';
import type { PaymentProvider, ProviderCall } from '../providers/provider.ts';
import { providerOfAccount } from '../providers/provider-limits.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import type { CircuitKeeper } from '../routing/keep-circuits.ts';
import type { ProviderAccount } from './account.ts';
import { openCredentials, openPreviousCredentials } from './credentials.ts';
import { type CallRecorder, recordCalls } from './record-calls.ts';
import { type Owner, selectAccount, selectNamedAccounts, selectOwnAccount } from './store.ts';

export interface AccountContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly registry: ProviderRegistry;
  readonly callRecorder: CallRecorder;
  readonly circuits: CircuitKeeper;
}

/** An account with everything a call to its provider needs; what is called through it is recorded. */
export interface OpenAccount {
  readonly account: ProviderAccount;
  /** With the capabilities and methods of this account. */
  readonly provider: PaymentProvider;
  readonly call: ProviderCall<unknown>;
}

/** Every call to a provider needs its account; a change of it is seen after this long at most. */
const REMEMBERED = { lifetimeMs: 1_000, entriesMax: 10_000 };

const remembered = new WeakMap<Database, ExpiringCache<ProviderAccount>>();

function accountsOf(database: Database): ExpiringCache<ProviderAccount> {
  const known = remembered.get(database);
  if (known !== undefined) return known;
  const accounts = new ExpiringCache<ProviderAccount>(REMEMBERED);
  remembered.set(database, accounts);
  return accounts;
}

/** The account of a stored attempt or refund, whatever its status: what was begun is finished. */
export async function openProviderAccount(
  context: AccountContext,
  tenantId: string,
  providerAccountId: string,
): Promise<OpenAccount> {
  const account = await accountsOf(context.database).get(`${tenantId} ${providerAccountId}`, async () => {
    const stored = await selectAccount(context.database.query, tenantId, providerAccountId);
    if (stored === null) throw new Problem('not_found', 'There is no such provider account.');
    return stored;
  });
  return openAccount(context, account);
}

/**
 * A tenant's own account as it stands in the database now, whatever its status.
 * @throws Problem not_found, no_provider_account (the provider has left this mode)
 */
export async function openOwnAccount(
  context: AccountContext,
  owner: Owner,
  providerAccountId: string,
): Promise<OpenAccount> {
  const account = await selectOwnAccount(context.database.query, owner, providerAccountId);
  if (account === null) throw new Problem('not_found', 'There is no such provider account.');
  return openAccount(context, account);
}

/** The account named in the address of a notification; null where there is none at that provider. */
export async function findProviderAccount(
  context: AccountContext,
  provider: string,
  providerAccountId: string,
): Promise<OpenAccount | null> {
  const account = await readNamedAccount(context.database.query, providerAccountId);
  if (account === null || account.provider !== provider) return null;
  admitTenant(account.tenantId);
  return openAccount(context, account);
}

const readNamedAccount = createBatcherPerDatabase(
  (db: Queryable, ids: readonly string[]) => forInstallation('directory', () => selectNamedAccounts(db, ids)),
  { itemsMax: 100 },
);

/**
 * An account by its id alone, whoever's it is: for the command line, whose user runs the installation.
 * @throws Problem not_found, no_provider_account (the provider has left this mode)
 */
export async function openAccountById(context: AccountContext, providerAccountId: string): Promise<OpenAccount> {
  const account = await readNamedAccount(context.database.query, providerAccountId);
  if (account === null) throw new Problem('not_found', 'There is no such provider account.');
  return forTenants([account.tenantId], () => openAccount(context, account));
}

/**
 * A stored account with everything a call to its provider needs.
 * @throws Problem no_provider_account (the provider has left this mode)
 */
export async function openAccount(context: AccountContext, account: ProviderAccount): Promise<OpenAccount> {
  const registered = context.registry.get(account.provider);
  if (registered === undefined) throw new Error(`No provider is registered as ${account.provider}`);
  const { provider } = registered;
  if (!provider.capabilities.modes.includes(account.mode)) {
    throw new Problem('no_provider_account', `${provider.displayName} does not work in ${account.mode} mode.`);
  }
  const unsealed = await unsealOnce(context, account, registered);
  // Looked at each time: the overlap of a rotation may end at any moment.
  const previousCredentials = await openPreviousCredentials(context, provider, account);
  if (previousCredentials === null) return unsealed;
  return { ...unsealed, call: { ...unsealed.call, previousCredentials } };
}

const unsealing = new WeakMap<ProviderAccount, { readonly by: Registered; readonly opening: Promise<OpenAccount> }>();

/** An account that was read for many requests together is unsealed once for all of them. */
function unsealOnce(context: AccountContext, account: ProviderAccount, registered: Registered): Promise<OpenAccount> {
  const known = unsealing.get(account);
  if (known?.by === registered) return known.opening;
  const opening = unseal(context, account, registered);
  unsealing.set(account, { by: registered, opening });
  // What failed may have failed for want of a connection.
  opening.catch(() => unsealing.delete(account));
  return opening;
}

type Registered = NonNullable<ReturnType<ProviderRegistry['get']>>;

async function unseal(
  { sealer, callRecorder, clock }: AccountContext,
  account: ProviderAccount,
  { provider, http }: Registered,
): Promise<OpenAccount> {
  const credentials = provider.credentials.parse(await openCredentials(sealer, account));
  const recorded = recordCalls(providerOfAccount(provider, credentials), account, callRecorder);
  return {
    account,
    provider: recorded,
    call: { mode: account.mode, credentials, http: http(account.mode), clock },
  };
}
