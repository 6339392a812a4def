import { Problem } from '../kernel/problem.ts';
import { noteAct } from '../platform/act.ts';
import type { Queryable } from '../platform/database.ts';
import { type RoutingChanges, withChanges } from '../routing/routing-rules.ts';
import type { ProviderAccount } from './account.ts';
import { refuseIdleCutOff } from './add-provider-account.ts';
import { checkRoutingRules } from './check-routing-rules.ts';
import { openCredentials, overlapEnd } from './credentials.ts';
import type { AccountContext } from './open-provider-account.ts';
import { lockOwnAccount, type Owner, updateAccount } from './store.ts';

type Registered = Pick<AccountContext, 'registry' | 'sealer' | 'clock'>;
type Changes = Partial<Pick<ProviderAccount, 'name' | 'priority' | 'reversalCutOff'>> & {
  readonly routing?: RoutingChanges;
};

/**
 * Replaces the given members of an account, and of its rules. Runs in the caller's transaction.
 * @throws Problem not_found, validation_failed (rules), not_supported_by_provider (a cut-off where there are no reversals)
 */
export async function changeProviderAccount(
  context: Registered,
  tx: Queryable,
  owner: Owner,
  providerAccountId: string,
  { routing: rules, ...changes }: Changes,
): Promise<ProviderAccount> {
  const account = await lockAccount(tx, owner, providerAccountId);
  const provider = context.registry.get(account.provider)?.provider;
  const { reversalCutOff = null } = changes;
  if (provider !== undefined && reversalCutOff !== null) {
    const credentials = provider.credentials.parse(await openCredentials(context.sealer, account));
    refuseIdleCutOff(provider, credentials, reversalCutOff);
  }
  const routing = withChanges(account.routing, rules ?? {});
  if (provider !== undefined && rules !== undefined) checkRoutingRules(provider, routing);
  const changed = await saveAccount(context, tx, { ...account, ...changes, routing });
  noteAct({ before: { ...account }, after: { ...changed } });
  return changed;
}

/**
 * Disables or enables an account. Payments choose among active ones each time, so that a disabled one gets none from the
 * commit on; what was begun goes on. Runs in the caller's transaction.
 * @throws Problem not_found
 */
export async function setAccountStatus(
  context: Pick<Registered, 'clock'>,
  tx: Queryable,
  owner: Owner,
  providerAccountId: string,
  status: ProviderAccount['status'],
): Promise<ProviderAccount> {
  const account = await lockAccount(tx, owner, providerAccountId);
  return account.status === status ? account : saveAccount(context, tx, { ...account, status });
}

/** The account, locked until the transaction ends. @throws Problem not_found */
export async function lockAccount(tx: Queryable, owner: Owner, providerAccountId: string): Promise<ProviderAccount> {
  const account = await lockOwnAccount(tx, owner, providerAccountId);
  if (account === null) throw new Problem('not_found', 'There is no such provider account.');
  return account;
}

/** Writes a locked account, dated now; credentials whose overlap is over go with it. */
export async function saveAccount(
  { clock }: Pick<Registered, 'clock'>,
  tx: Queryable,
  account: ProviderAccount,
): Promise<ProviderAccount> {
  const previousCredentials = overlapEnd(account, clock) === null ? null : account.previousCredentials;
  const saved = { ...account, previousCredentials, updatedAt: clock.now() };
  await updateAccount(tx, saved);
  return saved;
}
