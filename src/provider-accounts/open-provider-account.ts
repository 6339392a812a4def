import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import type { PaymentProvider, ProviderCall } from '../providers/provider.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import { credentialsPlace, type ProviderAccount } from './account.ts';
import { type CallRecorder, recordCalls } from './record-calls.ts';
import { selectAccount, selectAccountTenant, selectActiveAccounts } from './store.ts';

export interface AccountContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly registry: ProviderRegistry;
  readonly callRecorder: CallRecorder;
}

/** An account with everything a call to its provider needs; what is called through it is recorded. */
export interface OpenAccount {
  readonly account: ProviderAccount;
  readonly provider: PaymentProvider;
  readonly call: ProviderCall<unknown>;
}

/** The account of a stored attempt or refund, whatever its status: what was begun is finished. */
export async function openProviderAccount(
  context: AccountContext,
  tenantId: string,
  providerAccountId: string,
): Promise<OpenAccount> {
  const account = await selectAccount(context.database.query, tenantId, providerAccountId);
  if (account === null) throw new Problem('not_found', 'There is no such provider account.');
  return open(context, account);
}

/** The account named in the address of a notification; null where there is none at that provider. */
export async function findProviderAccount(
  context: AccountContext,
  provider: string,
  providerAccountId: string,
): Promise<OpenAccount | null> {
  const tenantId = await selectAccountTenant(context.database.query, providerAccountId);
  const account = tenantId === null ? null : await selectAccount(context.database.query, tenantId, providerAccountId);
  return account === null || account.provider !== provider ? null : open(context, account);
}

/**
 * The account a payment goes to: the one it names, else the tenant's first active one of the mode.
 * @throws Problem no_provider_account
 */
export async function chooseProviderAccount(
  context: AccountContext,
  payment: { readonly tenantId: string; readonly mode: Mode; readonly providerAccountId: string | null },
): Promise<OpenAccount> {
  const active = await selectActiveAccounts(context.database.query, payment.tenantId, payment.mode);
  const account =
    payment.providerAccountId === null
      ? active[0]
      : active.find((candidate) => candidate.providerAccountId === payment.providerAccountId);
  if (account === undefined) {
    throw new Problem('no_provider_account', `There is no active provider account for ${payment.mode} mode.`);
  }
  return open(context, account);
}

async function open(context: AccountContext, account: ProviderAccount): Promise<OpenAccount> {
  const registered = context.registry.get(account.provider);
  if (registered === undefined) throw new Error(`No provider is registered as ${account.provider}`);
  const { provider, http } = registered;
  if (!provider.capabilities.modes.includes(account.mode)) {
    throw new Problem('no_provider_account', `${provider.displayName} does not work in ${account.mode} mode.`);
  }
  const json = String(await context.sealer.open(credentialsPlace(account), account.credentialsSealed));
  const credentials = provider.credentials.parse(JSON.parse(json));
  const recorded = recordCalls(provider, account, context.callRecorder);
  return { account, provider: recorded, call: { mode: account.mode, credentials, http, clock: context.clock } };
}
